/**
 * The key files of an archive: `keys/edition.key` is its own secret key, `keys/edition-ID.key` are further ones, such as
 * the one before a rotation. Input: the folder keys/ and what the ledger says of keys. Output: secret keys.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Random } from './base/clock.ts';
import type { Disk } from './base/disk.ts';
import { putFile } from './base/durable.ts';
import { FonotecaError } from './base/errors.ts';
import { compareBytes } from './base/safe-path.ts';
import {
  formatPublicKey,
  keyIdText,
  type MinisignPublicKey,
  type MinisignSecretKey,
  makeMinisignKey,
  publicKeyBase64,
} from './formats/minisign.ts';
import { formatSecretKey, parseSecretKey } from './formats/minisign-secret.ts';
import type { EditionKeysFact } from './model/fact.ts';
import type { Layout } from './store/layout.ts';

/** A secret key and where it lies. */
export interface KeyFile {
  /** Absolute. */
  readonly file: string;
  readonly key: MinisignSecretKey;
}

/** The secret keys of an archive. */
export interface ArchiveKeys {
  /** The one that editions or their timestamps are signed with. */
  readonly own: KeyFile;
  readonly further: readonly KeyFile[];
}

/** What says which key is the archive's own. */
export interface KeyNames {
  readonly archiveId: string;
  /** The keys of the next edition, where the ledger was told of them. */
  readonly told: EditionKeysFact | undefined;
}

const OWN_FILE = 'edition.key';
const FURTHER_FILE = /^edition-[0-9A-F]{16}\.key$/;

/** Where the archive's own secret key lies. */
export function ownKeyFile(layout: Layout): string {
  return path.join(layout.keys, OWN_FILE);
}

/**
 * The secret keys in keys/, or undefined when there are none. Throws `ARCHIVE_FOREIGN` when none of them is one that the
 * archive is known by, `KEY_INVALID`, `KEY_ENCRYPTED`.
 */
export function readArchiveKeys(layout: Layout, names: KeyNames): ArchiveKeys | undefined {
  const files = keyFiles(layout);
  if (files.length === 0) return undefined;
  const own = files.find(({ key }) => isNamed(names, key.publicKey));
  if (own) return { own, further: files.filter((file) => file !== own) };
  const seen = files.map(({ key }) => keyIdText(key.publicKey)).join(', ');
  throw new FonotecaError(
    'ARCHIVE_FOREIGN',
    `the key is ${seen}, the archive's is ${names.told?.roles.edition.join(' or ') ?? names.archiveId}`,
  );
}

/**
 * Makes the archive's own key lie at `keys/edition.key`, its public half beside it, and what lay there before under its
 * own id. Killed anywhere, the same call completes it; nothing is written when all is in place.
 */
export function settleArchiveKeys(layout: Layout, disk: Disk, { own }: ArchiveKeys): void {
  const file = ownKeyFile(layout);
  const text = formatSecretKey(own.key);
  const before = disk.stat(file) && readKeyFile(file);
  if (own.file !== file) {
    if (before) keepKeyFile(layout, disk, before);
    putFile(disk, file, text, { replace: true, mode: 0o600 });
  }
  const publicFile = path.join(layout.keys, 'edition.pub');
  const publicText = formatPublicKey(own.key.publicKey);
  if (!fs.existsSync(publicFile) || fs.readFileSync(publicFile, 'utf8') !== publicText)
    putFile(disk, publicFile, publicText, { replace: true });
  const spare = furtherKeyFile(layout, own.key);
  const leftovers = disk.list(layout.keys).filter((name) => name.endsWith('.key.tmp'));
  for (const leftover of [spare, ...leftovers.map((name) => path.join(layout.keys, name))])
    if (disk.stat(leftover)) disk.unlink(leftover);
}

/** The file that `key` is kept in beside the archive's own, written when it is not there, readable by its owner alone. */
export function keepKeyFile(layout: Layout, disk: Disk, key: MinisignSecretKey): string {
  const file = furtherKeyFile(layout, key);
  putFile(disk, file, formatSecretKey(key), { replace: false, mode: 0o600 });
  return file;
}

/** The secret key in `text`, or a new one when there is no text. Throws `KEY_INVALID`, `KEY_ENCRYPTED`. */
export function givenOrNewKey(text: string | undefined, random: Random): MinisignSecretKey {
  return text === undefined ? makeMinisignKey(random) : parseSecretKey(text);
}

/** The secret key in `file`. Throws `KEY_MISSING`, `KEY_INVALID`, `KEY_ENCRYPTED`. */
export function readKeyFile(file: string): MinisignSecretKey {
  if (!fs.existsSync(file)) throw new FonotecaError('KEY_MISSING', file);
  try {
    return parseSecretKey(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof FonotecaError)) throw error;
    throw new FonotecaError(error.code, `${file}: ${error.seen}`, { cause: error });
  }
}

/** The secret key in a file that a person names; that it is missing (`KEY_FILE_MISSING`) says nothing of the archive's own. */
export function readNamedKeyFile(file: string): MinisignSecretKey {
  if (!fs.existsSync(file)) throw new FonotecaError('KEY_FILE_MISSING', file);
  return readKeyFile(file);
}

function isNamed({ archiveId, told }: KeyNames, key: MinisignPublicKey): boolean {
  if (!told) return keyIdText(key) === archiveId;
  return told.keys.some(({ publicKey }) => publicKey === publicKeyBase64(key));
}

/** The own file first, the others by name. */
function keyFiles(layout: Layout): KeyFile[] {
  if (!fs.existsSync(layout.keys)) return [];
  const names = fs.readdirSync(layout.keys).sort(compareBytes);
  return [OWN_FILE, ...names.filter((name) => FURTHER_FILE.test(name))]
    .map((name) => path.join(layout.keys, name))
    .filter((file) => fs.existsSync(file))
    .map((file) => ({ file, key: readKeyFile(file) }));
}

function furtherKeyFile(layout: Layout, { publicKey }: MinisignSecretKey): string {
  return path.join(layout.keys, `edition-${keyIdText(publicKey)}.key`);
}
