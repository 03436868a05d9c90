/**
 * The key files of an archive: `keys/edition.key` is its own secret key, `keys/edition-ID.key` are further ones, such as
 * the one before a rotation; beside each lies its public half, `.pub`. Input: the folder keys/ and what the ledger says of
 * keys. Output: keys. Secret ones are read where something is signed or keys change their places, and nowhere else.
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
  parsePublicKey,
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
const OWN_PUBLIC_FILE = 'edition.pub';
const FURTHER_FILE = /^edition-([0-9A-F]{16})\.key$/;
const PUBLIC_FILE = /^edition(?:-[0-9A-F]{16})?\.pub$/;

/** Where the archive's own secret key lies. */
export function ownKeyFile(layout: Layout): string {
  return path.join(layout.keys, OWN_FILE);
}

/**
 * The public halves in keys/, the archive's own first. Throws `KEY_INVALID` and, when the archive is known by none of them,
 * `ARCHIVE_FOREIGN`. Reads no secret.
 */
export function readPublicKeys(layout: Layout, names: KeyNames): readonly MinisignPublicKey[] {
  const keys = fileNames(layout)
    .filter((name) => PUBLIC_FILE.test(name))
    .map((name) => parsePublicKey(fs.readFileSync(path.join(layout.keys, name), 'utf8')));
  const own = keys.find((key) => isNamed(names, key));
  if (own) return [own, ...keys.filter((key) => key !== own)];
  if (keys.length > 0) throw foreign(names, keys);
  return [];
}

/** The secret keys in keys/ as their files are named, `own` being the id of the archive's own. Reads none of them. */
export function secretKeyFiles(layout: Layout, own: string): { id: string; file: string }[] {
  return fileNames(layout).flatMap((name) => {
    const id = name === OWN_FILE ? own : FURTHER_FILE.exec(name)?.[1];
    return id === undefined ? [] : [{ id, file: path.join(layout.keys, name) }];
  });
}

/** Whether every key is at its place, as far as can be told without reading a secret: no change of keys was killed. */
export function areKeysSettled(layout: Layout, names: KeyNames): boolean {
  const files = fileNames(layout);
  if (files.some((name) => name.endsWith('.key.tmp'))) return false;
  if (!files.some((name) => name === OWN_FILE || FURTHER_FILE.test(name))) return true;
  const own = path.join(layout.keys, OWN_PUBLIC_FILE);
  if (!files.includes(OWN_FILE) || !fs.existsSync(own)) return false;
  const key = parsePublicKey(fs.readFileSync(own, 'utf8'));
  return isNamed(names, key) && !files.includes(`edition-${keyIdText(key)}.key`);
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
  throw foreign(
    names,
    files.map(({ key }) => key.publicKey),
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
  putPublicHalf(disk, path.join(layout.keys, OWN_PUBLIC_FILE), own.key.publicKey);
  const spare = furtherKeyFile(layout, own.key);
  const leftovers = disk.list(layout.keys).filter((name) => name.endsWith('.key.tmp'));
  const unwanted = leftovers.map((name) => path.join(layout.keys, name));
  // The spare goes last: while it is there, the next command knows that not all was done.
  for (const leftover of [...unwanted, publicHalfOf(spare), spare])
    if (disk.stat(leftover)) disk.unlink(leftover);
}

/** Keeps `key` beside the archive's own, its public half beside it; the secret is readable by its owner alone. */
export function keepKeyFile(layout: Layout, disk: Disk, key: MinisignSecretKey): void {
  const file = furtherKeyFile(layout, key);
  putFile(disk, file, formatSecretKey(key), { replace: false, mode: 0o600 });
  putPublicHalf(disk, publicHalfOf(file), key.publicKey);
}

/** Writes the public half of a key to `file` when it does not say so already. */
export function putPublicHalf(disk: Disk, file: string, key: MinisignPublicKey): void {
  const text = formatPublicKey(key);
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text)
    putFile(disk, file, text, { replace: true });
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

function foreign({ archiveId, told }: KeyNames, seen: readonly MinisignPublicKey[]): FonotecaError {
  const known = told?.roles.edition.join(' or ') ?? archiveId;
  const ids = seen.map(keyIdText).join(', ');
  return new FonotecaError('ARCHIVE_FOREIGN', `the key is ${ids}, the archive's is ${known}`);
}

/** What lies in keys/: the files of the archive's own key first, the others by name. */
function fileNames(layout: Layout): string[] {
  if (!fs.existsSync(layout.keys)) return [];
  const names = fs.readdirSync(layout.keys).sort(compareBytes);
  const own = [OWN_FILE, OWN_PUBLIC_FILE].filter((name) => names.includes(name));
  return [...own, ...names.filter((name) => !own.includes(name))];
}

function keyFiles(layout: Layout): KeyFile[] {
  return secretKeyFiles(layout, '').map(({ file }) => ({ file, key: readKeyFile(file) }));
}

function publicHalfOf(file: string): string {
  return file.replace(/\.key$/, '.pub');
}

function furtherKeyFile(layout: Layout, { publicKey }: MinisignSecretKey): string {
  return path.join(layout.keys, `edition-${keyIdText(publicKey)}.key`);
}
