/**
 * Columns of texts being read: the texts of a block are unpacked when the first of them is asked for, and a text is made of
 * its own bytes alone, so that who keeps one does not keep the block. What is written: text-column.ts.
 */
import { zstdDecompressSync } from 'node:zlib';
import { BlockError, type BlockReader } from './block-bytes.ts';
import { type Numbers, openNumbers, sumBefore, sumOf } from './number-reader.ts';
import { TEXT_WAYS } from './text-column.ts';
import type { Room } from './used-again.ts';

/** The text of `length` UTF-16 units from unit `from` on. `BlockError`. */
type TextPart = (from: number, length: number) => string;

/** The texts of a column: each call gives those behind the ones before, of which `units` tells how long they are in all. */
export type TextSource = (units: () => number) => TextPart;

/** The texts of a block. */
export interface BlockTexts {
  /** Those from unit `from` to unit `end`. */
  source(from: number, end: number): TextSource;
}

/** A row is at most 1 MiB of text when it is written; a block that unpacks to more is not ours. */
const MAX_TEXT_BYTES = 2 ** 28;
/** The least room that the unpacker takes. */
const LEAST_ROOM_BYTES = 64;

/** The texts in `frame`, so many bytes of UTF-8 and UTF-16 units, unpacked into `room`. */
export function openBlockTexts(
  frame: Uint8Array,
  { textBytes, units, room }: { textBytes: number; units: number; room: Room },
): BlockTexts {
  let unpacked: TextPart | undefined;
  const part: TextPart = (from, length) => {
    unpacked ??= partsOf(unpack(frame, textBytes), units, room);
    return unpacked(from, length);
  };
  return { source: (from, end) => startSource(part, from, end) };
}

function startSource(part: TextPart, first: number, end: number): TextSource {
  let start = () => first;
  return (units) => {
    const before = start;
    let known: number | undefined;
    const own = () => {
      known ??= before();
      return known;
    };
    start = () => own() + units();
    return (from, length) => {
      if (length === 0) return '';
      if (!(own() + from + length <= end)) throw new BlockError('texts that end early');
      return part(own() + from, length);
    };
  };
}

function unpack(frame: Uint8Array, textBytes: number): Buffer {
  if (textBytes > MAX_TEXT_BYTES) throw new BlockError(`texts of ${textBytes} bytes`);
  // Room for one byte more than there are: all of it comes in one piece.
  const room = Math.max(LEAST_ROOM_BYTES, textBytes + 1);
  let bytes: Buffer;
  try {
    bytes = zstdDecompressSync(frame, { chunkSize: room, maxOutputLength: room });
  } catch (error) {
    throw new BlockError('texts that cannot be unpacked', { cause: error });
  }
  if (bytes.length !== textBytes) throw new BlockError('texts of another length');
  return bytes;
}

/** Parts of `bytes` by units, which are one byte each only where all of them are ASCII. */
function partsOf(bytes: Buffer, units: number, room: Room): TextPart {
  if (bytes.length === units) {
    const narrow = room(units);
    narrow.set(bytes);
    return (from, length) => narrow.toString('latin1', from, from + length);
  }
  const text = bytes.toString('utf8');
  if (text.length !== units) throw new BlockError('texts of another length');
  const wide = room(units * 2);
  wide.write(text, 'utf16le');
  return (from, length) => wide.toString('utf16le', from * 2, (from + length) * 2);
}

/** A column of texts: the one at a place. `BlockError`. */
export type Texts = (place: number) => string | null;

/** The next `count` texts of a column. `BlockError`. */
export function openTexts(reader: BlockReader, source: TextSource, count: number): Texts {
  const way = reader.byte();
  if (way === TEXT_WAYS.each) {
    const lengths = openNumbers(reader, count);
    const before = sumBefore(lengths, unitsOf);
    const part = source(() => sumOf(lengths, count, unitsOf));
    return (place) => {
      const from = before(place);
      const length = lengths.at(place);
      return length === 0 ? null : part(from, length - 1);
    };
  }
  if (way !== TEXT_WAYS.once) throw new BlockError(`texts of kind ${way}`);
  const different = reader.varint();
  if (different > count) throw new BlockError(`${different} texts of ${count} values`);
  const lengths = openNumbers(reader, different);
  const places = openNumbers(reader, count);
  let ends: Float64Array | undefined;
  const allEnds = () => {
    ends ??= endsOf(lengths, different);
    return ends;
  };
  const part = source(() => allEnds().at(-1) ?? 0);
  return (place) => {
    const one = places.at(place);
    if (one === 0) return null;
    if (one > different) throw new BlockError('a text that is not there');
    const from = one === 1 ? 0 : allEnds()[one - 2]!;
    return part(from, allEnds()[one - 1]! - from);
  };
}

/** What a length is behind the one that says null. */
function unitsOf(length: number): number {
  return length === 0 ? 0 : length - 1;
}

/** Where each of the texts ends; they are asked for in no order. */
function endsOf({ at }: Numbers, count: number): Float64Array {
  const ends = new Float64Array(count);
  for (let end = 0, place = 0; place < count; place += 1) ends[place] = end += at(place);
  return ends;
}
