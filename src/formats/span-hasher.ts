/**
 * Hashes of one span: a buffer that holds whole pieces of a torrent, of one file or of several laid out one after
 * the other. Spans are hashed independently of one another, so that any number of threads may share a torrent.
 *
 * Output: SHA-1 of each piece (BEP 3), one SHA-256 of the tree for each piece of each file (BEP 52), on request the
 * 16 KiB leaves. Pure: what a thread answers is a function of the bytes and the order.
 */
import { hashInto } from '../base/hash-into.ts';
import { foldNodes, HASH_BYTES, LEAF_BYTES, leafCount, pieceLevel } from './merkle.ts';

/** Bytes of one SHA-1. */
export const SHA1_BYTES = 20;

/** A run of bytes of one file in the span, at least one byte, starting on a piece of that file. */
export interface SpanRun {
  readonly start: number;
  readonly length: number;
  /** Whether the run is a whole file of at most a piece, which has a root and no layer (BEP 52). */
  readonly isWholeFile: boolean;
}

/** What is to be hashed of a span. */
export interface SpanOrder {
  readonly pieceLengthBytes: number;
  /** Bytes from the start of the span that are pieces of v1, the last one as short as it is; 0 for none. */
  readonly v1Bytes: number;
  /** The runs that have trees, in order; none for v1 alone. */
  readonly runs: readonly SpanRun[];
  /** Whether the leaves themselves are wanted. */
  readonly withLeaves: boolean;
}

/** The hashes of a span. */
export interface SpanHashes {
  /** Packed SHA-1 of the pieces of v1. */
  readonly pieces: Uint8Array;
  /** Packed: for each run in order its part of the piece layer, or the root of a whole file. */
  readonly layers: Uint8Array;
  /** The packed leaves of the runs in order; empty unless they were asked for. */
  readonly leaves: Uint8Array;
}

/** How many hashes `run` has in `SpanHashes.layers`. */
export function layerHashes({ length, isWholeFile }: SpanRun, pieceLengthBytes: number): number {
  return isWholeFile ? 1 : leafCount(length, pieceLengthBytes);
}

/** Answers orders for one buffer, whose bytes change between them. */
export type SpanHasher = (order: SpanOrder) => SpanHashes;

/**
 * A hasher of `span`, a buffer of whole leaves. Cost of an order: one SHA-1 and one SHA-256 of each byte at most, and
 * a hash for each node of the tree. Memory: 32 bytes a leaf, and a view of each leaf, which are made once, because for
 * every buffer they would be made thousands of times. The hashes are in memory of their own.
 */
export function openSpanHasher(span: Uint8Array): SpanHasher {
  // An even count, so that an odd last leaf has room for its pad.
  const nodes = Buffer.alloc(Math.ceil(leafCount(span.length) / 2) * 2 * HASH_BYTES);
  const views = viewsOf(span, LEAF_BYTES);
  const pairs = viewsOf(nodes, 2 * HASH_BYTES);
  /** Puts the leaves of a run at the start of `nodes`; the run starts on a leaf of the buffer. */
  const hashLeaves = ({ start, length }: SpanRun) => {
    const whole = Math.floor(length / LEAF_BYTES);
    const first = start / LEAF_BYTES;
    for (let at = 0; at < whole; at += 1)
      hashInto('sha256', views[first + at]!, nodes, at * HASH_BYTES);
    if (whole * LEAF_BYTES < length) {
      const last = span.subarray(start + whole * LEAF_BYTES, start + length);
      hashInto('sha256', last, nodes, whole * HASH_BYTES);
    }
  };
  return ({ pieceLengthBytes, v1Bytes, runs, withLeaves }) => {
    const pieces = packed(leafCount(v1Bytes, pieceLengthBytes), SHA1_BYTES);
    for (let from = 0, at = 0; from < v1Bytes; from += pieceLengthBytes, at += SHA1_BYTES)
      hashInto('sha1', span.subarray(from, Math.min(from + pieceLengthBytes, v1Bytes)), pieces, at);
    const leaves = packed(
      withLeaves ? sum(runs.map(({ length }) => leafCount(length))) : 0,
      HASH_BYTES,
    );
    const layers = packed(sum(runs.map((run) => layerHashes(run, pieceLengthBytes))), HASH_BYTES);
    let leavesAt = 0;
    let layersAt = 0;
    for (const run of runs) {
      hashLeaves(run);
      const count = leafCount(run.length);
      if (withLeaves) leavesAt += nodes.copy(leaves, leavesAt, 0, count * HASH_BYTES);
      const levels = run.isWholeFile ? Math.ceil(Math.log2(count)) : pieceLevel(pieceLengthBytes);
      const left = foldNodes(nodes, pairs, count, levels);
      layersAt += nodes.copy(layers, layersAt, 0, left * HASH_BYTES);
    }
    return { pieces, layers, leaves };
  };
}

function viewsOf(bytes: Uint8Array, viewBytes: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / viewBytes) }, (_, at) =>
    bytes.subarray(at * viewBytes, (at + 1) * viewBytes),
  );
}

/** Memory that is no view of a larger pool: a thread's answer is copied with all that is behind it. */
function packed(count: number, hashBytes: number): Buffer {
  return Buffer.allocUnsafeSlow(count * hashBytes);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
