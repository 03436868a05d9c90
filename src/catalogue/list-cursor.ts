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
  readonly #postings = new Int32Array(BLOCK_POSTINGS);
  #block = -1;
  #inBlock = 0;
  #at = 0;
  #lastOfBlock = -1;

  constructor(file: CheckedFile, place: ListPlace, wanted: number) {
    this.#file = file;
    this.#place = place;
    this.count = place.count;
    this.#wanted = place.withFields && wanted !== ALL_FIELDS ? wanted : 0;
    this.#blocks = Math.ceil(place.count / BLOCK_POSTINGS);
    this.#skips = place.position + place.sizeBytes - this.#blocks * SKIP_BYTES;
    this.seek(0);
  }

  seek(target: number): number {
    if (this.document >= target) return this.document;
    for (let wanted = target; ; ) {
      if (wanted > this.#lastOfBlock && !this.#enterBlock(wanted)) {
        this.document = NO_DOCUMENT;
        return NO_DOCUMENT;
      }
      const document = this.#scan(wanted);
      if (document >= 0) {
        this.document = document;
        return document;
      }
      wanted = this.#lastOfBlock + 1;
    }
  }

  /** The first document of the block that is wanted and not before `target`, or -1. */
  #scan(target: number): number {
    const postings = this.#postings;
    const least = target * 8;
    let at = this.#at;
    const end = this.#inBlock;
    while (at < end && postings[at]! < least) at += 1;
    if (this.#wanted !== 0) while (at < end && (postings[at]! & this.#wanted) === 0) at += 1;
    this.#at = at;
    return at < end ? postings[at]! >>> 3 : -1;
  }

  /** Decodes the block that has the first document not before `target`; false when there is none. */
  #enterBlock(target: number): boolean {
    const block = this.#findBlock(target);
    if (block >= this.#blocks) return false;
    this.#decode(block);
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
    return this.#file.page(number).readUInt32LE(position - number * PAGE_BYTES);
  }

  #decode(block: number): void {
    const { position, sizeBytes, count, withFields } = this.#place;
    const single = this.#blocks === 1;
    const start = block === 0 ? 0 : this.#skip(block - 1, 4);
    const end = single ? sizeBytes : this.#skip(block, 4);
    let last = block === 0 ? 0 : this.#skip(block - 1, 0) * 8;
    const page = Math.floor((position + start) / PAGE_BYTES);
    let from = position + start - page * PAGE_BYTES;
    // Most blocks lie in one page, which is decoded where it is.
    const isInOne = from + end - start <= PAGE_BYTES;
    const bytes = isInOne ? this.#file.page(page) : this.#file.read(position + start, end - start);
    if (!isInOne) from = 0;
    const postings = this.#postings;
    const inBlock = Math.min(BLOCK_POSTINGS, count - block * BLOCK_POSTINGS);
    for (let at = 0; at < inBlock; at += 1) {
      let byte = bytes[from]!;
      from += 1;
      let value = byte & 0x7f;
      for (let shift = 7; byte > 0x7f; shift += 7) {
        byte = bytes[from]!;
        from += 1;
        value |= (byte & 0x7f) << shift;
      }
      const posting = last + (withFields ? value : value * 8);
      postings[at] = posting;
      last = posting & ~7;
    }
    this.#inBlock = inBlock;
    this.#block = block;
    this.#at = 0;
    this.#lastOfBlock = last >>> 3;
  }
}
