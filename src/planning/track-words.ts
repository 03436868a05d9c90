/**
 * What a plan knows of each track in one number of 32 bits, so that a track that is looked up in the order of a plan, far
 * from the one before it, is one look into memory. From the right: length (15 bits), popularity (7), first of its
 * recording (1), first of its artist (1), code (8).
 */

/** A length that stands beside, since the track is held and its bytes are known. */
export const BESIDE = 0x7fff;
/** Popularity that is not known. */
export const UNKNOWN_POPULARITY = 127;
/** The bit of a track that is the first of its recording. */
export const RECORDING_FIRST = 1 << 22;
/** The bit of a track that is the first of its artist. */
export const ARTIST_FIRST = 1 << 23;

const POPULARITY_SHIFT = 15;
const CODE_SHIFT = 24;
const BELOW_CODE = 0x00ff_ffff;

/** Lengths up to here are kept to the tenth of a second (27 minutes), longer ones to 2,048 steps for each doubling. */
const EXACT_TENTHS = 16_384;
const EXACT_BITS = 14;
const STEP_BITS = 11;
const STEPS = 2 ** STEP_BITS;
const MOST_LENGTH = BESIDE - 1;

/** A word of a track without a code. */
export function wordOf(length: number, popularity: number): number {
  return length | ((popularity < 0 ? UNKNOWN_POPULARITY : popularity) << POPULARITY_SHIFT);
}

/** The place of its length in a table of lengths (`lengthTable`). */
export function lengthOf(word: number): number {
  return word & BESIDE;
}

/** 0–100, or `UNKNOWN_POPULARITY`. */
export function popularityOf(word: number): number {
  return (word >>> POPULARITY_SHIFT) & 127;
}

/** The code of the track: docs/formats/plan.md. */
export function codeOf(word: number): number {
  return word >>> CODE_SHIFT;
}

/** `word` with another code, as a whole number of 32 bits of either sign. */
export function withCode(word: number, code: number): number {
  return (word & BELOW_CODE) | (code << CODE_SHIFT);
}

/** The length of so many tenths of a second, which is rounded up; more than 116 hours count as that. */
export function lengthOfTenths(tenths: number): number {
  if (tenths < EXACT_TENTHS) return tenths;
  const bits = 31 - Math.clz32(Math.min(tenths, 2 ** 30));
  const octave = bits - EXACT_BITS;
  const shift = bits - STEP_BITS;
  const step = Math.ceil(tenths / 2 ** shift) - STEPS;
  return Math.min(MOST_LENGTH, EXACT_TENTHS + octave * STEPS + step);
}

/** For each length what `of` makes of its tenths of a second. */
export function lengthTable(of: (tenths: number) => number): Float64Array {
  return Float64Array.from({ length: BESIDE }, (_, length) => of(tenthsOf(length)));
}

function tenthsOf(length: number): number {
  if (length < EXACT_TENTHS) return length;
  const octave = Math.floor((length - EXACT_TENTHS) / STEPS);
  return (((length - EXACT_TENTHS) % STEPS) + STEPS) * 2 ** (octave + EXACT_BITS - STEP_BITS);
}
