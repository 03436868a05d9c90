/**
 * The hashes of files as a torrent of one or many wants them: v1 pieces over the files laid end to end, v2 trees of
 * each file, or both in the layout of a hybrid.
 *
 * Input: files in the torrent's order. Output: hashes that do not depend on the number of threads. One pass over the
 * bytes, read once, no copies. BEP 3, 47, 52.
 */
import assert from 'node:assert/strict';
import { type Disk, readInto } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { HASH_BYTES, LEAF_BYTES, leafCount, rootFromPieceLayer } from '../formats/merkle.ts';
import { layerHashes, SHA1_BYTES, type SpanHashes, type SpanRun } from '../formats/span-hasher.ts';
import { openSpanLanes, type SpanLanes } from './span-lanes.ts';

/** A file to be hashed, of the size it had when it was listed. */
export interface FileToHash {
  readonly file: string;
  readonly sizeBytes: number;
}

/** How files are hashed. */
export interface HashFilesOptions {
  /** A power of two of at least 16 KiB; as much memory is held. */
  readonly pieceLengthBytes: number;
  readonly versions: 'v1' | 'v2' | 'hybrid';
  /** Threads that may hash, the caller's own counted. */
  readonly workers: number;
  /** Told of bytes read. */
  readonly onBytes?: (bytes: number) => void;
}

/** The v2 hashes of one file. */
export interface FileTree {
  /** Undefined for an empty file, which has no tree. */
  readonly piecesRoot: Uint8Array | undefined;
  /** The packed piece layer; empty for a file of one piece or less, which has none in a torrent. */
  readonly pieceLayer: Uint8Array;
}

/** The hashes of files in a torrent. */
export interface FilesHashes {
  /**
   * Packed SHA-1 of the pieces of v1; undefined for v2 alone. In a hybrid every file starts on a piece: zeros stand
   * between the end of one and the start of the next, none behind the last (the pad files of BEP 47).
   */
  readonly pieces: Uint8Array | undefined;
  /** One for each file in order; empty for v1 alone. */
  readonly trees: readonly FileTree[];
}

/**
 * The hashes of `files`. Throws `FILE_MISSING`, `FILE_NOT_REGULAR`, and `FILE_CHANGED_DURING_READ` when a file is not as long
 * as its size says.
 */
export async function hashFiles(
  disk: Pick<Disk, 'openForReading' | 'read' | 'close'>,
  files: readonly FileToHash[],
  options: HashFilesOptions,
): Promise<FilesHashes> {
  // What is hashed: in a hybrid the zeros behind small files are most of it.
  const unitBytes = options.versions === 'hybrid' ? options.pieceLengthBytes : 1;
  const totalBytes = files.reduce(
    (sum, { sizeBytes }) => sum + Math.ceil(sizeBytes / unitBytes) * unitBytes,
    0,
  );
  await using lanes = openSpanLanes({ ...options, totalBytes });
  const results = startResults(files, options);
  const filler = startFiller(lanes, options, results.told);
  const behind = Buffer.alloc(1);
  for (const [index, { file, sizeBytes }] of files.entries()) {
    if (sizeBytes === 0) await filler.startFile(index, 0);
    const descriptor = disk.openForReading(file);
    try {
      for (let done = 0; done < sizeBytes; ) {
        if (done === 0) await filler.startFile(index, sizeBytes);
        const room = await filler.room(sizeBytes - done);
        const count = readInto(disk, descriptor, room, done);
        if (count < room.length) throw changed(file, `ends at byte ${done + count}`);
        filler.filled(count);
        options.onBytes?.(count);
        done += count;
      }
      if (disk.read(descriptor, behind, sizeBytes) > 0)
        throw changed(file, `goes on after byte ${sizeBytes}`);
    } finally {
      disk.close(descriptor);
    }
  }
  filler.finish();
  await lanes.drain();
  const hashes = results.finish();
  return hashes;
}

/** A run of a file that will be hashed, and whose it is. */
interface OwnedRun extends SpanRun {
  readonly file: number;
}

interface Filler {
  /** Begins the file `index` where the layout wants it. */
  startFile(index: number, sizeBytes: number): Promise<void>;
  /** Where the next bytes of the file go, at most `wantedBytes`. */
  room(wantedBytes: number): Promise<Buffer>;
  filled(count: number): void;
  /** Hands in what is left. */
  finish(): void;
}

