/**
 * Settings: `fonoteca.toml` and the environment, read once, checked by schema, frozen. The only module that reads the
 * environment; each stage states its own settings and receives its slice.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { type Clock, fixedClock, systemClock } from './base/clock.ts';
import { FonotecaError } from './base/errors.ts';
import { encodeSettingsSchema } from './encoding/encode-settings.ts';
import { packSettingsSchema } from './packing/pack-settings.ts';
import { seedSettingsSchema } from './seeding/seed-settings.ts';
import { planSettingsSchema } from './selection/plan-settings.ts';

const address = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

/** The whole of `fonoteca.toml`, every setting with its default. */
export const configSchema = z.strictObject({
  /** Shown on every page and in every edition. */
  name: z.string().min(1).max(200).default('A Fonoteca archive'),
  /** The key id this archive belongs to; written by `init`, so that a foreign key or ledger is noticed. */
  archive_id: z.string().regex(/^[0-9A-F]{16}$/),
  /** Where the world reaches this archive, such as `https://archive.example.org`. */
  public_url: address.optional(),
  /** Where rights holders write to: an address or a page. A public edition needs one. */
  contact: z.string().min(3).max(500).optional(),
  plan: planSettingsSchema.prefault({}),
  encode: encodeSettingsSchema.prefault({}),
  pack: packSettingsSchema.prefault({}),
  publish: z
    .strictObject({
      /** Trackers of your own, announced in the torrents. */
      trackers: z
        .array(z.url({ protocol: /^(?:https?|udp|wss?)$/ }))
        .max(16)
        .default([]),
      /** Further addresses that serve `volumes/` (BEP 19); `public_url` is one by itself. */
      web_seeds: z.array(address).max(16).default([]),
      /** Where others carry this archive on. */
      mirrors: z.array(address).max(256).default([]),
      /** The licence of the catalogue itself, an SPDX id: of what is told about the music, not of the music. */
      metadata_licence: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9.+-]{0,99}$/)
        .default('CC0-1.0'),
    })
    .prefault({}),
  audio: z
    .strictObject({
      /** `wasm` needs nothing installed; `ffmpeg` is faster and needs `ffmpeg` below. */
      engine: z.enum(['wasm', 'ffmpeg']).default('wasm'),
      /** Absolute path of the ffmpeg program, for `engine = "ffmpeg"`. */
      ffmpeg: z.string().startsWith('/').optional(),
      /** Worker processes; 0 is one per core. */
      workers: z.number().int().min(0).max(256).default(0),
    })
    .prefault({}),
  seed: seedSettingsSchema.prefault({}),
  /** Names of your table’s columns, where they differ: `title = "Song name"`. */
  columns: z.record(z.string(), z.string().max(200)).default({}),
  serve: z
    .strictObject({
      port: z.number().int().min(0).max(65_535).default(8484),
      /** Host names this server answers to beside loopback and `public_url`. */
      hosts: z.array(z.string().max(253)).max(64).default([]),
      /** Addresses of proxies in front, whose word on the visitor’s address is believed. */
      trusted_proxies: z.array(z.string().max(64)).max(16).default([]),
    })
    .prefault({}),
});
/** The settings of an archive. */
export type Config = z.infer<typeof configSchema>;

/** The settings in `file`, defaults filled in. `CONFIG_INVALID` names the setting; `ARCHIVE_MISSING` when there is no file. */
export function loadConfig(file: string): Config {
  if (!fs.existsSync(file)) throw new FonotecaError('ARCHIVE_MISSING', `no ${file}`);
  const result = configSchema.safeParse(parseToml(fs.readFileSync(file, 'utf8')));
  if (result.success) return Object.freeze(result.data);
  const [issue] = result.error.issues;
  throw new FonotecaError(
    'CONFIG_INVALID',
    `${issue?.path.join('.') || 'fonoteca.toml'}: ${issue?.message}`,
  );
}

/** The text of a new archive's `fonoteca.toml`. */
export function initialConfig({
  name,
  archiveId,
  contact,
}: {
  name: string;
  archiveId: string;
  contact?: string | undefined;
}): string {
  return [
    '# Settings of this archive. Everything not written here has a default: see `fonoteca config show`.',
    `name = ${JSON.stringify(name)}`,
    `archive_id = "${archiveId}"`,
    '',
    '# A public edition needs both:',
    '# public_url = "https://archive.example.org"',
    contact === undefined
      ? '# contact = "archive@example.org"'
      : `contact = ${JSON.stringify(contact)}`,
    '',
  ].join('\n');
}

/** What the environment may say. */
export interface Environment {
  /** The machine's clock, or one that stands still at SOURCE_DATE_EPOCH (reproducible-builds.org). */
  readonly clock: Clock;
  /** Whether colours are unwelcome (NO_COLOR). */
  readonly plain: boolean;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Where programs keep what they remember between runs (XDG_STATE_HOME, XDG Base Directory Specification). */
  readonly stateHome: string;
}

/** The environment, checked. `CONFIG_INVALID` when a variable makes no sense. */
export function readEnvironment(
  variables: Record<string, string | undefined> = process.env,
): Environment {
  const epoch = variables.SOURCE_DATE_EPOCH;
  if (epoch !== undefined && !/^\d{1,11}$/.test(epoch))
    throw new FonotecaError('CONFIG_INVALID', `SOURCE_DATE_EPOCH is ${JSON.stringify(epoch)}`);
  const level = z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .safeParse(variables.FONOTECA_LOG ?? 'warn');
  if (!level.success)
    throw new FonotecaError(
      'CONFIG_INVALID',
      `FONOTECA_LOG is ${JSON.stringify(variables.FONOTECA_LOG)}`,
    );
  return {
    clock:
      epoch === undefined ? systemClock : fixedClock(new Date(Number(epoch) * 1000).toISOString()),
    plain: (variables.NO_COLOR ?? '') !== '',
    logLevel: level.data,
    stateHome: stateHomeIn(variables),
  };
}

/** A relative path in XDG_STATE_HOME counts as none, as the specification asks. */
function stateHomeIn({ XDG_STATE_HOME, HOME }: Record<string, string | undefined>): string {
  if (XDG_STATE_HOME?.startsWith('/')) return XDG_STATE_HOME;
  return path.join(HOME ?? os.homedir(), '.local', 'state');
}

function parseToml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TomlError)
      throw new FonotecaError(
        'CONFIG_INVALID',
        `line ${error.line}: ${error.message.split('\n')[0]}`,
        { cause: error },
      );
    throw error;
  }
}
