/**
 * Reads a torrent strictly: v1, v2 or hybrid, one file or many (BEP 3, 12, 19, 27, 47, 52; 30 is refused).
 *
 * Input: the bytes of a `.torrent`, or of an info dictionary alone. Output: a `Metainfo`. Everything a client could
 * read in two ways is refused under its code; specified in docs/formats/bencode-metainfo.md.
 */
import crypto from 'node:crypto';
import { sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { parseSafePath, type SafeRelPath } from '../base/safe-path.ts';
import { type Bencode, type BencodeDictionary, decodeBencode, encodeBencode } from './bencode.ts';
import { asByteCount, asBytes, asDictionary, asList, asText } from './bencode-fields.ts';
import { HASH_BYTES, leafCount, rootFromPieceLayer } from './merkle.ts';
import { isPieceLength, type Metainfo, type MetainfoFile } from './metainfo.ts';
import { type FileSpace, parseFileList, parseFileTree } from './metainfo-files.ts';
import { trackerAddress, webSeedAddress } from './torrent-addresses.ts';

/** Largest `.torrent` read: enough for a file of a terabyte in pieces of 1 MiB. */
export const MAX_METAINFO_BYTES = 64 * 1024 * 1024;

type InfoPart = Pick<
  Metainfo,
  | 'kind'
  | 'name'
  | 'pieceLengthBytes'
  | 'files'
  | 'sizeBytes'
  | 'spaceBytes'
  | 'infohashV1'
  | 'infohashV2'
  | 'pieces'
  | 'private'
>;

/**
 * The torrent in `bytes`. Throws `BENCODE_INVALID`, `METAINFO_TOO_NEW`, `METAINFO_INVALID`, `METAINFO_INCONSISTENT`,
 * `METAINFO_LAYER_WRONG`, `METAINFO_LINK`, `PATH_UNSAFE`, `PATH_DUPLICATE`. Cost: one pass, and one hash a piece.
 */
export function parseMetainfo(bytes: Uint8Array): Metainfo {
  if (bytes.length > MAX_METAINFO_BYTES)
    throw new FonotecaError('METAINFO_INVALID', `a torrent of ${bytes.length} bytes`);
  const torrent = asDictionary(decodeBencode(bytes), 'the torrent');
  const info = parseInfo(asDictionary(torrent.get('info'), 'info'));
  const refusedAddresses: string[] = [];
  const keep = (value: Bencode, check: (text: string) => string | undefined): string[] => {
    const text = Buffer.from(asBytes(value, 'an address')).toString('utf8');
    const address = check(text);
    if (address === undefined && text.trim() !== '') refusedAddresses.push(text);
    return address === undefined ? [] : [address];
  };
  const trackers = trackerTiers(torrent).map((tier) =>
    tier.flatMap((text) => keep(text, trackerAddress)),
  );
  const webSeeds = listOrOne(torrent.get('url-list')).flatMap((text) => keep(text, webSeedAddress));
  return {
    ...info,
    pieceLayers: info.kind === 'v1' ? new Map() : parseLayers(torrent, info),
    trackers: trackers.filter((tier) => tier.length > 0),
    webSeeds: [...new Set(webSeeds)],
    refusedAddresses,
  };
}

function parseInfo(info: BencodeDictionary): InfoPart {
  const hasV2 = info.has('meta version') || info.has('file tree');
  // The version is looked at before anything else, so that what it changed is not called invalid (BEP 52).
  if (hasV2 && info.get('meta version') !== 2)
    throw new FonotecaError('METAINFO_TOO_NEW', `meta version ${String(info.get('meta version'))}`);
  if (info.has('root hash'))
    throw new FonotecaError('METAINFO_INVALID', 'a tree of SHA-1 hashes (BEP 30)');
  const hasV1 = info.has('pieces') || !hasV2;
  const name = parseName(info);
  const pieceLengthBytes = asByteCount(info.get('piece length'), 'piece length');
  if (!isPieceLength(pieceLengthBytes))
    throw new FonotecaError('METAINFO_INVALID', `a piece length of ${pieceLengthBytes}`);
  const list = hasV1 ? parseFileList(info, name) : undefined;
  const tree = hasV2 ? parseFileTree(info, name, pieceLengthBytes) : undefined;
  if (!hasV1 && (info.has('files') || info.has('length')))
    throw new FonotecaError('METAINFO_INCONSISTENT', 'a v1 file list without pieces');
  if (list && tree) requireSame(list, tree);
  const pieces = list && parsePieces(info, list.spaceBytes, pieceLengthBytes);
  const bytes = encodeBencode(info);
  const { files, spaceBytes } = tree
    ? { files: tree.files, spaceBytes: (list ?? tree).spaceBytes }
    : list!;
  return {
    kind: list && tree ? 'hybrid' : list ? 'v1' : 'v2',
    name,
    pieceLengthBytes,
    files,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    spaceBytes,
    ...(pieces ? { infohashV1: crypto.hash('sha1', bytes, 'hex'), pieces } : {}),
    ...(tree ? { infohashV2: sha256(bytes) } : {}),
    private: info.has('private') && info.get('private') !== 0,
  };
}

function parseName(info: BencodeDictionary): SafeRelPath {
  const name = parseSafePath(asText(info.get('name'), 'name'));
  if (name.includes('/')) throw new FonotecaError('PATH_UNSAFE', `a folder in the name ${name}`);
  return name;
}

function parsePieces(
  info: BencodeDictionary,
  spaceBytes: number,
  pieceLengthBytes: number,
): Uint8Array {
  if (spaceBytes === 0) throw new FonotecaError('METAINFO_INVALID', 'no bytes in all files');
  return asBytes(info.get('pieces'), 'pieces', leafCount(spaceBytes, pieceLengthBytes) * 20);
}

/** Both halves must name the same files in the same order, and bytes of a file must lie in the same pieces (BEP 52). */
function requireSame(list: FileSpace, tree: FileSpace): void {
  if (list.files.length !== tree.files.length)
    throw inconsistent(`${list.files.length} files in v1, ${tree.files.length} in v2`);
  list.files.forEach((file, at) => {
    const other = tree.files[at]!;
    if (file.path !== other.path) throw inconsistent(`${file.path} in v1, ${other.path} in v2`);
    if (file.sizeBytes !== other.sizeBytes) throw inconsistent(`two sizes of ${file.path}`);
    if (file.sizeBytes > 0 && file.offsetBytes !== other.offsetBytes)
      throw inconsistent(`two places of ${file.path}`);
  });
}

function inconsistent(seen: string): FonotecaError {
  return new FonotecaError('METAINFO_INCONSISTENT', seen);
}

/** The layers of all files longer than a piece: each there, of the right length, leading to its root, and no others. */
function parseLayers(torrent: BencodeDictionary, info: InfoPart): Map<string, Uint8Array> {
  const given = asDictionary(torrent.get('piece layers'), 'piece layers');
  const layers = new Map<string, Uint8Array>();
  for (const { path, piecesRoot, sizeBytes } of info.files) {
    if (piecesRoot === undefined || sizeBytes <= info.pieceLengthBytes) continue;
    const layer = given.get(Buffer.from(piecesRoot, 'hex').toString('latin1'));
    if (!(layer instanceof Uint8Array)) throw wrongLayer(path, 'no piece layer');
    if (layer.length !== leafCount(sizeBytes, info.pieceLengthBytes) * HASH_BYTES)
      throw wrongLayer(path, `a piece layer of ${layer.length} bytes`);
    if (!layers.has(piecesRoot)) requireRoot(layer, piecesRoot, path, info.pieceLengthBytes);
    layers.set(piecesRoot, layer);
  }
  if (layers.size === given.size) return layers;
  throw new FonotecaError('METAINFO_LAYER_WRONG', 'a piece layer that belongs to no file');
}

function requireRoot(
  layer: Uint8Array,
  piecesRoot: string,
  path: MetainfoFile['path'],
  pieceLengthBytes: number,
): void {
  const root = Buffer.from(rootFromPieceLayer(layer, pieceLengthBytes)).toString('hex');
  if (root !== piecesRoot) throw wrongLayer(path, 'a piece layer that leads to another root');
}

function wrongLayer(path: string, seen: string): FonotecaError {
  return new FonotecaError('METAINFO_LAYER_WRONG', `${seen} for ${path}`);
}

/** The tiers of `announce-list`, or of `announce` alone when there is no list (BEP 12). */
function trackerTiers(torrent: BencodeDictionary): readonly (readonly Bencode[])[] {
  const tiers = torrent.get('announce-list');
  if (tiers !== undefined)
    return asList(tiers, 'announce-list').map((tier) => asList(tier, 'announce-list'));
  const announce = torrent.get('announce');
  return announce === undefined ? [] : [[announce]];
}

/** BEP 19 allows a list or one string; many torrents hold an empty string for none. */
function listOrOne(value: Bencode | undefined): readonly Bencode[] {
  if (value === undefined) return [];
  return value instanceof Uint8Array ? [value] : asList(value, 'url-list');
}
