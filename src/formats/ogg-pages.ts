/**
 * Bytes in chunks into Ogg pages whose checksum fits, and the gaps between them (RFC 3533 section 6).
 *
 * After a bad page the search for the next "OggS" starts one byte further on, so that a damaged length does not hide
 * the pages behind it. Memory: one page and the chunk at hand.
 */
import {
  type ByteWindow,
  consumeWindow,
  extendWindow,
  startWindow,
  windowSteps,
} from './audio-window.ts';
import {
  decodeOggHeader,
  OGG_HEADER_BYTES,
  type OggPageHeader,
  oggPageIsIntact,
} from './ogg-page.ts';

/** A page as it stands in the reader's buffer: valid only while the receiver runs. */
export interface OggPageView {
  readonly header: OggPageHeader;
  readonly bytes: Uint8Array;
  /** Where the lacing values start in `bytes`, and how many there are. */
  readonly lacingAt: number;
  readonly segments: number;
  readonly bodyAt: number;
  readonly bodyEnd: number;
  /** Position of the page in the whole input. */
  readonly atByte: number;
}

/** Bytes that are no intact page. */
export interface OggGap {
  /** `checksum`: a page was there; `no-page`: none was; `cut`: the input ends inside a page. */
  readonly kind: 'checksum' | 'no-page' | 'cut';
  readonly atByte: number;
  /** The bytes themselves: valid only while the receiver runs. */
  readonly bytes: Uint8Array;
}

/** Receives pages and gaps in the order of the input. A gap of a damaged area may come in several parts. */
export interface OggPageReceiver {
  page(view: OggPageView): void;
  gap(gap: OggGap): void;
}

/** A page reader to feed in order. */
export interface OggPageReader {
  push(chunk: Uint8Array): void;
  finish(): void;
}

/** Bytes of failed checksums allowed for each byte read: without it, a file of nothing but "OggS" costs 65 kB a word. */
const FAILED_CHECKSUM_FACTOR = 8;
const FAILED_CHECKSUM_BASE = 4 * 1024 * 1024;

/** A reader that tells `receiver` what it finds, in an input whose first byte has position `offset`. */
export function startOggPages(receiver: OggPageReceiver, offset = 0): OggPageReader {
  const window = startWindow(offset);
  let failedBytes = 0;
  let isGivenUp = false;

  /** Takes one page or gap from the window; false when more bytes are needed. */
  const step = (atEnd: boolean): boolean => {
    const { bytes, start, end } = window;
    const held = end - start;
    if (held === 0) return false;
    if (isGivenUp) return report(receiver, window, 'no-page', held);
    if (held < 4 && !atEnd) return false;
    if (!isCapture(bytes, start, end)) {
      const next = findCapture(bytes, start + 1, end);
      const isBlind = next < 0;
      // Three bytes may be the beginning of a capture pattern whose rest is still to come.
      const skip = isBlind ? (atEnd ? held : Math.max(1, held - 3)) : next - start;
      return report(receiver, window, 'no-page', skip);
    }
    const size = pageSize(bytes, start, end);
    if (size > held) {
      if (!atEnd) return false;
      return skipBadPage('cut');
    }
    if (!oggPageIsIntact(bytes, start, start + size)) {
      failedBytes += size;
      return skipBadPage('checksum');
    }
    const segments = bytes[start + 26]!;
    receiver.page({
      header: decodeOggHeader(bytes, start),
      bytes,
      lacingAt: start + OGG_HEADER_BYTES,
      segments,
      bodyAt: start + OGG_HEADER_BYTES + segments,
      bodyEnd: start + size,
      atByte: window.offset,
    });
    consumeWindow(window, size);
    return true;
  };

  const skipBadPage = (kind: OggGap['kind']): boolean => {
    const { bytes, start, end, offset } = window;
    isGivenUp = failedBytes > FAILED_CHECKSUM_BASE + FAILED_CHECKSUM_FACTOR * offset;
    const next = findCapture(bytes, start + 1, end);
    const skip = next < 0 ? Math.max(1, end - start - 3) : next - start;
    return report(receiver, window, kind, skip);
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
    },
  };
}

function report(
  receiver: OggPageReceiver,
  window: ByteWindow,
  kind: OggGap['kind'],
  sizeBytes: number,
): true {
  const bytes = window.bytes.subarray(window.start, window.start + sizeBytes);
  receiver.gap({ kind, atByte: window.offset, bytes });
  consumeWindow(window, sizeBytes);
  return true;
}

function isCapture(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    at + 4 <= end &&
    bytes[at] === 0x4f &&
    bytes[at + 1] === 0x67 &&
    bytes[at + 2] === 0x67 &&
    bytes[at + 3] === 0x53
  );
}

/** Index of the next "OggS" that lies whole in `[from, end)`, or -1. */
function findCapture(bytes: Uint8Array, from: number, end: number): number {
  for (let at = bytes.indexOf(0x4f, from); at >= 0 && at < end; at = bytes.indexOf(0x4f, at + 1))
    if (isCapture(bytes, at, end)) return at;
  return -1;
}

/** Size of the page at `at`, or more than is held when its header is not whole yet. */
function pageSize(bytes: Uint8Array, at: number, end: number): number {
  if (at + OGG_HEADER_BYTES > end) return Number.POSITIVE_INFINITY;
  const segments = bytes[at + 26]!;
  if (at + OGG_HEADER_BYTES + segments > end) return Number.POSITIVE_INFINITY;
  let size = OGG_HEADER_BYTES + segments;
  for (let index = 0; index < segments; index++) size += bytes[at + OGG_HEADER_BYTES + index]!;
  return size;
}
