/**
 * The files of a torrent: the v1 list with its padding (BEP 3, 47) and the v2 tree (BEP 52), as one list of entries.
 *
 * Input: the info dictionary. Output: files in the order of the piece space, paths safe and apart. Links are refused
 * wherever they stand; names are refused rather than mended, so that all clients agree on them.
 */

import type { Digest } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { parseSafePath, type SafeRelPath } from '../base/safe-path.ts';
import { type Bencode, type BencodeDictionary, keyBytes } from './bencode.ts';
import { asByteCount, asBytes, asDictionary, asList, asText } from './bencode-fields.ts';
import type { MetainfoFile } from './metainfo.ts';
import { type PathSet, startPathSet } from './path-set.ts';

/** Most files of a torrent, padding included. */
export const MAX_TORRENT_FILES = 200_000;

/** The files of one half of a torrent. */
export interface FileSpace {
  readonly files: readonly MetainfoFile[];
  readonly spaceBytes: number;
}

/** The files that `length` or `files` tell of, padding left out. Throws `METAINFO_INVALID`, `METAINFO_LINK`, `PATH_UNSAFE`, `PATH_DUPLICATE`. */
export function parseFileList(info: BencodeDictionary, name: SafeRelPath): FileSpace {
  if (info.has('length') === info.has('files'))
    throw new FonotecaError('METAINFO_INVALID', 'not exactly one of length and files');
  const paths = startPathSet();
  const files: MetainfoFile[] = [];
  let spaceBytes = 0;
  const entries = info.has('length') ? [info] : asList(info.get('files'), 'files');
  if (entries.length === 0 || entries.length > MAX_TORRENT_FILES)
    throw new FonotecaError('METAINFO_INVALID', `${entries.length} files`);
  for (const item of entries) {
    const entry = asDictionary(item, 'files');
    const flags = flagsOf(entry);
    const sizeBytes = asByteCount(entry.get('length'), 'length');
    if (!flags.padding) {
      const path = info.has('length') ? name : listedPath(entry, name);
      paths.add(path);
      files.push({ path, sizeBytes, offsetBytes: spaceBytes, ...flags.kept });
    }
    spaceBytes = total(spaceBytes, sizeBytes);
  }
  return { files, spaceBytes };
}

/** The files of the `file tree`, each non-empty one on a piece boundary. Throws as `parseFileList` does. */
export function parseFileTree(
  info: BencodeDictionary,
  name: SafeRelPath,
  pieceLengthBytes: number,
): FileSpace {
  const tree = asDictionary(info.get('file tree'), 'file tree');
  const walk: TreeWalk = { files: [], paths: startPathSet(), pieceLengthBytes, spaceBytes: 0 };
  // One file named as the torrent is the torrent itself; all else lies in a folder of that name.
  const [only] = tree;
  const alone = tree.size === 1 && keyBytes(only![0]).equals(Buffer.from(name)) && isFile(only![1]);
  walkTree(tree, alone ? '' : `${name}/`, walk);
  if (walk.files.length === 0) throw new FonotecaError('METAINFO_INVALID', 'no files');
  return { files: walk.files, spaceBytes: walk.spaceBytes };
}

interface TreeWalk {
  readonly files: MetainfoFile[];
  readonly paths: PathSet;
  readonly pieceLengthBytes: number;
  spaceBytes: number;
}

function walkTree(tree: BencodeDictionary, folder: string, walk: TreeWalk): void {
  for (const [key, value] of tree) {
    if (key === '') throw new FonotecaError('METAINFO_INVALID', 'a file that is a folder too');
    const path = `${folder}${wholeName(asText(keyBytes(key), 'a name in the file tree'))}`;
    const node = asDictionary(value, 'file tree');
    if (!node.has('')) {
      if (node.size === 0) throw new FonotecaError('METAINFO_INVALID', 'an empty folder');
      walkTree(node, `${path}/`, walk);
      continue;
    }
    if (node.size > 1) throw new FonotecaError('METAINFO_INVALID', 'a file that is a folder too');
    addTreeFile(asDictionary(node.get(''), 'file tree'), parseSafePath(path), walk);
  }
}

function addTreeFile(entry: BencodeDictionary, path: SafeRelPath, walk: TreeWalk): void {
  const flags = flagsOf(entry);
  if (flags.padding) throw new FonotecaError('METAINFO_INVALID', 'padding in the file tree');
  if (walk.files.length >= MAX_TORRENT_FILES)
    throw new FonotecaError('METAINFO_INVALID', `more than ${MAX_TORRENT_FILES} files`);
  const sizeBytes = asByteCount(entry.get('length'), 'length');
  walk.paths.add(path);
  const pieces = Math.ceil(walk.spaceBytes / walk.pieceLengthBytes);
  const offsetBytes = sizeBytes > 0 ? total(0, pieces * walk.pieceLengthBytes) : walk.spaceBytes;
  walk.spaceBytes = total(offsetBytes, sizeBytes);
  const root = sizeBytes > 0 ? { piecesRoot: rootOf(entry) } : {};
  walk.files.push({ path, sizeBytes, offsetBytes, ...flags.kept, ...root });
}

function rootOf(entry: BencodeDictionary): Digest {
  const root = asBytes(entry.get('pieces root'), 'pieces root', 32);
  if (root.every((byte) => byte === 0))
    throw new FonotecaError('METAINFO_INVALID', 'a root of zeros');
  return Buffer.from(root).toString('hex') as Digest;
}

function isFile(value: Bencode): boolean {
  return value instanceof Map && value.has('');
}

function listedPath(entry: BencodeDictionary, name: SafeRelPath): SafeRelPath {
  const names = asList(entry.get('path'), 'path').map((part) => wholeName(asText(part, 'path')));
  if (names.length === 0) throw new FonotecaError('PATH_UNSAFE', 'an empty path');
  return parseSafePath([name, ...names].join('/'));
}

/** `name`, unless it holds a slash: joined names are split again by the validator, and one must not become two. */
function wholeName(name: string): string {
  if (!name.includes('/')) return name;
  throw new FonotecaError(
    'PATH_UNSAFE',
    `a slash in the name ${JSON.stringify(name.slice(0, 200))}`,
  );
}

function flagsOf(entry: BencodeDictionary): {
  padding: boolean;
  kept: { executable: boolean; hidden: boolean };
} {
  const attributes = entry.has('attr') ? asText(entry.get('attr'), 'attr') : '';
  if (attributes.includes('l') || entry.has('symlink path'))
    throw new FonotecaError('METAINFO_LINK', 'a symbolic link among the files');
  const kept = { executable: attributes.includes('x'), hidden: attributes.includes('h') };
  return { padding: attributes.includes('p'), kept };
}

function total(a: number, b: number): number {
  if (Number.isSafeInteger(a + b)) return a + b;
  throw new FonotecaError('METAINFO_INVALID', 'more than 2^53 - 1 bytes in all');
}
