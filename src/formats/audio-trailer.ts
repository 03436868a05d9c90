/**
 * What stands behind the sound: ID3v1, ID3v2, APE and Lyrics3 tags, zeros, or junk. Fed with everything behind the
 * last frame in chunks; memory is a few hundred bytes.
 *
 * Layouts: id3.org (ID3v1: 128 bytes from "TAG"; ID3v2: 10-byte header, optional footer), the APEv2 header of
 * 32 bytes, Lyrics3 v2 ("LYRICSBEGIN" … "LYRICS200").
 */
import type { ForeignData } from './audio-verdict.ts';
import {
  type ByteWindow,
  consumeWindow,
  extendWindow,
  startWindow,
  windowSteps,
} from './audio-window.ts';
import { id3v2TagBytes } from './id3v2-size.ts';

/** A reader of trailing bytes. */
export interface TrailerReader {
  push(chunk: Uint8Array): void;
  /** The parts found, in order. */
  finish(): ForeignData[];
}

const ID3V1_BYTES = 128;
const APE_HEADER_BYTES = 32;
const LONGEST_HEADER_BYTES = 32;
/** More parts than any file has; what follows is one piece of junk. */
const MAX_PARTS = 64;
/** Where junk may end before the file does. */
const JUNK_ENDS = ['APETAGEX', 'LYRICSBEGIN'];
const LYRICS_ENDS = ['LYRICS200', 'LYRICSEND'];

const TAG_MARKS = ['TAG', 'APETAGEX', 'ID3', 'LYRICSBEGIN'].map((mark) => Buffer.from(mark));
/** How many bytes tell whether a tag begins. */
export const LONGEST_TAG_MARK = 11;

/** Whether a tag begins at `bytes[at]`, of which those before `end` are there. */
export function isTagStart(bytes: Uint8Array, at: number, end: number): boolean {
  return TAG_MARKS.some(
    (mark) => mark.length <= end - at && mark.equals(bytes.subarray(at, at + mark.length)),
  );
}

/** A reader of what begins at position `offset`. */
export function startTrailer(offset: number): TrailerReader {
  return new Trailer(offset);
}

class Trailer implements TrailerReader {
  readonly #window: ByteWindow;
  readonly #found: ForeignData[] = [];
  /** `start`: a tag, zeros or junk may begin here; otherwise what is under way. */
  #state: 'start' | 'zeros' | 'junk' | 'lyrics' = 'start';
  #skipBytes = 0;

  constructor(offset: number) {
    this.#window = startWindow(offset);
  }

