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

/** A reader of what begins at position `offset`. */
export function startTrailer(offset: number): TrailerReader {
  const window = startWindow(offset);
  const found: ForeignData[] = [];
  let skip = 0;

  const take = (kind: ForeignData['kind'], sizeBytes: number): void => {
    const last = found.at(-1);
    const joins = last?.kind === kind && (kind === 'junk' || kind === 'zeros');
    if (joins) found[found.length - 1] = { ...last, sizeBytes: last.sizeBytes + sizeBytes };
    else found.push({ kind, atByte: window.offset, sizeBytes });
    skip = sizeBytes;
  };

  /** Looks at what begins here; false when more bytes are needed. */
  const step = (atEnd: boolean): boolean => {
    const skipped = Math.min(skip, window.end - window.start);
    consumeWindow(window, skipped);
    skip -= skipped;
    const held = window.end - window.start;
    if (skip > 0 || held === 0) return false;
    if (held < LONGEST_HEADER_BYTES && !atEnd) return false;
    const tag = tagAt(window);
    if (tag) take(tag.kind, tag.sizeBytes);
    else if (atEnd && window.bytes[window.start] === 0) take('zeros', zeroRun(window));
    else if (window.bytes[window.start] === 0 && held > ID3V1_BYTES) take('zeros', zeroRun(window));
    else if (!atEnd && held <= ID3V1_BYTES) return false;
    else take('junk', nextMark(window, atEnd));
    return true;
  };

  return {
    push(chunk) {
      for (const part of windowSteps(chunk)) {
        extendWindow(window, part);
        while (step(false));
      }
    },
    finish() {
      while (step(true));
      // A tag that says it is longer than the file is as long as the file.
      const last = found.at(-1);
      if (last && skip > 0) found[found.length - 1] = { ...last, sizeBytes: last.sizeBytes - skip };
      return found;
    },
  };
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
  if (text.startsWith('LYRICSBEGIN')) return { kind: 'lyrics3', sizeBytes: lyricsBytes(window) };
  return null;
}

function lyricsBytes(window: ByteWindow): number {
  const held = heldBytes(window);
  for (const mark of ['LYRICS200', 'LYRICSEND']) {
    const at = held.indexOf(mark, 0, 'latin1');
    if (at >= 0) return at + mark.length;
  }
  return 'LYRICSBEGIN'.length;
}

function zeroRun(window: ByteWindow): number {
  let at = window.start;
  while (at < window.end && window.bytes[at] === 0) at += 1;
  return at - window.start;
}

/** Bytes before the next tag, holding back what an ID3v1 tag at the end could need. */
function nextMark(window: ByteWindow, atEnd: boolean): number {
  const held = heldBytes(window);
  const marks = ['APETAGEX', 'LYRICSBEGIN']
    .map((mark) => held.indexOf(mark, 1, 'latin1'))
    .filter((at) => at > 0);
  const lastAt = held.length - ID3V1_BYTES;
  const endsInId3v1 = atEnd && lastAt > 0 && held.toString('latin1', lastAt, lastAt + 3) === 'TAG';
  if (endsInId3v1) marks.push(lastAt);
  if (marks.length > 0) return Math.min(...marks);
  return atEnd ? held.length : Math.max(1, held.length - ID3V1_BYTES);
}

function heldBytes(window: ByteWindow): Buffer {
  const { bytes, start, end } = window;
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
}
