/**
 * The files of a torrent that is made: their order, the v1 list with padding (BEP 3, 47), the v2 tree (BEP 52).
 *
 * Input: paths below the torrent's name with sizes and tree roots. Output: parts of the info dictionary. Attributes
 * and padding at the end are never written.
 */
import assert from 'node:assert/strict';
import { FonotecaError } from '../base/errors.ts';
import { compareBytes, parseSafePath } from '../base/safe-path.ts';
import { type Bencode, type BencodeDictionary, keyFromText } from './bencode.ts';
import { MAX_TORRENT_FILES } from './metainfo-files.ts';
import { startPathSet } from './path-set.ts';

/** One file of a torrent that is made. */
export interface TorrentFile {
  /** Path below the torrent's name; empty for the torrent that is one file. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Root of its hash tree; needed for v2 unless the file is empty. */
  readonly piecesRoot?: Uint8Array;
  /** Its packed piece layer; needed for v2 when it is longer than a piece. */
  readonly pieceLayer?: Uint8Array;
}

/**
 * `files` in the order of the piece space: that of the v2 tree, folder by folder, names by their bytes. Refuses with
 * `PATH_UNSAFE`, `PATH_DUPLICATE`, and `METAINFO_INVALID` for too many.
 */
export function orderTorrentFiles<File extends { readonly path: string }>(
  files: readonly File[],
): File[] {
  if (files.length > MAX_TORRENT_FILES)
    throw new FonotecaError('METAINFO_INVALID', `${files.length} files`);
  if (files.length === 1 && files[0]!.path === '') return [...files];
  const paths = startPathSet();
  for (const { path } of files) paths.add(parseSafePath(path));
  // U+0000 is in no safe path and sorts before all, so a folder's files stay together.
  const keys = new Map(files.map(({ path }) => [path, path.replaceAll('/', '\0')]));
  return files.toSorted((a, b) => compareBytes(keys.get(a.path)!, keys.get(b.path)!));
}

/** How many zeros follow `sizeBytes` up to the next piece. */
export function paddingBytes(sizeBytes: number, pieceLengthBytes: number): number {
  return (pieceLengthBytes - (sizeBytes % pieceLengthBytes)) % pieceLengthBytes;
}

/** The value of `files`; with `alignBytes`, each file that has bytes starts on a multiple of it, padding before it. */
export function fileListOf(files: readonly TorrentFile[], alignBytes?: number): Bencode[] {
  const list: Bencode[] = [];
  let unalignedBytes = 0;
  for (const { path, sizeBytes } of files) {
    const padding = alignBytes === undefined ? 0 : paddingBytes(unalignedBytes, alignBytes);
    if (padding > 0 && sizeBytes > 0) {
      list.push(entryOf(['.pad', String(padding)], padding, 'p'));
      unalignedBytes = 0;
    }
    list.push(entryOf(path.split('/'), sizeBytes));
    unalignedBytes += sizeBytes;
  }
  return list;
}

/** The value of `file tree`. */
export function fileTreeOf(files: readonly TorrentFile[]): BencodeDictionary {
  const tree = new Map<string, Bencode>();
  for (const { path, sizeBytes, piecesRoot } of files) {
    let folder = tree;
    for (const name of path.split('/')) {
      const key = keyFromText(name);
      const inner = (folder.get(key) as Map<string, Bencode> | undefined) ?? new Map();
      folder.set(key, inner);
      folder = inner;
    }
    const entry = new Map<string, Bencode>([['length', sizeBytes]]);
    if (sizeBytes > 0) {
      assert(piecesRoot, 'the root of a file in the second half');
      entry.set('pieces root', piecesRoot);
    }
    folder.set('', entry);
  }
  return tree;
}

function entryOf(names: readonly string[], sizeBytes: number, attributes?: string): Bencode {
  const entry = new Map<string, Bencode>([
    ['length', sizeBytes],
    ['path', names.map((name) => Buffer.from(name))],
  ]);
  if (attributes !== undefined) entry.set('attr', Buffer.from(attributes));
  return entry;
}