/** Lays files into spans: end to end for v1, each on a piece for hybrids, and for v2 alone as densely as trees allow. */
function startFiller(
  lanes: SpanLanes,
  { pieceLengthBytes, versions }: HashFilesOptions,
  told: (runs: readonly OwnedRun[], hashes: SpanHashes) => void,
): Filler {
  const { spanBytes } = lanes;
  let span: Buffer | undefined;
  let used = 0;
  let runs: OwnedRun[] = [];
  let current = { file: 0, isWholeFile: false };
  const handIn = () => {
    if (span === undefined || used === 0) return;
    const ofSpan = runs;
    const v1Bytes = versions === 'v2' ? 0 : used;
    lanes.hand(span, { pieceLengthBytes, v1Bytes, runs, withLeaves: false }, (hashes) =>
      told(ofSpan, hashes),
    );
    span = undefined;
    used = 0;
    runs = [];
  };
  const written = startWritten(spanBytes, pieceLengthBytes);
  /** Zeros up to a multiple of `unitBytes`, which never lies beyond the span. */
  const align = (unitBytes: number) => {
    const to = Math.ceil(used / unitBytes) * unitBytes;
    if (span && versions === 'hybrid' && to > used) written.zero(span, used);
    used = to;
    if (used === spanBytes) handIn();
  };
  return {
    async startFile(file, sizeBytes) {
      current = { file, isWholeFile: sizeBytes <= pieceLengthBytes };
      // An empty file has no bytes to start a piece with, so nothing is padded before it.
      if (versions === 'hybrid' && sizeBytes > 0) align(pieceLengthBytes);
      if (versions === 'v2') {
        align(LEAF_BYTES);
        if (used + sizeBytes > spanBytes) handIn();
      }
    },
    async room(wantedBytes) {
      if (!span) {
        span = await lanes.take();
        if (versions === 'hybrid') written.open(span);
      }
      return span.subarray(used, Math.min(used + wantedBytes, spanBytes));
    },
    filled(count) {
      if (span && versions === 'hybrid') written.note(span, used, count);
      if (versions !== 'v1') runs.push({ ...current, start: used, length: count });
      used += count;
      if (used === spanBytes) handIn();
    },
    finish: handIn,
  };
}

/**
 * How far each piece of each buffer holds bytes of files from this or an earlier round; beyond it are zeros. Small files
 * in large pieces would else be zeroed out again and again: 5 GB for 10,000 of them in pieces of 512 KiB.
 */
function startWritten(spanBytes: number, pieceLengthBytes: number) {
  const ends = new Map<Buffer, Uint32Array>();
  return {
    /** To be called for each buffer before anything is put into it. */
    open(span: Buffer): void {
      if (ends.has(span)) return;
      span.fill(0);
      ends.set(span, new Uint32Array(spanBytes / pieceLengthBytes));
    },
    /** Bytes of a file came to lie at `start`. */
    note(span: Buffer, start: number, count: number): void {
      const known = ends.get(span)!;
      for (let at = start; at < start + count; ) {
        const piece = Math.floor(at / pieceLengthBytes);
        const until = Math.min(start + count, (piece + 1) * pieceLengthBytes);
        known[piece] = Math.max(known[piece]!, until - piece * pieceLengthBytes);
        at = until;
      }
    },
    /** Zeros from `start` to the end of its piece. */
    zero(span: Buffer, start: number): void {
      const known = ends.get(span)!;
      const piece = Math.floor(start / pieceLengthBytes);
      const end = piece * pieceLengthBytes + known[piece]!;
      if (end > start) span.fill(0, start, end);
      known[piece] = start - piece * pieceLengthBytes;
    },
  };
}

/** Puts the hashes of spans, told in order, where they belong. */
function startResults(files: readonly FileToHash[], options: HashFilesOptions) {
  const { pieceLengthBytes, versions } = options;
  const pieces: Uint8Array[] = [];
  const layers: Uint8Array[] =
    versions === 'v1'
      ? []
      : files.map(({ sizeBytes }) => Buffer.alloc(leafCount(sizeBytes, pieceLengthBytes) * 32));
  const usedOf = new Uint32Array(files.length);
  return {
    told(runs: readonly OwnedRun[], hashes: SpanHashes): void {
      pieces.push(hashes.pieces);
      let at = 0;
      for (const run of runs) {
        const bytes = layerHashes(run, pieceLengthBytes) * HASH_BYTES;
        layers[run.file]!.set(hashes.layers.subarray(at, at + bytes), usedOf[run.file]);
        usedOf[run.file]! += bytes;
        at += bytes;
      }
    },
    finish(): FilesHashes {
      const all = versions === 'v2' ? undefined : Buffer.concat(pieces);
      assert(all === undefined || all.length % SHA1_BYTES === 0, 'whole hashes');
      return { pieces: all, trees: layers.map((layer) => treeOf(layer, pieceLengthBytes)) };
    },
  };
}

function treeOf(layer: Uint8Array, pieceLengthBytes: number): FileTree {
  const none = new Uint8Array(0);
  if (layer.length === 0) return { piecesRoot: undefined, pieceLayer: none };
  if (layer.length === HASH_BYTES) return { piecesRoot: layer, pieceLayer: none };
  return { piecesRoot: rootFromPieceLayer(layer, pieceLengthBytes), pieceLayer: layer };
}

function changed(file: string, seen: string): FonotecaError {
  return new FonotecaError('FILE_CHANGED_DURING_READ', `${file} ${seen}`);
}
