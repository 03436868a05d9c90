/**
 * The verifier that is shipped with editions: one readable file in another language, so that whoever finds an archive in
 * thirty years can check it without this program. Input: the file as this program carries it, or any text. Output: its
 * place in the published tree, which is named after its digest.
 */
import path from 'node:path';
import { sha256 } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, putFile } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { EditionFile } from '../model/edition.ts';
import type { PublishDeps } from './publish-deps.ts';
import { digestText, readWholeFile } from './small-files.ts';

const FILE = 'fonoteca_verify.py';
/** Beside `src/` where the program is developed, inside `dist/` where it is installed. */
const FOLDERS = ['../../verify', '../verify'];

/** The bytes of the verifier that this program ships. Throws `FILE_MISSING` from an incomplete installation. */
export function shippedVerifier(disk: Disk): Uint8Array {
  const files = FOLDERS.map((folder) => path.resolve(import.meta.dirname, folder, FILE));
  const file = files.find((one) => disk.stat(one) !== undefined);
  if (file === undefined) throw new FonotecaError('FILE_MISSING', files[0]!);
  return readWholeFile(disk, file);
}

/** The file of the published tree that a verifier with these `bytes` is. */
export function verifierFile(bytes: Uint8Array): EditionFile {
  const name = `verify-${sha256(bytes).slice(0, 16)}.py`;
  return { path: `editions/tools/${name}`, ...digestText(bytes) };
}

/** Makes `bytes` lie at its place. One that lies there and is right stays as it is. */
export function putVerifier({ disk, directories }: PublishDeps, bytes: Uint8Array): void {
  const { path: listed, sha256: digest } = verifierFile(bytes);
  const name = path.posix.basename(listed);
  const place = path.join(directories.editions, 'tools', name);
  if (disk.stat(place) && digestText(readWholeFile(disk, place)).sha256 === digest) return;
  ensureDirectory(disk, path.dirname(place));
  const temporary = path.join(directories.work, `edition-${name}`);
  putFile(disk, place, bytes, { replace: true, temporary });
}
