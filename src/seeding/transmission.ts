/**
 * The seeder that is a Transmission daemon, by its RPC ("Transmission’s RPC specification", versions 2.80 to 4.1).
 *
 * Input: the address and name from the settings. The daemon guards itself against pages in browsers with a session id:
 * the first request is answered 409 with the id that the next ones must bear.
 */
import { z } from 'zod';
import { FonotecaError } from '../base/errors.ts';
import type { Seeder, SeedStatus } from '../model/seeder.ts';
import { askClient, type ClientAccess, parseAnswer } from './client-door.ts';

const infohash = z
  .string()
  .regex(/^[0-9a-fA-F]{40}$/)
  .transform((text) => text.toLowerCase());

const answerSchema = z.object({ result: z.string(), arguments: z.unknown() });
const hashesSchema = z.object({ torrents: z.array(z.object({ hashString: infohash })) });
const torrentSchema = z.object({
  hashString: infohash,
  name: z.string(),
  status: z.number().int(),
  peersConnected: z.number().int().nonnegative(),
  uploadedEver: z.number().nonnegative(),
  percentDone: z.number(),
  error: z.number().int(),
  errorString: z.string(),
});
const torrentsSchema = z.object({ torrents: z.array(torrentSchema) });

/** By Transmission's number: stopped, waiting and checking, waiting and downloading, waiting and seeding. */
const STATES = [
  'stopped',
  'checking',
  'checking',
  'downloading',
  'downloading',
  'seeding',
  'seeding',
] as const;

type Call = (method: string, args: object) => Promise<unknown>;

/** The Transmission daemon at `access.url`. Its calls throw `SEED_UNREACHABLE`, `SEED_ANSWER`, `SEED_REFUSED`. */
export function transmissionSeeder(access: ClientAccess): Seeder {
  const call = callsTo(access);
  return {
    name: `transmission at ${access.url}`,
    async list() {
      const { torrents } = await ask(call, hashesSchema, ['hashString']);
      return new Set(torrents.map(({ hashString }) => hashString));
    },
    async add(torrent, directory) {
      await call('torrent-add', {
        metainfo: Buffer.from(torrent).toString('base64'),
        'download-dir': directory,
        paused: false,
      });
    },
    async remove(infohashV1) {
      await call('torrent-remove', { ids: [infohashV1], 'delete-local-data': false });
    },
    async status() {
      const { torrents } = await ask(call, torrentsSchema, Object.keys(torrentSchema.shape));
      return torrents.map(statusOf);
    },
  };
}

async function ask<T>(call: Call, schema: z.ZodType<T>, fields: readonly string[]): Promise<T> {
  const answer = schema.safeParse(await call('torrent-get', { fields }));
  if (answer.success) return answer.data;
  throw new FonotecaError('SEED_ANSWER', `torrent-get: ${answer.error.issues[0]?.message}`);
}

function statusOf(torrent: z.infer<typeof torrentSchema>): SeedStatus {
  // Numbers 1 and 2 are the tracker's warnings and errors, with which a torrent goes on; 3 is our own disk's.
  const isFailed = torrent.error === 3;
  return {
    infohashV1: torrent.hashString,
    name: torrent.name,
    state: isFailed ? 'failed' : (STATES[torrent.status] ?? 'failed'),
    peers: torrent.peersConnected,
    uploadedBytes: torrent.uploadedEver,
    complete: torrent.percentDone === 1,
    ...(torrent.errorString === '' ? {} : { trouble: torrent.errorString }),
  };
}

function callsTo(access: ClientAccess): Call {
  const { url, user, password } = access;
  let sessionId = '';
  return async (method, args) => {
    const body = Buffer.from(JSON.stringify({ method, arguments: args }));
    const post = () =>
      askClient(access, url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-transmission-session-id': sessionId,
          ...(user === undefined ? {} : { authorization: basic(user, password) }),
        },
        body,
      });
    let answer = await post();
    if (answer.status === 409) {
      sessionId = answer.headers['x-transmission-session-id'] ?? '';
      answer = await post();
    }
    if (answer.status !== 200)
      throw new FonotecaError('SEED_UNREACHABLE', `${url}: status ${answer.status}`);
    const { result, arguments: given } = parseAnswer(answerSchema, answer, url);
    if (result !== 'success') throw new FonotecaError('SEED_REFUSED', `${method}: ${result}`);
    return given;
  };
}

function basic(user: string, password = ''): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
