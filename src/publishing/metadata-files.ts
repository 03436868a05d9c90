/**
 * Files of metadata as torrents of their own: the catalogue can be fetched and searched before a volume is, and is
 * opened where it lies, so that nobody keeps it twice.
 *
 * Input: a file of the published tree as bytes. Output: its single-file hybrid torrent, named as the file is, with the
 * file's own addresses as web seeds, and what an edition lists of it (docs/formats/edition.md).
 */
import path from 'node:path';
import { type Digest, startSha256 } from '../base/digest.ts';
import { pieceLength } from '../formats/metainfo.ts';
import { type BuiltMetainfo, buildMetainfo } from '../formats/metainfo-build.ts';
import { type PieceHashes, startPieceHasher } from '../formats/piece-hasher.ts';
import type { EditionMetadata } from '../model/edition.ts';
import type { Announce } from './announce-torrent.ts';

/** A file of metadata, hashed. */
export interface HashedMetadata {
  /** Below the published tree. */
  readonly path: string;
  readonly sha256: Digest;
  readonly hashes: PieceHashes;
  readonly sources: EditionMetadata['sources'];
}

/** Suffix of the torrent beside the file. */
export const METADATA_TORRENT = '.torrent';

/** The file at `path` with `content`, which is not empty. One pass over its bytes. */
export function hashMetadata(
  path: string,
  content: string | Uint8Array,
  sources: EditionMetadata['sources'],
): HashedMetadata {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const hasher = startPieceHasher({ pieceLengthBytes: pieceLength(bytes.length) });
  const whole = startSha256();
  hasher.update(bytes);
  whole.update(bytes);
  return { path, sha256: whole.finish(), hashes: hasher.finish(), sources };
}

/** The torrent of `file`. */
export function metadataTorrent(file: HashedMetadata, announce: Announce): BuiltMetainfo {
  return buildMetainfo({
    name: path.posix.basename(file.path),
    hashes: file.hashes,
    trackers: announce.trackers.map((tracker) => [tracker]),
    webSeeds: metadataAddresses(announce, file.path),
  });
}

/** The addresses of the file at `path` below each address of the tree. */
export function metadataAddresses({ addresses }: Announce, path: string): string[] {
  return addresses.map((address) => `${address}/${path}`);
}

/** What an edition lists of `file` and its torrent. */
export function listedMetadata(
  { path, sha256, hashes, sources }: HashedMetadata,
  { infohashV1, infohashV2 }: BuiltMetainfo,
): EditionMetadata {
  return {
    path,
    torrent: `${path}${METADATA_TORRENT}`,
    sizeBytes: hashes.sizeBytes,
    sha256,
    pieceLengthBytes: hashes.pieceLengthBytes,
    piecesRoot: Buffer.from(hashes.piecesRoot).toString('hex') as Digest,
    infohashV1,
    infohashV2,
    sources,
  };
}
