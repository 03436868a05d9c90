/**
 * Two fingerprints held against each other: do they come of one recording, how sure is that, and why.
 *
 * Every offset is tried, since one of the two may begin earlier; the one with the fewest different bits counts. Bits of
 * different music agree by half; measured pairs and the constants' reasons are in docs/formats/fingerprint.md.
 */
import { FRAME_STEP } from './chroma.ts';
import { FINGERPRINT_RATE_HZ } from './decimate.ts';

/** Seconds of sound from one word to the next. */
const SECONDS_A_WORD = FRAME_STEP / FINGERPRINT_RATE_HZ;

/** How alike two fingerprints are at their best offset. */
export interface Likeness {
  /** Whether they are taken for one recording. */
  readonly same: boolean;
  /** From 0 to 1. */
  readonly confidence: number;
  /** Share of different bits where both have words. */
  readonly bitError: number;
  /** Words that the first begins before the second; negative when it begins after it. */
  readonly offsetWords: number;
  readonly overlapWords: number;
  /** The same in words, for a person to judge by. */
  readonly evidence: string;
}

/** Shorter overlaps say nothing: ten seconds of two songs may be alike by chance. */
const MIN_OVERLAP_WORDS = 81;
/** Different songs here begin at a quarter, the same at a low bitrate ends at a sixteenth. */
const DIFFERENT_BIT_ERROR = 0.25;
const SAME_BIT_ERROR = 0.17;
/** As many different words as 12 s of music have: silence and one held tone are alike in every recording. */
const SURE_DISTINCT_WORDS = 100;
const SAME_CONFIDENCE = 0.5;
const WORD_BITS = 32;

/** How alike `first` and `second` are, at any offset or within a word of `nearWords`; undefined when too little of them overlaps. */
export function compareFingerprints(
  first: Uint32Array,
  second: Uint32Array,
  nearWords?: number,
): Likeness | undefined {
  let best: { offset: number; overlap: number; bits: number } | undefined;
  const lowest = nearWords === undefined ? MIN_OVERLAP_WORDS - second.length : nearWords - 1;
  const highest = nearWords === undefined ? first.length - MIN_OVERLAP_WORDS : nearWords + 1;
  for (let offset = lowest; offset <= highest; offset += 1) {
    const overlap = Math.min(first.length, second.length + offset) - Math.max(0, offset);
    if (overlap < MIN_OVERLAP_WORDS) continue;
    const bits = differentBits(first, second, offset);
    if (!best || bits * best.overlap < best.bits * overlap) best = { offset, overlap, bits };
  }
  if (!best) return undefined;
  const from = Math.max(0, best.offset);
  const distinct = new Set(first.subarray(from, from + best.overlap)).size;
  return judge(best.bits / best.overlap / WORD_BITS, { ...best, distinct });
}

function judge(
  bitError: number,
  { offset, overlap, distinct }: { offset: number; overlap: number; distinct: number },
): Likeness {
  const closeness = Math.max(0, 1 - (bitError / DIFFERENT_BIT_ERROR) ** 2);
  const share = Math.min(1, distinct / SURE_DISTINCT_WORDS);
  const confidence = Math.round(closeness * share * 100) / 100;
  const seconds = (words: number) => (words * SECONDS_A_WORD).toFixed(1);
  const shift =
    offset === 0
      ? 'from the same beginning'
      : `the ${offset > 0 ? 'first' : 'second'} beginning ${seconds(Math.abs(offset))} s earlier`;
  const evidence = `${(bitError * 100).toFixed(1)} % of the bits differ over ${seconds(overlap)} s, ${shift}`;
  const same = bitError <= SAME_BIT_ERROR && confidence >= SAME_CONFIDENCE;
  return { same, confidence, bitError, offsetWords: offset, overlapWords: overlap, evidence };
}

function differentBits(first: Uint32Array, second: Uint32Array, offset: number): number {
  const end = Math.min(first.length, second.length + offset);
  let bits = 0;
  for (let at = Math.max(0, offset); at < end; at += 1) {
    // Ones of 32 bits counted in parallel: by pairs, by fours, by bytes.
    let word = first[at]! ^ second[at - offset]!;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    bits += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return bits;
}
