/**
 * Which recording a track is, by its ISRC: a number (slot) for each distinct one, and how many tracks carry it. An open
 * table of 32-bit marks beside the 32 bits that choose the place; two ISRCs among 200 million share both with a chance of
 * about one in ten for the whole table. Memory: 5 bytes a slot.
 */

/** The slot of a track without an ISRC. */
export const NO_SLOT = 0xffff_ffff;
/** Slots for each expected track: at four fifths full a look takes three places on average. */
const ROOM = 1.25;
const LEAST_SLOTS = 1024;
const MOST_COPIES = 255;
const FIRST = 0x9e37_79b1;
const SECOND = 0x85eb_ca77;

/** Recordings being numbered. */
export interface RecordingSlots {
  /** Numbers are below this. */
  readonly size: number;
  /** The slot of the ISRC in `bytes` from `from` to before `to`, taken when it is new; `NO_SLOT` for an empty text. */
  slotOf(bytes: Uint8Array, from: number, to: number): number;
  /** Counts a track of the recording of `slot`; returns whether it is the first. */
  count(slot: number): boolean;
  /** How many tracks carry the ISRC of `slot`, at most 255; 1 for `NO_SLOT`, of which nothing is known. */
  copies(slot: number): number;
  /** Lets go of what only `slotOf` needs. */
  seal(): void;
}

/** Room for the ISRCs of `tracks` tracks. */
export function createRecordingSlots(tracks: number): RecordingSlots {
  const size = Math.max(LEAST_SLOTS, Math.ceil(tracks * ROOM));
  let marks = new Uint32Array(size);
  const counts = new Uint8Array(size);
  return {
    size,
    slotOf(bytes, from, to) {
      if (to <= from) return NO_SLOT;
      let place = FIRST;
      let mark = SECOND;
      for (let at = from; at < to; at += 1) {
        place = Math.imul(place ^ bytes[at]!, 0x0100_0193);
        mark = Math.imul(mark + bytes[at]!, 0x5bd1_e995);
        mark ^= mark >>> 15;
      }
      place = scattered(place);
      // 0 is an empty place.
      mark = mark >>> 0 || 1;
      let slot = Math.floor(((place >>> 0) / 2 ** 32) * size);
      while (marks[slot] !== 0 && marks[slot] !== mark) slot = slot + 1 === size ? 0 : slot + 1;
      marks[slot] = mark;
      return slot;
    },
    count(slot) {
      const tracks = counts[slot]!;
      if (tracks < MOST_COPIES) counts[slot] = tracks + 1;
      return tracks === 0;
    },
    copies: (slot) => (slot === NO_SLOT ? 1 : counts[slot]!),
    seal() {
      marks = new Uint32Array(0);
    },
  };
}

/** The last step of MurmurHash3: near texts come to lie far apart. */
function scattered(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
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
