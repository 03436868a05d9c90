/**
 * Which recording a track is, by the hash of its ISRC: a number (slot) for each distinct one, and how many tracks carry it.
 * An open table of 32-bit marks beside the 32 bits that choose the place; two ISRCs among 200 million share both with a
 * chance of about one in ten for the whole table. Memory: 5 bytes a slot.
 */

import assert from 'node:assert/strict';

/** The slot of a track without an ISRC. */
export const NO_SLOT = 0xffff_ffff;
/** Slots for each track: if every track had an ISRC of its own, nine places would be looked at on average. */
const ROOM = 1 + 1 / 16;
const LEAST_SLOTS = 1024;
/** In a byte beside a bit. */
const MOST_COPIES = 127;
const PLANNED = 128;

/** Recordings being numbered. */
export interface RecordingSlots {
  /** The slots of hashes in halves of 32 bits, as many as `slots` has room, taken when they are new; `NO_SLOT` where both halves are 0. */
  slotsOf(low: Uint32Array, high: Uint32Array, slots: Uint32Array): void;
  /** Counts a track of the recording of `slot`; returns whether it is the first. */
  count(slot: number): boolean;
  /** Marks that a track of the recording of `slot` is planned; returns whether none was before. */
  plan(slot: number): boolean;
  isPlanned(slot: number): boolean;
  /** How many tracks carry the ISRC of `slot`, at most 127; 1 for `NO_SLOT`, of which nothing is known. */
  copies(slot: number): number;
  /** Lets go of what only `slotsOf` needs. */
  seal(): void;
}

/** Room for `isrcs` distinct ISRCs; more of them are a mistake of the caller's, which is told and never looped on. */
export function createRecordingSlots(isrcs: number): RecordingSlots {
  const size = Math.max(LEAST_SLOTS, Math.ceil(isrcs * ROOM));
  const scale = size / 2 ** 32;
  let marks = new Uint32Array(size);
  const counts = new Uint8Array(size);
  let sum = 0;
  let taken = 0;
  return {
    slotsOf(low, high, slots) {
      // What the table has there is asked for all hashes before any is waited for: each look goes to memory.
      for (let row = 0; row < slots.length; row += 1) {
        const home = Math.floor(high[row]! * scale);
        slots[row] = home;
        sum = (sum + marks[home]! + counts[home]!) | 0;
      }
      for (let row = 0; row < slots.length; row += 1) {
        const least = low[row]!;
        if (least === 0 && high[row] === 0) {
          slots[row] = NO_SLOT;
          continue;
        }
        // 0 is an empty place.
        const mark = least === 0 ? 1 : least;
        let slot = slots[row]!;
        while (marks[slot] !== 0 && marks[slot] !== mark) slot = slot + 1 === size ? 0 : slot + 1;
        if (marks[slot] === 0) taken += 1;
        // One place stays empty, where every search ends.
        assert.ok(taken < size, 'more ISRCs than there is room for');
        marks[slot] = mark;
        slots[row] = slot;
      }
    },
    count(slot) {
      const seen = counts[slot]!;
      const tracks = seen & MOST_COPIES;
      if (tracks < MOST_COPIES) counts[slot] = seen + 1;
      return tracks === 0;
    },
    plan(slot) {
      const seen = counts[slot]!;
      counts[slot] = seen | PLANNED;
      return seen < PLANNED;
    },
    isPlanned: (slot) => counts[slot]! >= PLANNED,
    copies: (slot) => (slot === NO_SLOT ? 1 : counts[slot]! & MOST_COPIES),
    seal() {
      // What was only looked at is used at last, or the engine would leave out the looking.
      assert.ok(Number.isInteger(sum));
      marks = new Uint32Array(0);
    },
  };
}

/** A set of whole numbers below `size`, one bit each. */
export class BitSet {
  readonly #words: Uint32Array;

  constructor(size: number) {
    this.#words = new Uint32Array(Math.ceil(size / 32));
  }

  has(member: number): boolean {
    return ((this.#words[member >>> 5]! >>> (member & 31)) & 1) === 1;
  }

  /** Adds `member`; returns whether it is new. */
  add(member: number): boolean {
    const word = member >>> 5;
    const bit = (1 << (member & 31)) >>> 0;
    if ((this.#words[word]! & bit) >>> 0 === bit) return false;
    this.#words[word] = (this.#words[word]! | bit) >>> 0;
    return true;
  }
}
