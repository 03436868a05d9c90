/** A list of postings read by leaps: blocks between the document wanted and where it stands are not read. */
import { type CheckedFile, damagedFile, PAGE_BYTES } from './checked-file.ts';
import { type DocumentCursor, NO_DOCUMENT } from './document-cursor.ts';
import { COSTS, type Effort } from './effort.ts';
import { BLOCK_POSTINGS, gapBits, SKIP_BYTES } from './posting-list.ts';
import { CODE_BITS, CODE_PARTS, FIELD_CODES, runCodes } from './run-codes.ts';

/** Where a list is and how it is written. */
export interface ListPlace {
  readonly position: number;
  readonly sizeBytes: number;
  readonly count: number;
  /** Documents of the segment. */
  readonly documents: number;
  /** The fields of every posting, or 0 when each has its own. */
  readonly fields: number;
}

const ALL_FIELDS = 7;
/** Bits that are right in a window of four bytes, wherever it begins. */
const WINDOW_BITS = 25;
const CODE_MASK = 2 ** CODE_BITS - 1;
/** Zeros behind a block, so that a window at its end is whole. */
const SPARE_BYTES = 8;
const LEAST_BYTES = 248;

/** The documents of a list; with fields, those that have the word in one of `wanted`. */
export class ListCursor implements DocumentCursor {
  document = -1;
  readonly count: number;
  fields: number;
  readonly #file: CheckedFile;
  readonly #place: ListPlace;
  /** 0 when every posting is wanted. */
  readonly #wanted: number;
  readonly #gapBits: number;
  /** Runs with a short code. */
  readonly #codes: Int32Array;
  readonly #blocks: number;
  readonly #skips: number;
  readonly #effort: Effort;
  #block = -1;
  #page = -1;
  #lastOfBlock = -1;
  #endOfBlock = 0;
  /** The block, how many bits of it were read, how many postings are left, and the first document they may be. */
  #bytes = new Uint8Array(0);
  #bit = 0;
  #left = 0;
  #next = 0;
  /** Behind the last document of the run that it stands in. */
  #runEnd = 0;

  constructor(file: CheckedFile, place: ListPlace, wanted: number, effort: Effort) {
    this.#file = file;
    this.#effort = effort;
    this.#place = place;
    this.count = place.count;
    this.fields = place.fields;
    this.#wanted = place.fields === 0 && wanted !== ALL_FIELDS ? wanted : 0;
    this.#gapBits = gapBits(place.documents, place.count);
    this.#codes = runCodes(this.#gapBits, place.fields === 0);
    this.#blocks = Math.ceil(place.count / BLOCK_POSTINGS);
    this.#skips = place.position + place.sizeBytes - this.#blocks * SKIP_BYTES;
    this.seek(0);
  }

