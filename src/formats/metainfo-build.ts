/**
 * Builds our torrents: one file, hybrid v1 and v2, nothing in it that tells when, where or with what it was made.
 *
 * Input: a name, the hashes of one pass (`piece-hasher.ts`), tracker and web seed addresses. Output: the bytes of the
 * `.torrent` and both infohashes, which depend on the name and the hashes alone. Specified in
 * docs/formats/bencode-metainfo.md.
 */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { type Digest, sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { parseSafePath } from '../base/safe-path.ts';
import { type Bencode, type BencodeDictionary, encodeBencode, keyFromText } from './bencode.ts';
import type { PieceHashes } from './piece-hasher.ts';
import { trackerAddress, webSeedAddress } from './torrent-addresses.ts';

/** What a torrent is made from. */
export interface MetainfoSource {
  /** Name of the one file, such as `opus-0123456789abcdef.tar`. */
  readonly name: string;
  readonly hashes: PieceHashes;
  /** Tracker addresses in tiers; none is allowed. */
  readonly trackers?: readonly (readonly string[])[];
  /** Web seed addresses: of the file itself, or of its folder with `/` at the end. */
  readonly webSeeds?: readonly string[];
}

/** A torrent made. */
export interface BuiltMetainfo {
  readonly bytes: Uint8Array;
  /** SHA-1 of the info dictionary, 40 hex digits. */
  readonly infohashV1: string;
  /** SHA-256 of the info dictionary, 64 hex digits. */
  readonly infohashV2: Digest;
}

/**
 * The single-file hybrid torrent of `source`, whose file is not empty. Refuses an unsafe name with `PATH_UNSAFE` and
 * an address that cannot be called with `METAINFO_INVALID`.
 */
export function buildMetainfo(source: MetainfoSource): BuiltMetainfo {
  const { sizeBytes, pieceLengthBytes, pieceLayer, piecesRoot } = source.hashes;
  const info = infoOf(source);
  const trackers = (source.trackers ?? [])
    .map((tier) => tier.map((text) => required(trackerAddress(text), text)))
    .filter((tier) => tier.length > 0);
  const webSeeds = (source.webSeeds ?? []).map((text) => required(webSeedAddress(text), text));
  const layers = new Map<string, Bencode>();
  // A file of one piece or less has no layer: its root is the hash of the piece (BEP 52).
  if (sizeBytes > pieceLengthBytes)
    layers.set(Buffer.from(piecesRoot).toString('latin1'), pieceLayer);
  const torrent = new Map<string, Bencode>([
    ['info', info],
    ['piece layers', layers],
  ]);
  if (trackers.length > 0) torrent.set('announce', Buffer.from(trackers[0]![0]!));
  if (trackers.flat().length > 1) torrent.set('announce-list', trackers.map(textList));
  if (webSeeds.length > 0) torrent.set('url-list', textList(webSeeds));
  const infoBytes = encodeBencode(info);
  return {
    bytes: encodeBencode(torrent),
    infohashV1: crypto.hash('sha1', infoBytes, 'hex'),
    infohashV2: sha256(infoBytes),
  };
}

function infoOf({ name, hashes }: MetainfoSource): BencodeDictionary {
  const safe = parseSafePath(name);
  if (safe.includes('/')) throw new FonotecaError('PATH_UNSAFE', `a folder in ${safe}`);
  assert(hashes.sizeBytes > 0, 'a file that is not empty');
  const file = new Map<string, Bencode>([
    ['length', hashes.sizeBytes],
    ['pieces root', hashes.piecesRoot],
  ]);
  return new Map<string, Bencode>([
    ['file tree', new Map([[keyFromText(safe), new Map([['', file]])]])],
    ['length', hashes.sizeBytes],
    ['meta version', 2],
    ['name', Buffer.from(safe)],
    ['piece length', hashes.pieceLengthBytes],
    ['pieces', hashes.pieces],
  ]);
}

function required(address: string | undefined, text: string): string {
  if (address !== undefined) return address;
  throw new FonotecaError('METAINFO_INVALID', `the address ${JSON.stringify(text.slice(0, 200))}`);
}

function textList(texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => Buffer.from(text));
}
