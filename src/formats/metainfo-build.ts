/**
 * Builds torrents: v1, v2 or hybrid, of one file or of a folder, nothing in them that tells when, where or with what
 * they were made.
 *
 * Input: a name, the hashes of the files, tracker and web seed addresses. Output: the bytes of the `.torrent` and its
 * infohashes, which depend on the names and the hashes alone. Specified in docs/formats/bencode-metainfo.md.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { type Digest, sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { parseSafePath } from '../base/safe-path.ts';
import { type Bencode, type BencodeDictionary, encodeBencode } from './bencode.ts';
import { isPieceLength } from './metainfo.ts';
import {
  fileListOf,
  fileTreeOf,
  orderTorrentFiles,
  type TorrentFile,
} from './metainfo-build-files.ts';
import type { PieceHashes } from './piece-hasher.ts';
import { trackerAddress, webSeedAddress } from './torrent-addresses.ts';

/** Where a torrent says its bytes can be had. */
interface TorrentAddresses {
  /** Tracker addresses in tiers; none is allowed. */
  readonly trackers?: readonly (readonly string[])[];
  /** Web seed addresses: of the file itself, or of its folder with `/` at the end. */
  readonly webSeeds?: readonly string[];
}

/** What a volume's torrent is made from. */
export interface MetainfoSource extends TorrentAddresses {
  /** Name of the one file, such as `opus-0123456789abcdef.tar`. */
  readonly name: string;
  readonly hashes: PieceHashes;
}

/** Which halves a torrent has. */
export type TorrentVersions = 'v1' | 'v2' | 'hybrid';

/** What any torrent is made from. */
export interface TorrentSource extends TorrentAddresses {
  /** One name: of the file when there is one without a path, else of the folder. */
  readonly name: string;
  readonly versions: TorrentVersions;
  readonly pieceLengthBytes: number;
  /** In the order of `orderTorrentFiles`; one with an empty path is the torrent itself. */
  readonly files: readonly TorrentFile[];
  /**
   * SHA-1 of each piece, packed, of the files one behind the other; in a hybrid, with zeros between them so that each
   * starts a piece. Needed but for v2.
   */
  readonly pieces?: Uint8Array;
}

/** A torrent made. */
export interface BuiltTorrent {
  readonly bytes: Uint8Array;
  /** SHA-1 of the info dictionary, 40 hex digits; absent for v2. */
  readonly infohashV1?: string;
  /** SHA-256 of the info dictionary, 64 hex digits; absent for v1. */
  readonly infohashV2?: Digest;
}

/** A volume's torrent made. */
export interface BuiltMetainfo extends BuiltTorrent {
  readonly infohashV1: string;
  readonly infohashV2: Digest;
}

/**
 * The single-file hybrid torrent of `source`, whose file is not empty. Refuses an unsafe name with `PATH_UNSAFE` and
 * an address that cannot be called with `METAINFO_INVALID`.
 */
export function buildMetainfo(source: MetainfoSource): BuiltMetainfo {
  const { sizeBytes, pieceLengthBytes, pieceLayer, piecesRoot, pieces } = source.hashes;
  assert(sizeBytes > 0, 'a file that is not empty');
  const { name, trackers = [], webSeeds = [] } = source;
  const files = [{ path: '', sizeBytes, piecesRoot, pieceLayer }];
  const built = buildTorrent({
    ...{ name, trackers, webSeeds, versions: 'hybrid', pieceLengthBytes, files, pieces },
  });
  return { ...built, infohashV1: built.infohashV1!, infohashV2: built.infohashV2! };
}

/**
 * The torrent of `source`. Refuses with `PATH_UNSAFE` and `PATH_DUPLICATE` names that are not safe everywhere, with
 * `METAINFO_INVALID` no bytes at all, a wrong piece length, an address that cannot be called, and in v2 a folder whose
 * one file has the folder's name, which reads as that file alone.
 */
export function buildTorrent(source: TorrentSource): BuiltTorrent {
  const { versions, pieceLengthBytes, files } = source;
  const info = infoOf(source);
  const trackers = (source.trackers ?? [])
    .map((tier) => tier.map((text) => required(trackerAddress(text), text)))
    .filter((tier) => tier.length > 0);
  const webSeeds = (source.webSeeds ?? []).map((text) => required(webSeedAddress(text), text));
  const torrent = new Map<string, Bencode>([['info', info]]);
  if (versions !== 'v1') torrent.set('piece layers', layersOf(files, pieceLengthBytes));
  if (trackers.length > 0) torrent.set('announce', Buffer.from(trackers[0]![0]!));
  if (trackers.flat().length > 1) torrent.set('announce-list', trackers.map(textList));
  if (webSeeds.length > 0) torrent.set('url-list', textList(webSeeds));
  const infoBytes = encodeBencode(info);
  return {
    bytes: encodeBencode(torrent),
    ...(versions === 'v2' ? {} : { infohashV1: crypto.hash('sha1', infoBytes, 'hex') }),
    ...(versions === 'v1' ? {} : { infohashV2: sha256(infoBytes) }),
  };
}

function infoOf(source: TorrentSource): BencodeDictionary {
  const { versions, pieceLengthBytes, files, pieces } = source;
  const name = parseSafePath(source.name);
  if (name.includes('/')) throw new FonotecaError('PATH_UNSAFE', `a folder in ${name}`);
  if (!isPieceLength(pieceLengthBytes)) throw invalid(`a piece length of ${pieceLengthBytes}`);
  if (files.every(({ sizeBytes }) => sizeBytes === 0)) throw invalid('no bytes in all files');
  const isAlone = files.length === 1 && files[0]!.path === '';
  if (!isAlone && versions !== 'v1' && files.length === 1 && files[0]!.path === name)
    throw invalid(`a folder ${name} whose one file is ${name}, which v2 cannot tell from the file`);
  assert.deepEqual(orderTorrentFiles(files), files, 'files in their order');
  const info = new Map<string, Bencode>([
    ['name', Buffer.from(name)],
    ['piece length', pieceLengthBytes],
  ]);
  if (versions !== 'v1') {
    info.set('file tree', fileTreeOf(isAlone ? [{ ...files[0]!, path: name }] : files));
    info.set('meta version', 2);
  }
  if (versions === 'v2') return info;
  assert(pieces, 'the pieces of the first half');
  info.set('pieces', pieces);
  if (isAlone) return info.set('length', files[0]!.sizeBytes);
  return info.set('files', fileListOf(files, versions === 'hybrid' ? pieceLengthBytes : undefined));
}

/** A file of one piece or less has no layer: its root is the hash of the piece (BEP 52). */
function layersOf(files: readonly TorrentFile[], pieceLengthBytes: number): BencodeDictionary {
  const layers = new Map<string, Bencode>();
  for (const { sizeBytes, piecesRoot, pieceLayer } of files) {
    if (sizeBytes <= pieceLengthBytes) continue;
    assert(piecesRoot && pieceLayer, 'the tree of a file in the second half');
    layers.set(Buffer.from(piecesRoot).toString('latin1'), pieceLayer);
  }
  return layers;
}

function required(address: string | undefined, text: string): string {
  if (address !== undefined) return address;
  throw invalid(`the address ${JSON.stringify(text.slice(0, 200))}`);
}

function textList(texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => Buffer.from(text));
}

function invalid(seen: string): FonotecaError {
  return new FonotecaError('METAINFO_INVALID', seen);
}
