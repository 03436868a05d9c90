/**
 * A list of postings being written: runs of documents side by side as bits, in blocks of 128 postings, and behind a list of
 * several blocks the last document and the end of each, so that most blocks need not be read. Layout: docs/formats/search-index.md.
 */
import { FIELD_BITS } from './posting-run.ts';

/** Postings of a block. */
export const BLOCK_POSTINGS = 128;
/** Bytes of a block's entry in the skip table: last document and end. They never lie across two pages. */
export const SKIP_BYTES = 8;

/** One list after another. */
export interface PostingListWriter {
  /** Starts a list of `count` postings; `withFields` keeps three bits of fields in every posting. */
  begin(count: number, withFields: boolean): void;
  /** Appends document × 8 + fields. */
  add(posting: number): void;
  /** Ends the list; returns its bytes, which are a multiple of 8 when it has more than one block. */
  end(): number;
}

/** Where lists go. */
export interface PostingListPlace {
  /** Documents of the segment: how large gaps are told from it. */
  readonly documents: number;
  write(bytes: Uint8Array): void;
  /** Bytes written so far. */
  position(): number;
}

/** Bits of a gap that are written as they are, in a list of `count` among `documents`: about those of the middle gap. */
export function gapBits(documents: number, count: number): number {
  return 31 - Math.clz32(Math.max(1, Math.floor(documents / count)));
}

/** Bits put one behind the other, the lowest first. */
interface BitRoom {
  readonly bytes: Uint8Array;
  /** Whole bytes so far. */
  used: number;
  waiting: number;
  waitingBits: number;
}

/** A gap takes at most 57 bits, fields 6, a length 15. */
const MAX_RUN_BYTES = 10;

/** A writer of lists to `place`. */
export function startPostingLists(place: PostingListPlace): PostingListWriter {
  return new ListWriter(place);
}

class ListWriter implements PostingListWriter {
  readonly #place: PostingListPlace;
  readonly #room: BitRoom = {
    bytes: new Uint8Array(BLOCK_POSTINGS * MAX_RUN_BYTES),
    ...{ used: 0, waiting: 0, waitingBits: 0 },
  };
  #skips = new Uint32Array(1024);
  #skipCount = 0;
  #gapBits = 0;
  #withFields = true;
  #listBytes = 0;
  #inBlock = 0;
  /** The run that grows, and where the one before it ended. */
  #runStart = 0;
  #runEnd = 0;
  #runFields = 0;
  #next = 0;

  constructor(place: PostingListPlace) {
    this.#place = place;
  }

  begin(count: number, withFields: boolean): void {
    this.#gapBits = gapBits(this.#place.documents, count);
    this.#withFields = withFields;
    this.#skipCount = this.#listBytes = this.#inBlock = 0;
    this.#runStart = this.#runEnd = this.#next = 0;
  }

  add(posting: number): void {
    const document = posting >>> FIELD_BITS;
    const fields = this.#withFields ? posting & 7 : 0;
    const goesOn =
      this.#runEnd > this.#runStart && document === this.#runEnd && fields === this.#runFields;
    if (!goesOn || this.#inBlock === BLOCK_POSTINGS) {
      this.#endRun();
      if (this.#inBlock === BLOCK_POSTINGS) this.#endBlock();
      this.#runStart = document;
      this.#runFields = fields;
    }
    this.#runEnd = document + 1;
    this.#inBlock += 1;
  }

  end(): number {
    this.#endRun();
    if (this.#inBlock > 0) this.#endBlock();
    if (this.#skipCount < 4) return this.#listBytes;
    const padding = (SKIP_BYTES - (this.#place.position() % SKIP_BYTES)) % SKIP_BYTES;
    this.#place.write(new Uint8Array(padding));
    this.#place.write(new Uint8Array(this.#skips.buffer, 0, this.#skipCount * 4));
    return this.#listBytes + padding + this.#skipCount * 4;
  }

  #endRun(): void {
    if (this.#runEnd === this.#runStart) return;
    putNumber(this.#room, this.#runStart - this.#next, this.#gapBits);
    if (this.#withFields) putFields(this.#room, this.#runFields);
    putNumber(this.#room, this.#runEnd - this.#runStart - 1, 0);
    this.#next = this.#runEnd;
    this.#runStart = this.#runEnd;
  }

  #endBlock(): void {
    const room = this.#room;
    if (room.waitingBits > 0) room.bytes[room.used++] = room.waiting;
    this.#place.write(room.bytes.subarray(0, room.used));
    this.#listBytes += room.used;
    if (this.#skipCount + 2 > this.#skips.length) {
      const larger = new Uint32Array(this.#skips.length * 2);
      larger.set(this.#skips);
      this.#skips = larger;
    }
    this.#skips[this.#skipCount] = this.#next - 1;
    this.#skips[this.#skipCount + 1] = this.#listBytes;
    this.#skipCount += 2;
    room.used = room.waiting = room.waitingBits = this.#inBlock = 0;
  }
}

/** Exponential Golomb code of order `order`: zeros for the bits that `number` has beyond, a one, then those bits and `order` more. */
function putNumber(room: BitRoom, number: number, order: number): void {
  // Documents of a segment are below 2^28, and so is what is added: shifts do, which cost a tenth of powers.
  const value = number + (1 << order);
  const beyond = 31 - Math.clz32(value) - order;
  const width = beyond + order;
  const rest = value - (1 << width);
  if (beyond + 1 + width <= MOST_BITS) {
    putBits(room, (1 << beyond) | (rest << (beyond + 1)), beyond + 1 + width);
    return;
  }
  putBits(room, 1 << beyond, beyond + 1);
  putBits(room, rest, width);
}

/** The most frequent fields have the shortest codes; behind four zeros come two bits. */
function putFields(room: BitRoom, fields: number): void {
  if (fields === 1) putBits(room, 1, 1);
  else if (fields === 2) putBits(room, 2, 2);
  else if (fields === 4) putBits(room, 4, 3);
  else if (fields === 5) putBits(room, 8, 4);
  else putBits(room, fields === 3 ? 0 : (fields - 5) * 16, 6);
}

const MOST_BITS = 24;

function putBits(room: BitRoom, value: number, width: number): void {
  if (width > MOST_BITS) {
    putBits(room, value & 0xffff, 16);
    putBits(room, Math.floor(value / 2 ** 16), width - 16);
    return;
  }
  room.waiting |= value << room.waitingBits;
  room.waitingBits += width;
  while (room.waitingBits >= 8) {
    room.bytes[room.used] = room.waiting & 0xff;
    room.used += 1;
    room.waiting >>>= 8;
    room.waitingBits -= 8;
  }
}
