/**
 * MPEG audio bytes in chunks into frames, each of which ends where the next begins, and the places where that chain
 * breaks. Memory: a few frames.
 */
import { isTagStart } from './audio-trailer.ts';
import {
  type ByteWindow,
  consumeWindow,
  extendWindow,
  startWindow,
  windowSteps,
} from './audio-window.ts';
import { decodeMpegHeader, isSameMpegStream, type MpegHeader } from './mpeg-frame.ts';

/** Receives what is found, in order. Byte views hold only while the call lasts. */
export interface MpegReceiver {
  /** A frame at `bytes[start, end)`. */
  frame(frame: {
    header: MpegHeader;
    bytes: Uint8Array;
    start: number;
    end: number;
    atByte: number;
  }): void;
  /** Bytes that belong to no frame, in parts; frames may follow. */
  unframed(bytes: Uint8Array, atByte: number): void;
  /** The input ends inside a frame of `sizeBytes`. */
  cut(atByte: number, sizeBytes: number): void;
}

/** A walker to feed in order. */
export interface MpegWalker {
  push(chunk: Uint8Array): void;
  finish(): void;
}

type Step = 'again' | 'more';

/** Twice the longest frame: layer II at 384 kbit/s and 32 kHz, or free format at the most a decoder takes. */
const MAX_FRAME_BYTES = 8192;
/** Each search for the length of a free-format frame may look through 8 kB; a real stream needs one. */
const MAX_FREE_SEARCHES = 1000;

/** A walker over a stream whose first byte has position `offset`. */
export function startMpegFrames(receiver: MpegReceiver, offset = 0): MpegWalker {
  return new FrameWalker(receiver, offset);
}

class FrameWalker implements MpegWalker {
  readonly #receiver: MpegReceiver;
  readonly #window: ByteWindow;
  /** The header every other is held against; null until two frames in a row were seen. */
  #stream: MpegHeader | null = null;
  #isInChain = false;
  #freeBytes = 0;
  #freeSearches = 0;

  constructor(receiver: MpegReceiver, offset: number) {
    this.#receiver = receiver;
    this.#window = startWindow(offset);
  }

  push(chunk: Uint8Array): void {
    for (const part of windowSteps(chunk)) {
      extendWindow(this.#window, part);
      while (this.#step(false) === 'again');
    }
  }

  finish(): void {
    while (this.#step(true) === 'again');
  }

  #step(atEnd: boolean): Step {
    const held = this.#window.end - this.#window.start;
    if (held === 0 || (held < 4 && !atEnd)) return 'more';
    return this.#isInChain ? this.#stepChain(held, atEnd) : this.#stepSearch(held, atEnd);
  }

  #stepChain(held: number, atEnd: boolean): Step {
    const { bytes, start, offset: atByte } = this.#window;
    const header = held >= 4 ? decodeMpegHeader(bytes, start) : null;
    if (!header || !this.#stream || !isSameMpegStream(header, this.#stream)) {
      this.#isInChain = false;
      return 'again';
    }
    const size = this.#sizeOf(header);
    if (held < size) {
      if (!atEnd) return 'more';
      this.#receiver.cut(atByte, size);
      consumeWindow(this.#window, held);
      return 'more';
    }
    this.#receiver.frame({ header, bytes, start, end: start + size, atByte });
    consumeWindow(this.#window, size);
    return 'again';
  }

  /** Looks for a header that another one follows, or that ends the input. */
  #stepSearch(held: number, atEnd: boolean): Step {
    const { bytes, start, end } = this.#window;
    for (let at = bytes.indexOf(0xff, start); ; at = bytes.indexOf(0xff, at + 1)) {
      if (at < 0 || at + 4 > end) return this.#passOn(atEnd ? held : Math.max(0, held - 3));
      const header = decodeMpegHeader(bytes, at);
      // A file may go on at another rate, but only where a frame was due.
      const mayChange = at === start || this.#stream === null;
      if (!header || !(mayChange || isSameMpegStream(header, this.#stream!))) continue;
      // Three headers of a free-format stream are needed before its length is known.
      if (end - at < 3 * MAX_FRAME_BYTES && !atEnd) return this.#passOn(at - start);
      const size = header.sizeBytes || this.#findFreeSize(at, header);
      if (!size || !this.#isFollowed(at, size, header)) continue;
      this.#passOn(at - start);
      if (!header.sizeBytes) this.#freeBytes = size - header.paddingBytes;
      this.#stream = header;
      this.#isInChain = true;
      return 'again';
    }
  }

  #passOn(count: number): Step {
    const { bytes, start, offset: atByte } = this.#window;
    if (count > 0) this.#receiver.unframed(bytes.subarray(start, start + count), atByte);
    consumeWindow(this.#window, count);
    return 'more';
  }

  #sizeOf(header: MpegHeader): number {
    return header.sizeBytes || this.#freeBytes + header.paddingBytes;
  }

  /** Whether behind the frame at `at` comes another, the end, or a tag. */
  #isFollowed(at: number, size: number, header: MpegHeader): boolean {
    const { bytes, end } = this.#window;
    const next = at + size;
    if (next + 4 > end) return this.#stream !== null ? next <= end : next === end;
    const after = decodeMpegHeader(bytes, next);
    if (after && isSameMpegStream(header, after)) return true;
    return isTagStart(bytes, next, end);
  }

  /** The distance to the next header of the same free format, or 0. */
  #findFreeSize(at: number, header: MpegHeader): number {
    const { bytes, end } = this.#window;
    if (this.#freeSearches++ > MAX_FREE_SEARCHES) return 0;
    const last = Math.min(end - 4, at + MAX_FRAME_BYTES);
    for (
      let next = bytes.indexOf(0xff, at + 24);
      next >= 0 && next <= last;
      next = bytes.indexOf(0xff, next + 1)
    ) {
      const after = decodeMpegHeader(bytes, next);
      if (!after || !isSameMpegStream(header, after)) continue;
      const third = next + (next - at) - header.paddingBytes + after.paddingBytes;
      const beyond = third + 4 > end ? after : decodeMpegHeader(bytes, third);
      if (beyond && isSameMpegStream(header, beyond)) return next - at;
    }
    return 0;
  }
}
