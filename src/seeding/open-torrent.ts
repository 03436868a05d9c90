/**
 * One torrent opened for serving: its info dictionary, its hashes, and blocks that are verified before they leave.
 *
 * Volumes are read through the verified store, leaf by leaf. A metadata file has no leaves beside it: a whole piece is
 * read and held against the torrent's v2 layer, then kept for the blocks that follow.
 */
import path from 'node:path';
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { decodeBencode, encodeBencode } from '../formats/bencode.ts';
import { HASH_BYTES, LEAF_BYTES, leafCount, leafHash, rootFromLeaves } from '../formats/merkle.ts';
import type { Metainfo } from '../formats/metainfo.ts';
import { parseMetainfo } from '../formats/metainfo-parse.ts';
import type { VolumeReader } from '../store/volume-reader.ts';
import { type HashAnswers, openHashAnswers } from './hash-answers.ts';
import type { SeedItem } from './seed-item.ts';

/** A torrent that is served. */
export interface OpenTorrent {
  readonly item: SeedItem;
  readonly pieceCount: number;
  /** The info dictionary as hashed (BEP 9). */
  readonly infoBytes: Uint8Array;
  readonly hashes: HashAnswers;
  /** Pieces in which a read found damage: not offered again while the torrent is open. */
  readonly damaged: Set<number>;
  /** Verified bytes. Throws the store's codes when they are damaged or gone. */
  read(start: number, length: number): Uint8Array;
}

/** Pieces of metadata kept verified: one for each of a few readers. */
const KEPT_PIECES = 4;

/** Opens `item`. Throws `SEED_TORRENT_WRONG` when its torrent is another's, and what reading a torrent throws. */
export function openTorrent(disk: Disk, reader: VolumeReader, item: SeedItem): OpenTorrent {
  const bytes = readWhole(disk, item.torrentFile);
  const metainfo = parseMetainfo(bytes);
  if (metainfo.infohashV1 !== item.infohashV1 || metainfo.infohashV2 !== item.infohashV2)
    throw new FonotecaError(
      'SEED_TORRENT_WRONG',
      `${item.torrentFile} has the infohash ${metainfo.infohashV1 ?? metainfo.infohashV2}`,
    );
  const layer = metainfo.pieceLayers.get(item.piecesRoot) ?? Buffer.from(item.piecesRoot, 'hex');
  return {
    item,
    pieceCount: leafCount(item.sizeBytes, item.pieceLengthBytes),
    infoBytes: infoOf(bytes),
    hashes: openHashAnswers(item.piecesRoot, layer, item.pieceLengthBytes),
    damaged: new Set(),
    read: item.kind === 'volume' ? volumeRead(reader, item) : pieceRead(disk, item, metainfo),
  };
}

function infoOf(torrent: Uint8Array): Uint8Array {
  const value = decodeBencode(torrent);
  // Canonical bencode alone is read, so what is encoded again is what was hashed.
  return encodeBencode((value as ReadonlyMap<string, Uint8Array>).get('info')!);
}

function volumeRead(reader: VolumeReader, item: SeedItem): OpenTorrent['read'] {
  const identity = {
    volume: path.basename(item.fileName, '.tar'),
    volumeSizeBytes: item.sizeBytes,
    piecesRoot: item.piecesRoot,
  };
  return (start, length) => {
    const parts = [...reader.read(identity, { start, end: start + length })];
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  };
}

function pieceRead(disk: Disk, item: SeedItem, metainfo: Metainfo): OpenTorrent['read'] {
  const kept = new Map<number, Uint8Array>();
  const pieceOf = (piece: number): Uint8Array => {
    const known = kept.get(piece);
    if (known) return known;
    const bytes = verifiedPiece(disk, item, metainfo, piece);
    if (kept.size >= KEPT_PIECES) kept.delete(kept.keys().next().value!);
    kept.set(piece, bytes);
    return bytes;
  };
  return (start, length) => {
    const piece = Math.floor(start / item.pieceLengthBytes);
    const from = start - piece * item.pieceLengthBytes;
    return pieceOf(piece).subarray(from, from + length);
  };
}

function verifiedPiece(disk: Disk, item: SeedItem, metainfo: Metainfo, piece: number): Uint8Array {
  const from = piece * item.pieceLengthBytes;
  const file = path.join(item.directory, item.fileName);
  const bytes = Buffer.alloc(Math.min(item.pieceLengthBytes, item.sizeBytes - from));
  if (!disk.stat(file)) throw new FonotecaError('STORE_OBJECT_MISSING', file);
  const descriptor = disk.openForReading(file);
  try {
    for (let done = 0; done < bytes.length; ) {
      const count = disk.read(descriptor, bytes.subarray(done), from + done);
      if (count === 0)
        throw new FonotecaError('STORE_OBJECT_DAMAGED', `${file} ends at byte ${from + done}`);
      done += count;
    }
  } finally {
    disk.close(descriptor);
  }
  if (!pieceHash(bytes, item, piece).equals(wantedHash(item, metainfo, piece)))
    throw new FonotecaError('STORE_OBJECT_DAMAGED', `${file}, the piece from byte ${from}`);
  return bytes;
}

function wantedHash(item: SeedItem, metainfo: Metainfo, piece: number): Uint8Array {
  const layer = metainfo.pieceLayers.get(item.piecesRoot);
  return (
    layer?.subarray(piece * HASH_BYTES, (piece + 1) * HASH_BYTES) ??
    Buffer.from(item.piecesRoot, 'hex')
  );
}

/** The node of the hash tree over one piece. A file of one piece has no layer: its root covers its own leaves alone. */
function pieceHash(bytes: Buffer, item: SeedItem, piece: number): Buffer {
  const isOnly = item.sizeBytes <= item.pieceLengthBytes && piece === 0;
  const leaves = isOnly ? leafCount(bytes.length) : item.pieceLengthBytes / LEAF_BYTES;
  const packed = Buffer.alloc(leaves * HASH_BYTES);
  for (let at = 0; at < bytes.length; at += LEAF_BYTES)
    packed.set(leafHash(bytes.subarray(at, at + LEAF_BYTES)), (at / LEAF_BYTES) * HASH_BYTES);
  return Buffer.from(rootFromLeaves(packed));
}