  seek(target: number): number {
    if (this.document >= target) return this.document;
    if (target < this.#runEnd) {
      this.document = target;
      return target;
    }
    for (let wanted = target; ; wanted = this.#lastOfBlock + 1) {
      if (wanted > this.#lastOfBlock && !this.#enterBlock(wanted)) break;
      if (this.#scan(wanted)) return this.document;
    }
    this.document = NO_DOCUMENT;
    return NO_DOCUMENT;
  }

  /** Goes to the first run left in the block that is wanted and not all before `least`; false when there is none. */
  #scan(least: number): boolean {
    const bytes = this.#bytes;
    const codes = this.#codes;
    const order = this.#gapBits;
    const hasFields = this.#place.fields === 0;
    const wanted = this.#wanted;
    let bit = this.#bit;
    let left = this.#left;
    let next = this.#next;
    let found = false;
    while (left > 0) {
      let fields = 0;
      let length: number;
      const code = codes[shortWindowAt(bytes, bit) & CODE_MASK]!;
      if (code !== 0) {
        bit += code & 15;
        fields = (code >>> CODE_PARTS.fields) & ALL_FIELDS;
        length = ((code >>> CODE_PARTS.length) & 127) + 1;
        next += code >>> CODE_PARTS.gap;
      } else {
        let window = windowAt(bytes, bit);
        const beyond = lowestBit(window);
        const width = beyond + order;
        if (beyond >= 0 && beyond + 1 + width <= WINDOW_BITS) {
          next += ((1 << width) | ((window >>> (beyond + 1)) & ((1 << width) - 1))) - (1 << order);
          bit += beyond + 1 + width;
        } else {
          const zeros = zerosAt(bytes, bit);
          next += longNumber(bytes, bit + zeros + 1, zeros + order) - (1 << order);
          bit += 2 * zeros + 1 + order;
        }
        window = windowAt(bytes, bit);
        if (hasFields) {
          const said = FIELD_CODES[window & 63]!;
          fields = said & ALL_FIELDS;
          window >>>= said >>> 3;
          bit += said >>> 3;
        }
        const more = lowestBit(window);
        // Without this a block of fewer runs than are said would be gone through for ever.
        if (more < 0) throw damagedFile(this.#file.path, 'a list that ends too soon');
        length = (1 << more) | ((window >>> (more + 1)) & ((1 << more) - 1));
        bit += 2 * more + 1;
      }
      left -= length;
      const start = next;
      next += length;
      if (next > least && (wanted === 0 || (fields & wanted) !== 0)) {
        this.document = start < least ? least : start;
        this.#runEnd = next;
        if (hasFields) this.fields = fields;
        found = true;
        break;
      }
    }
    this.#bit = bit;
    this.#left = left;
    this.#next = next;
    return found;
  }

  /** Goes to the block that has the first document not before `target`; false when there is none. */
  #enterBlock(target: number): boolean {
    const block = this.#findBlock(target);
    if (block >= this.#blocks) return false;
    const { position, sizeBytes, count } = this.#place;
    // Of the block before, what is needed here is known when it was the last one entered.
    if (block > this.#block + 1) {
      this.#lastOfBlock = this.#skip(block - 1, 0);
      this.#endOfBlock = this.#skip(block - 1, 4);
    }
    const start = this.#endOfBlock;
    this.#next = this.#lastOfBlock + 1;
    this.#endOfBlock = this.#blocks === 1 ? sizeBytes : this.#skip(block, 4);
    this.#lastOfBlock = this.#blocks === 1 ? NO_DOCUMENT - 1 : this.#skip(block, 0);
    this.#left = Math.min(BLOCK_POSTINGS, count - block * BLOCK_POSTINGS);
    this.#block = block;
    this.#bit = 0;
    this.#take(position + start, this.#endOfBlock - start);
    return true;
  }

  /** Copies a block, since its page may be given to another, and so that there are zeros behind it. */
  #take(position: number, length: number): void {
    if (this.#bytes.length < length + SPARE_BYTES)
      this.#bytes = new Uint8Array(Math.max(LEAST_BYTES, length) + SPARE_BYTES);
    const bytes = this.#bytes;
    const number = Math.floor(position / PAGE_BYTES);
    const from = position - number * PAGE_BYTES;
    this.#effort.left -= number === this.#page ? COSTS.block : COSTS.block + COSTS.page;
    this.#page = number;
    const page = this.#file.page(number);
    // What goes on in the next page is read from both; what goes beyond the last is refused there.
    if (from + length <= page.length) page.copy(bytes, 0, from, from + length);
    else bytes.set(this.#file.read(position, length));
    for (let at = length; at < length + SPARE_BYTES; at += 1) bytes[at] = 0;
  }

  #findBlock(target: number): number {
    let low = this.#block + 1;
    if (low >= this.#blocks || this.#blocks === 1) return low;
    let step = 1;
    let high = low;
    while (high < this.#blocks && this.#skip(high, 0) < target) {
      low = high + 1;
      high += step;
      step *= 2;
    }
    high = Math.min(high, this.#blocks);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#skip(middle, 0) < target) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last document of a block, or with `part` 4 where its bytes end. */
  #skip(block: number, part: number): number {
    const position = this.#skips + block * SKIP_BYTES + part;
    const number = Math.floor(position / PAGE_BYTES);
    const page = this.#file.page(number);
    const at = position - number * PAGE_BYTES;
    return page[at]! | (page[at + 1]! << 8) | (page[at + 2]! << 16) | (page[at + 3]! << 24);
  }
}

/** At least 17 bits from `bit` on, the first one lowest. */
function shortWindowAt(bytes: Uint8Array, bit: number): number {
  const at = bit >>> 3;
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) >>> (bit & 7);
}

/** At least 25 bits from `bit` on, the first one lowest. */
function windowAt(bytes: Uint8Array, bit: number): number {
  const at = bit >>> 3;
  const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  return four >>> (bit & 7);
}

/** Which is the lowest bit of `window` that is set; -1 when none is. */
function lowestBit(window: number): number {
  return 31 - Math.clz32(window & -window);
}

/** How many zeros stand from `bit` on. A block ends in a one, so that damage does not lead on for ever. */
function zerosAt(bytes: Uint8Array, bit: number): number {
  for (let zeros = 0; ; zeros += WINDOW_BITS) {
    const more = lowestBit(windowAt(bytes, bit + zeros));
    if (more >= 0 || zeros > WINDOW_BITS) return zeros + Math.max(0, more);
  }
}

/** The number of `width` bits from `bit` on, with the bit above them that is not written: up to 2 ** 29. */
function longNumber(bytes: Uint8Array, bit: number, width: number): number {
  const lower = Math.min(16, width);
  const low = windowAt(bytes, bit) & ((1 << lower) - 1);
  const high = windowAt(bytes, bit + lower) & ((1 << (width - lower)) - 1);
  return (1 << width) | (high << lower) | low;
}
