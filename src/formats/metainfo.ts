/**
 * A torrent as a value: what our own `.torrent` files and those of others say (BEP 3, 12, 19, 47, 52).
 *
 * The value keeps what a downloader, a seeder and a verifier need, in one shape for v1, v2 and hybrid torrents.
 * `metainfo-build.ts` makes ours, `metainfo-parse.ts` reads any. Specified in docs/formats/bencode-metainfo.md.
 */
import type { Digest } from '../base/digest.ts';
import type { SafeRelPath } from '../base/safe-path.ts';

/** One file of a torrent; padding files are left out, being gaps of zeros. */
export interface MetainfoFile {
  /** Whole path, below the torrent's name when there are several files. */
  readonly path: SafeRelPath;
  readonly sizeBytes: number;
  /** Where the file begins in the space that pieces are cut from; meaningless for an empty file. */
  readonly offsetBytes: number;
  readonly executable: boolean;
  readonly hidden: boolean;
  /** Root of the file's hash tree (BEP 52) as hex; absent in v1 torrents and for empty files. */
  readonly piecesRoot?: Digest;
}

/** A torrent. */
export interface Metainfo {
  readonly kind: 'v1' | 'v2' | 'hybrid';
  /** One safe name: of the file when there is one, of the folder when there are several. */
  readonly name: string;
  readonly pieceLengthBytes: number;
  /** In the order of the piece space. */
  readonly files: readonly MetainfoFile[];
  /** Sum of the files, padding left out. */
  readonly sizeBytes: number;
  /** Length of the space that pieces are cut from: files, padding and gaps. */
  readonly spaceBytes: number;
  /** SHA-1 of the info dictionary, 40 hex digits; absent in v2 torrents. */
  readonly infohashV1?: string;
  /** SHA-256 of the info dictionary, 64 hex digits; absent in v1 torrents. */
  readonly infohashV2?: Digest;
  /** SHA-1 of each piece, packed; absent in v2 torrents. */
  readonly pieces?: Uint8Array;
  /** Packed piece layer by `piecesRoot`, for every file longer than a piece, each checked to lead to its root. */
  readonly pieceLayers: ReadonlyMap<string, Uint8Array>;
  /** Tracker addresses in tiers (BEP 12). */
  readonly trackers: readonly (readonly string[])[];
  /** Web seed addresses (BEP 19). */
  readonly webSeeds: readonly string[];
  /** Tracker and web seed texts that are no address we could call. */
  readonly refusedAddresses: readonly string[];
  /** Whether peers may come from trackers alone (BEP 27). Never true in ours. */
  readonly private: boolean;
}

/** Smallest piece (BEP 52). */
export const MIN_PIECE_BYTES = 16 * 1024;
/** Largest piece read: larger ones make a client hold and lose too much at once. */
export const MAX_PIECE_BYTES = 256 * 1024 * 1024;

/**
 * The piece length of our torrent over a file of `sizeBytes`: 256 KiB up to 256 MiB, 512 KiB up to 1 GiB, else 1 MiB.
 * It is part of the infohash, so this rule never changes.
 */
export function pieceLength(sizeBytes: number): number {
  if (sizeBytes <= 256 * 2 ** 20) return 256 * 2 ** 10;
  return sizeBytes <= 2 ** 30 ? 512 * 2 ** 10 : 2 ** 20;
}

/** Whether `pieceLengthBytes` is a power of two within the limits. */
export function isPieceLength(pieceLengthBytes: number): boolean {
  const inRange = pieceLengthBytes >= MIN_PIECE_BYTES && pieceLengthBytes <= MAX_PIECE_BYTES;
  return inRange && Number.isInteger(Math.log2(pieceLengthBytes));
}
