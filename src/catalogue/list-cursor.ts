/** A list of postings read by leaps: blocks between the document wanted and where it stands are not read. */
import { type CheckedFile, PAGE_BYTES } from './checked-file.ts';
import { type DocumentCursor, NO_DOCUMENT } from './document-cursor.ts';
import { BLOCK_POSTINGS, SKIP_BYTES } from './posting-list.ts';

/** Where a list is and how it is written. */
export interface ListPlace {
  readonly position: number;
  readonly sizeBytes: number;
  readonly count: number;
  /** Whether each posting has three bits of fields. */
  readonly withFields: boolean;
}

const ALL_FIELDS = 7;

/** The documents of a list; with fields, those that have the word in one of `wanted`. */
export class ListCursor implements DocumentCursor {
  document = -1;
  readonly count: number;
  readonly #file: CheckedFile;
  readonly #place: ListPlace;
  /** 0 when every posting is wanted. */
  readonly #wanted: number;
  readonly #blocks: number;
  readonly #skips: number;
  /** What a difference counts for: 8 in a list without fields. */
  readonly #unit: number;
  #block = -1;
  #lastOfBlock = -1;
  /** The page the block lies in, or -1 when it lies in two and was copied to `#copy`. */
  #page = -1;
  #copy: Uint8Array = new Uint8Array(0);
  /** Where the next posting is, how many are left in the block, and the one before it without its fields. */
  #from = 0;
  #left = 0;
  #last = 0;

  constructor(file: CheckedFile, place: ListPlace, wanted: number) {
    this.#file = file;
    this.#place = place;
    this.count = place.count;
    this.#wanted = place.withFields && wanted !== ALL_FIELDS ? wanted : 0;
    this.#unit = place.withFields ? 1 : 8;
    this.#blocks = Math.ceil(place.count / BLOCK_POSTINGS);
    this.#skips = place.position + place.sizeBytes - this.#blocks * SKIP_BYTES;
    this.seek(0);
  }

  seek(target: number): number {
    if (this.document >= target) return this.document;
    for (let wanted = target; ; wanted = this.#lastOfBlock + 1) {
      if (wanted > this.#lastOfBlock && !this.#enterBlock(wanted)) break;
      const posting = this.#scan(wanted * 8);
      if (posting >= 0) {
        this.document = posting >>> 3;
        return this.document;
      }
    }
    this.document = NO_DOCUMENT;
    return NO_DOCUMENT;
  }

  /** The first posting left in the block that is wanted and not below `least`, or -1. */
  #scan(least: number): number {
    // Asked for again each time, since the cache may have given its room away.
    const bytes = this.#page < 0 ? this.#copy : this.#file.page(this.#page);
    const unit = this.#unit;
    const wanted = this.#wanted;
    let from = this.#from;
    let left = this.#left;
    let last = this.#last;
    let found = -1;
    while (left > 0) {
      let value = bytes[from]!;
      from += 1;
      if (value > 0x7f) {
        value &= 0x7f;
        for (let shift = 7, more = 0x80; more > 0x7f; shift += 7) {
          more = bytes[from]!;
          from += 1;
          value |= (more & 0x7f) << shift;
        }
      }
      const posting = last + value * unit;
      last = posting & ~7;
      left -= 1;
      if (posting >= least && (wanted === 0 || (posting & wanted) !== 0)) {
        found = posting;
        break;
      }
    }
    this.#from = from;
    this.#left = left;
    this.#last = last;
    return found;
  }

  /** Goes to the block that has the first document not before `target`; false when there is none. */
  #enterBlock(target: number): boolean {
    const block = this.#findBlock(target);
    if (block >= this.#blocks) return false;
    const { position, sizeBytes, count } = this.#place;
    const isSingle = this.#blocks === 1;
    const start = block === 0 ? 0 : this.#skip(block - 1, 4);
    const end = isSingle ? sizeBytes : this.#skip(block, 4);
    this.#last = block === 0 ? 0 : this.#skip(block - 1, 0) * 8;
    this.#lastOfBlock = isSingle ? NO_DOCUMENT - 1 : this.#skip(block, 0);
    this.#left = Math.min(BLOCK_POSTINGS, count - block * BLOCK_POSTINGS);
    this.#block = block;
    const page = Math.floor((position + start) / PAGE_BYTES);
    const at = position + start - page * PAGE_BYTES;
    const isInOne = at + end - start <= PAGE_BYTES;
    this.#page = isInOne ? page : -1;
    this.#from = isInOne ? at : 0;
    if (!isInOne) this.#copy = this.#file.read(position + start, end - start);
    return true;
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
    return page[at]! + page[at + 1]! * 256 + page[at + 2]! * 65_536 + page[at + 3]! * 16_777_216;
  }
}
