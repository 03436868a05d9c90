/** One run of a spill file, read term by term in the order of their bytes. */
import { type Disk, readInto } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { MAX_TERM_BYTES } from '../model/search-terms.ts';
import { FIELD_BITS, FIELD_COUNT, OWN_TERM, type RunSpan } from './posting-run.ts';
import { MAX_VARINT_BYTES } from './varint.ts';

/** Read at a time; a segment of 96 million documents has 782 runs of about 6 MB. */
const READ_BYTES = 128 * 1024;
/** A term of two characters, and what marks a term that is not a word. */
const TERM_ROOM = 2 * MAX_TERM_BYTES + 2;

/** A place in a run. Its term is `term[0..length)`. */
export class RunCursor {
  readonly term = new Uint8Array(TERM_ROOM);
  length = 0;
  /** The first six bytes of the term as one number, for a quick comparison. */
  head = 0;
  /** Postings of the term, and for a word those in each field. */
  count = 0;
  readonly fields = new Uint32Array(FIELD_COUNT);
  readonly number: number;
  readonly #disk: Disk;
  readonly #descriptor: number;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #position: number;
  readonly #end: number;
  readonly #first: number;
  #at = 0;
  #filled = 0;

  /** A cursor before the first term of `span`; `number` is its place among the runs of its segment. */
  constructor(disk: Disk, descriptor: number, span: RunSpan, number: number) {
    this.#disk = disk;
    this.#descriptor = descriptor;
    this.#position = span.start;
    this.#end = span.end;
    this.#first = span.first * 2 ** FIELD_BITS;
    this.number = number;
  }

  /** Goes to the next term; false at the end. The postings of the last one must have been drained. */
  next(): boolean {
    this.#need(TERM_ROOM + MAX_VARINT_BYTES * 6);
    if (this.#at === this.#filled) return false;
    this.length = this.#varint();
    if (this.length > TERM_ROOM) throw new FonotecaError('DISK_IO', 'a run that was changed');
    let head = 0;
    for (let at = 0; at < this.length; at += 1) {
      const byte = this.#buffer[this.#at + at]!;
      this.term[at] = byte;
      if (at < 6) head = head * 256 + byte;
    }
    for (let at = this.length; at < 6; at += 1) head *= 256;
    this.head = head;
    this.#at += this.length;
    this.count = this.#varint();
    if (this.term[0] !== OWN_TERM)
      for (let field = 0; field < FIELD_COUNT; field += 1) this.fields[field] = this.#varint();
    this.#varint();
    return true;
  }

  /** Gives every posting of the term to `take`, in order, as document × 8 + fields. */
  drain(take: (posting: number) => void): void {
    const isOwn = this.term[0] === OWN_TERM;
    let last = this.#first;
    for (let left = this.count; left > 0; left -= 1) {
      if (this.#filled - this.#at < MAX_VARINT_BYTES) this.#need(MAX_VARINT_BYTES);
      const difference = this.#varint();
      const posting = isOwn ? last + difference * 2 ** FIELD_BITS : last + difference;
      take(posting);
      last = posting & ~7;
    }
  }

  #varint(): number {
    let byte = this.#buffer[this.#at]!;
    this.#at += 1;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; ; shift += 7) {
      byte = this.#buffer[this.#at]!;
      this.#at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** Sees to it that `bytes` bytes, or all that are left, are in the buffer. */
  #need(bytes: number): void {
    if (this.#filled - this.#at >= bytes) return;
    this.#buffer.copyWithin(0, this.#at, this.#filled);
    this.#filled -= this.#at;
    this.#at = 0;
    const wanted = Math.min(READ_BYTES - this.#filled, this.#end - this.#position);
    const room = this.#buffer.subarray(this.#filled, this.#filled + wanted);
    const count = readInto(this.#disk, this.#descriptor, room, this.#position);
    if (count < wanted) throw new FonotecaError('DISK_IO', 'a run that was cut short');
    this.#position += count;
    this.#filled += count;
  }
}

/** Less than 0 when the term of `a` comes before that of `b`, 0 when they are the same. */
export function compareTerms(a: RunCursor, b: RunCursor): number {
  if (a.head !== b.head) return a.head - b.head;
  const length = Math.min(a.length, b.length);
  for (let at = 6; at < length; at += 1) {
    const difference = a.term[at]! - b.term[at]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