  push(chunk: Uint8Array): void {
    for (const part of windowSteps(chunk)) {
      extendWindow(this.#window, part);
      while (this.#step(false));
    }
  }

  finish(): ForeignData[] {
    while (this.#step(true));
    // A tag that says it is longer than the file is as long as the file.
    const last = this.#found.at(-1);
    if (last && this.#skipBytes > 0)
      this.#found[this.#found.length - 1] = {
        ...last,
        sizeBytes: last.sizeBytes - this.#skipBytes,
      };
    return this.#found;
  }

  /** Looks at what is held; false when more bytes are needed. */
  #step(atEnd: boolean): boolean {
    const window = this.#window;
    const skipped = Math.min(this.#skipBytes, window.end - window.start);
    consumeWindow(window, skipped);
    this.#skipBytes -= skipped;
    const held = window.end - window.start;
    if (this.#skipBytes > 0 || held === 0) return false;
    // What is under way goes on to its own end, also as the last part, wherever the chunks are cut.
    if (this.#state === 'lyrics') return this.#stepLyrics(held, atEnd);
    const zeros = zeroRun(window);
    if (this.#state === 'zeros' && zeros > 0) return this.#take('zeros', zeros);
    if (this.#found.length >= MAX_PARTS) {
      this.#state = 'junk';
      return this.#take('junk', held);
    }
    if (this.#state === 'junk') return this.#stepJunk(held, atEnd);
    this.#state = zeros > 0 ? 'zeros' : 'start';
    if (zeros > 0) return this.#take('zeros', zeros);
    if (held < LONGEST_HEADER_BYTES && !atEnd) return false;
    const tag = tagAt(window);
    if (tag) {
      this.#state = tag.kind === 'lyrics3' ? 'lyrics' : 'start';
      return this.#take(tag.kind, tag.sizeBytes);
    }
    // One byte at least, for a mark whose tag is not whole would be found again.
    this.#state = 'junk';
    return this.#take('junk', 1);
  }

  /** Junk goes on to the next mark, or to an ID3v1 tag that ends the file. */
  #stepJunk(held: number, atEnd: boolean): boolean {
    const next = findFirst(this.#window, JUNK_ENDS);
    const lastAt = held - ID3V1_BYTES;
    const endsInId3v1 = atEnd && next < 0 && lastAt >= 0 && startsWithTag(this.#window, lastAt);
    const end = next >= 0 ? next : endsInId3v1 ? lastAt : -1;
    if (end >= 0) this.#state = 'start';
    if (end === 0) return true;
    if (end > 0) return this.#take('junk', end);
    const count = atEnd ? held : held - ID3V1_BYTES;
    return count > 0 && this.#take('junk', count);
  }

  #stepLyrics(held: number, atEnd: boolean): boolean {
    const end = findFirst(this.#window, LYRICS_ENDS);
    if (end >= 0) {
      this.#state = 'start';
      return this.#take('lyrics3', end + LYRICS_ENDS[0]!.length);
    }
    const count = atEnd ? held : held - LYRICS_ENDS[0]!.length;
    return count > 0 && this.#take('lyrics3', count);
  }

  #take(kind: ForeignData['kind'], sizeBytes: number): true {
    const last = this.#found.at(-1);
    const goesOn = last?.kind === kind && ['junk', 'zeros', 'lyrics3'].includes(kind);
    if (goesOn)
      this.#found[this.#found.length - 1] = { ...last, sizeBytes: last.sizeBytes + sizeBytes };
    else this.#found.push({ kind, atByte: this.#window.offset, sizeBytes });
    this.#skipBytes = sizeBytes;
    return true;
  }
}

function tagAt(window: ByteWindow): Pick<ForeignData, 'kind' | 'sizeBytes'> | null {
  const { bytes, start, end } = window;
  const head = Buffer.from(bytes.subarray(start, Math.min(end, start + LONGEST_HEADER_BYTES)));
  const text = head.toString('latin1');
  if (text.startsWith('TAG')) return { kind: 'id3v1', sizeBytes: ID3V1_BYTES };
  const id3Bytes = id3v2TagBytes(head);
  if (id3Bytes > 0) return { kind: 'id3v2', sizeBytes: id3Bytes };
  if (text.startsWith('APETAGEX') && head.length === APE_HEADER_BYTES) {
    // The size counts items and footer; at a header (bit 29 of the flags) the header comes on top.
    const isHeader = (head.readUInt32LE(20) & 0x20000000) !== 0;
    const sizeBytes = isHeader ? head.readUInt32LE(12) + APE_HEADER_BYTES : APE_HEADER_BYTES;
    return { kind: 'ape', sizeBytes };
  }
  if (text.startsWith('LYRICSBEGIN')) return { kind: 'lyrics3', sizeBytes: 'LYRICSBEGIN'.length };
  return null;
}

function zeroRun(window: ByteWindow): number {
  let at = window.start;
  while (at < window.end && window.bytes[at] === 0) at += 1;
  return at - window.start;
}

/** Where the first of `marks` stands in what is held, or -1. */
function findFirst(window: ByteWindow, marks: readonly string[]): number {
  const { bytes, start, end } = window;
  const held = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  const places = marks.map((mark) => held.indexOf(mark, 0, 'latin1')).filter((at) => at >= 0);
  return places.length > 0 ? Math.min(...places) : -1;
}

function startsWithTag(window: ByteWindow, at: number): boolean {
  const { bytes, start } = window;
  return (
    bytes[start + at] === 0x54 && bytes[start + at + 1] === 0x41 && bytes[start + at + 2] === 0x47
  );
}
