/**
 * Hashes of one span: a buffer that holds whole pieces of a torrent, of one file or of several laid out one after
 * the other. Spans are hashed independently of one another, so that any number of threads may share a torrent.
 *
 * Output: SHA-1 of each piece (BEP 3), one SHA-256 of the tree for each piece of each file (BEP 52), on request the
 * 16 KiB leaves. Pure: what a thread answers is a function of the bytes and the order.
 */
import { hashInto } from '../base/hash-into.ts';
import {
  HASH_BYTES,
  hashLeavesInto,
  leafCount,
  pieceLayerFromLeaves,
  rootFromLeaves,
} from './merkle.ts';

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

/**
 * The hashes that `order` asks for of `span`, each in memory of its own. Cost: one SHA-1 and one SHA-256 of each byte
 * at most, and the leaves of one span.
 */
export function hashSpan(span: Uint8Array, order: SpanOrder): SpanHashes {
  const { pieceLengthBytes, v1Bytes, runs, withLeaves } = order;
  const pieces = packed(leafCount(v1Bytes, pieceLengthBytes), SHA1_BYTES);
  for (let from = 0, at = 0; from < v1Bytes; from += pieceLengthBytes, at += SHA1_BYTES)
    hashInto('sha1', span.subarray(from, Math.min(from + pieceLengthBytes, v1Bytes)), pieces, at);
  const leaves = packed(sum(runs.map(({ length }) => leafCount(length))), HASH_BYTES);
  const layers = packed(sum(runs.map((run) => layerHashes(run, pieceLengthBytes))), HASH_BYTES);
  let leavesAt = 0;
  let layersAt = 0;
  for (const { start, length, isWholeFile } of runs) {
    hashLeavesInto(span.subarray(start, start + length), leaves, leavesAt);
    const own = leaves.subarray(leavesAt, leavesAt + leafCount(length) * HASH_BYTES);
    const layer = isWholeFile ? rootFromLeaves(own) : pieceLayerFromLeaves(own, pieceLengthBytes);
    layers.set(layer, layersAt);
    leavesAt += own.length;
    layersAt += layer.length;
  }
  return { pieces, layers, leaves: withLeaves ? leaves : packed(0, HASH_BYTES) };
}

/** Memory that is no view of a larger pool: a thread's answer is copied with all that is behind it. */
function packed(count: number, hashBytes: number): Buffer {
  return Buffer.allocUnsafeSlow(count * hashBytes);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
