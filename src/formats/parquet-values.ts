/** Values of a page of Parquet one after the other, as PLAIN has them. Spec: parquet-format, Encodings.md. */

/** The kinds of columns: text, whole numbers within 2^53, numbers, truth values, lists of text. */
export type ParquetKind = 'text' | 'whole' | 'number' | 'flag' | 'texts';

/** Of the room for values, before there are more. */
const FIRST_BYTES = 64 * 1024;
const LENGTH_BYTES = 4;
const WHOLE_BYTES = 8;
/** No character takes more bytes in UTF-8 than this for each of its UTF-16 units. */
const MOST_BYTES_A_UNIT = 3;
const HIGH = 2 ** 32;
const SHORT_UNITS = 40;

/** Values being gathered, of lists their items. Truth values are a byte each. */
export interface PlainValues {
  put(value: unknown): void;
  /** Puts the text that is `head` and the bytes of UTF-8 of `source` in `from` to `to`. */
  putBytes(head: Uint8Array, source: Uint8Array, from: number, to: number): void;
  sizeBytes(): number;
  /** What was put since the last call, in memory that the next value is written into. */
  take(): Uint8Array;
}

/** No values of `kind`. */
export function createPlainValues(kind: ParquetKind): PlainValues {
  const room = createRoom();
  return {
    put: putterOf(kind, room),
    putBytes: (head, source, from, to) => putBytes(room, head, source, from, to),
    sizeBytes: room.size,
    take: room.take,
  };
}

interface Room {
  /** The buffer with room for `bytes` more, to be written at `at()`. */
  reserve(bytes: number): Buffer;
  at(): number;
  advance(bytes: number): void;
  size(): number;
  take(): Buffer;
}

function createRoom(): Room {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let length = 0;
  return {
    reserve(bytes) {
      if (length + bytes > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + bytes));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      return buffer;
    },
    at: () => length,
    advance(bytes) {
      length += bytes;
    },
    size: () => length,
    take() {
      const taken = buffer.subarray(0, length);
      length = 0;
      return taken;
    },
  };
}

function putterOf(kind: ParquetKind, room: Room): (value: unknown) => void {
  if (kind === 'text' || kind === 'texts')
    return (value) => {
      const words = value as string;
      const buffer = room.reserve(LENGTH_BYTES + words.length * MOST_BYTES_A_UNIT);
      const at = room.at();
      const written = putText(buffer, words, at + LENGTH_BYTES);
      putWord(buffer, written, at);
      room.advance(LENGTH_BYTES + written);
    };
  if (kind === 'whole')
    return (value) => {
      const number = value as number;
      const buffer = room.reserve(WHOLE_BYTES);
      putWord(buffer, number >>> 0, room.at());
      putWord(buffer, Math.floor(number / HIGH), room.at() + LENGTH_BYTES);
      room.advance(WHOLE_BYTES);
    };
  if (kind === 'number')
    return (value) => {
      room.reserve(WHOLE_BYTES).writeDoubleLE(value as number, room.at());
      room.advance(WHOLE_BYTES);
    };
  return (value) => {
    room.reserve(1)[room.at()] = value === true ? 1 : 0;
    room.advance(1);
  };
}

function putBytes(
  room: Room,
  head: Uint8Array,
  source: Uint8Array,
  from: number,
  to: number,
): void {
  const length = head.length + to - from;
  const buffer = room.reserve(LENGTH_BYTES + length);
  let at = room.at();
  putWord(buffer, length, at);
  at += LENGTH_BYTES;
  for (let index = 0; index < head.length; index++) buffer[at++] = head[index]!;
  for (let index = from; index < to; index++) buffer[at++] = source[index]!;
  room.advance(LENGTH_BYTES + length);
}

/** Writes `words` as UTF-8 and returns its length. Short ASCII is written here, which spares a call out of JavaScript. */
function putText(buffer: Buffer, words: string, at: number): number {
  const { length } = words;
  if (length > SHORT_UNITS) return buffer.write(words, at, 'utf8');
  for (let index = 0; index < length; index++) {
    const unit = words.charCodeAt(index);
    if (unit >= 0x80) return buffer.write(words, at, 'utf8');
    buffer[at + index] = unit;
  }
  return length;
}

/** Writes 32 bits, the lowest first. */
function putWord(buffer: Buffer, word: number, at: number): void {
  buffer[at] = word;
  buffer[at + 1] = word >>> 8;
  buffer[at + 2] = word >>> 16;
  buffer[at + 3] = word >>> 24;
}
