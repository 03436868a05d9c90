/**
 * Paths of an operator's files: bytes on disk, text everywhere else.
 *
 * A byte that is no part of UTF-8 appears as U+FFFD followed by its two hex digits, so that two names that differ only there stay apart;
 * the bytes themselves travel beside the text.
 */
import path from 'node:path';
import type { SourceFile } from '../model/fact.ts';

/** A file's place: the folder that was added and the path below it. */
export type SourcePlace = Pick<SourceFile, 'root' | 'path' | 'pathHex'>;

/** The text of a path whose bytes are `bytes`, and the bytes in hex where the text does not give them back. */
export function pathText(bytes: Buffer): { path: string; pathHex?: string } {
  const text = bytes.toString();
  if (Buffer.from(text).equals(bytes)) return { path: text };
  return { path: legible(bytes), pathHex: bytes.toString('hex') };
}

/** The bytes of the path below its root. */
function pathBytes(place: Pick<SourcePlace, 'path' | 'pathHex'>): Buffer {
  return place.pathHex === undefined ? Buffer.from(place.path) : Buffer.from(place.pathHex, 'hex');
}

/** The bytes of the absolute path. */
export function absoluteBytes(place: SourcePlace): Buffer {
  const root = place.root.endsWith('/') ? place.root : `${place.root}/`;
  return Buffer.concat([Buffer.from(root), pathBytes(place)]);
}

/** The absolute path as text: what people are told and what tables are matched with. */
export function absoluteText(place: SourcePlace): string {
  return path.join(place.root, place.path);
}

/** The folder part of a path below a root; empty for the root itself. */
export function folderOf(text: string): string {
  const cut = text.lastIndexOf('/');
  return cut < 0 ? '' : text.slice(0, cut);
}

/** The last name of a path. */
export function nameOf(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}

/** Sorts places by root, then by the bytes of their paths: the order in which files are read and told. */
export function comparePlaces(a: SourcePlace, b: SourcePlace): number {
  return (
    Buffer.compare(Buffer.from(a.root), Buffer.from(b.root)) ||
    Buffer.compare(pathBytes(a), pathBytes(b))
  );
}

/** Decodes what is UTF-8 in `bytes` and spells out the rest. */
function legible(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => isCharacter(bytes.subarray(at, at + count)));
    text += length
      ? bytes.toString('utf8', at, at + length)
      : `\ufffd${bytes[at]!.toString(16).padStart(2, '0')}`;
    at += length ?? 1;
  }
  return text;
}

function isCharacter(bytes: Buffer): boolean {
  const text = bytes.toString();
  return [...text].length === 1 && Buffer.from(text).equals(bytes);
}
