/**
 * A FLAC stream in chunks into metadata, frames of samples and what is wrong with it (RFC 9639).
 *
 * Memory: one frame at a time, whatever the length of the stream. After a damaged area the search goes on to the next
 * frame whose CRC-16 fits. A stream may begin at a frame, without metadata.
 */
import { isTagStart, LONGEST_TAG_MARK } from './audio-trailer.ts';
import type { ReadingDepth } from './audio-verdict.ts';
import {
  type ByteWindow,
  consumeWindow,
  extendWindow,
  startWindow,
  windowSteps,
} from './audio-window.ts';
import { type FlacFrame, type FlacFrameDecoder, startFlacFrames } from './flac-frame.ts';
import { startFlacFrameScan } from './flac-frame-scan.ts';
import { decodeStreamInfo, FLAC_BLOCK, type FlacStreamInfo } from './flac-metadata.ts';

/** Receives the parts of a stream in order. Byte views hold only while the call lasts. */
export interface FlacReceiver {
  /** A metadata block; `body` is null when it is longer than anyone needs to look at. */
  metadata?(block: { type: number; body: Uint8Array | null; atByte: number }): void;
  streamInfo?(info: FlacStreamInfo): void;
  frame(frame: FlacFrame, bytes: Uint8Array, atByte: number): void;
  /** Bytes that are no frame, in parts. `isTrailing`: the stream was complete, or a tag begins here. */
  unframed?(bytes: Uint8Array, atByte: number, isTrailing: boolean): void;
  /** Why the bytes at `atByte` are not what the format asks for. */
  fault?(fault: FlacFault, atByte: number): void;
}

/** A fault in a FLAC stream. */
export interface FlacFault {
  readonly kind: 'frame' | 'cut' | 'metadata';
  readonly detail: string;
}

/** A decoder to feed in order. */
export interface FlacDecoder {
  push(chunk: Uint8Array): void;
  finish(): void;
}

type State = 'magic' | 'metadata' | 'skip' | 'frames' | 'search' | 'trailer';
type Step = 'again' | 'more';

/** Frame sizes are 24-bit numbers in STREAMINFO; a longer frame cannot be declared. */
const MAX_FRAME_BYTES = 2 ** 24;
const MAX_METADATA_BODY_BYTES = 2 ** 20;
/** While searching, a false header must not hold back the search for as long as a true one could. */
const MAX_SEARCHED_FRAME_BYTES = 2 ** 20;
const MAX_BLOCK_SAMPLES = 65_536;
/** Samples that may be decoded in vain while looking for the next frame. */
const MAX_VAIN_SAMPLES = 2 ** 26;

/** A decoder that tells `receiver` what it finds; at the depth of checksums frames come without samples. */
export function startFlacDecoder(
  receiver: FlacReceiver,
  offset = 0,
  depth: ReadingDepth = 'whole',
): FlacDecoder {
  return new FlacStream(receiver, offset, depth);
}

class FlacStream implements FlacDecoder {
  readonly #receiver: FlacReceiver;
  readonly #window: ByteWindow;
  readonly #decoded = startFlacFrames();
  readonly #frames: FlacFrameDecoder;
  #state: State = 'magic';
  #info: FlacStreamInfo | null = null;
  #skipBytes = 0;
  #isLastBlock = false;
  #decodedSamples = 0;
  #vainSamples = 0;
  #wantedBytes = 0;

  constructor(receiver: FlacReceiver, offset: number, depth: ReadingDepth) {
    this.#frames = depth === 'whole' ? this.#decoded : startFlacFrameScan(this.#decoded);
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
    if (this.#state === 'skip') this.#cut('a metadata block is not whole');
  }

  #step(atEnd: boolean): Step {
    switch (this.#state) {
      case 'magic':
        return this.#stepMagic(atEnd);
      case 'metadata':
        return this.#stepMetadata(atEnd);
      case 'skip':
        return this.#stepSkip();
      case 'frames':
        return this.#stepFrame(atEnd);
      case 'search':
        return this.#stepSearch(atEnd);
      case 'trailer':
        return this.#passOn(held(this.#window), true);
    }
  }

  #stepMagic(atEnd: boolean): Step {
    if (held(this.#window) < 4 && !atEnd) return 'more';
    if (startsWith(this.#window, 'fLaC')) {
      consumeWindow(this.#window, 4);
      this.#state = 'metadata';
    } else this.#state = 'frames';
    return 'again';
  }

  #stepMetadata(atEnd: boolean): Step {
    const { bytes, start, offset: atByte } = this.#window;
    if (held(this.#window) < 4) return atEnd ? this.#cut('the metadata blocks end early') : 'more';
    const type = bytes[start]! & 0x7f;
    const size = (bytes[start + 1]! << 16) | (bytes[start + 2]! << 8) | bytes[start + 3]!;
    const isShort = size <= MAX_METADATA_BODY_BYTES;
    if (isShort && held(this.#window) < 4 + size)
      return atEnd ? this.#cut('a metadata block is not whole') : 'more';
    if (type === 127) {
      this.#fault('metadata', 'a forbidden metadata block type', atByte);
      this.#state = 'search';
      return 'again';
    }
    const body = isShort ? bytes.subarray(start + 4, start + 4 + size) : null;
    this.#receiver.metadata?.({ type, body, atByte });
    if (type === FLAC_BLOCK.streamInfo && body && !this.#info) {
      this.#info = decodeStreamInfo(body);
      if (this.#info) this.#receiver.streamInfo?.(this.#info);
    }
    this.#isLastBlock = (bytes[start]! & 0x80) !== 0;
    this.#skipBytes = size;
    consumeWindow(this.#window, 4);
    this.#state = 'skip';
    return 'again';
  }

  #stepSkip(): Step {
    const count = Math.min(this.#skipBytes, held(this.#window));
    consumeWindow(this.#window, count);
    this.#skipBytes -= count;
    if (this.#skipBytes > 0) return 'more';
    this.#state = this.#isLastBlock ? 'frames' : 'metadata';
    return 'again';
  }

  #stepFrame(atEnd: boolean): Step {
    const window = this.#window;
    if (held(window) === 0 || (held(window) < this.#wantedBytes && !atEnd)) return 'more';
    const { bytes, start, end } = window;
    const attempt = this.#frames.decode(bytes, start, end, this.#info, atEnd);
    if (attempt.kind === 'frame') return this.#accept(attempt.frame);
    if (attempt.kind === 'short' && !atEnd && held(window) < MAX_FRAME_BYTES)
      return this.#waitForMore();
    if (attempt.kind === 'no-header' && held(window) < LONGEST_TAG_MARK && !atEnd) return 'more';
    const total = this.#info?.totalSamples ?? 0;
    const isComplete = total > 0 && this.#decodedSamples >= total;
    if (
      attempt.kind !== 'damaged' &&
      (isComplete || isTagStart(window.bytes, window.start, window.end))
    ) {
      this.#state = 'trailer';
      return 'again';
    }
    if (attempt.kind === 'short') this.#fault('cut', 'the stream ends inside a frame');
    else if (attempt.kind === 'damaged') this.#fault('frame', attempt.detail);
    else this.#fault('frame', 'no frame begins here');
    this.#wantedBytes = 0;
    this.#state = 'search';
    this.#passOn(1, false);
    return 'again';
  }

  #stepSearch(atEnd: boolean): Step {
    const window = this.#window;
    const next = this.#vainSamples > MAX_VAIN_SAMPLES ? -1 : findSync(window);
    if (next < 0) {
      // The last byte may be the first half of a sync code.
      return this.#passOn(atEnd ? held(window) : Math.max(0, held(window) - 1), false);
    }
    this.#passOn(next, false);
    if (held(window) < this.#wantedBytes && !atEnd) return 'more';
    // Where the stream is broken only a frame that decodes is believed.
    const attempt = this.#decoded.decode(window.bytes, window.start, window.end, this.#info);
    if (attempt.kind === 'frame') {
      this.#state = 'frames';
      return this.#accept(attempt.frame);
    }
    if (attempt.kind === 'short' && !atEnd && held(window) < MAX_SEARCHED_FRAME_BYTES)
      return this.#waitForMore();
    if (attempt.kind !== 'no-header') this.#vainSamples += MAX_BLOCK_SAMPLES;
    this.#wantedBytes = 0;
    this.#passOn(1, false);
    return 'again';
  }

  /** Growing by half each time keeps the work spent on one frame within three times its length. */
  #waitForMore(): Step {
    const size = held(this.#window);
    this.#wantedBytes = size + Math.max(4096, size >> 1);
    return 'more';
  }

  #accept(frame: FlacFrame): Step {
    const { bytes, start, offset: atByte } = this.#window;
    this.#receiver.frame(frame, bytes.subarray(start, start + frame.sizeBytes), atByte);
    this.#decodedSamples += frame.samples;
    this.#wantedBytes = 0;
    consumeWindow(this.#window, frame.sizeBytes);
    return 'again';
  }

  #passOn(count: number, isTrailing: boolean): Step {
    const { bytes, start, offset: atByte } = this.#window;
    if (count > 0)
      this.#receiver.unframed?.(bytes.subarray(start, start + count), atByte, isTrailing);
    consumeWindow(this.#window, count);
    return 'more';
  }

  #fault(kind: FlacFault['kind'], detail: string, atByte = this.#window.offset): void {
    this.#receiver.fault?.({ kind, detail }, atByte);
  }

  #cut(detail: string): Step {
    this.#fault('cut', detail, this.#window.offset + held(this.#window));
    return this.#passOn(held(this.#window), false);
  }
}

/** The frames of a FLAC file held in memory, in order. Damaged frames are passed over. The arrays are the receiver's to keep. */
export function decodeFlac(bytes: Uint8Array): {
  info: FlacStreamInfo | null;
  frames: FlacFrame[];
} {
  let info: FlacStreamInfo | null = null;
  const frames: FlacFrame[] = [];
  const decoder = startFlacDecoder({
    streamInfo: (found) => {
      info = found;
    },
    frame: (frame) => {
      const channels = frame.channels.map((channel) => channel.slice(0, frame.samples));
      frames.push({ ...frame, channels });
    },
  });
  decoder.push(bytes);
  decoder.finish();
  return { info, frames };
}

function held(window: ByteWindow): number {
  return window.end - window.start;
}

function startsWith(window: ByteWindow, text: string): boolean {
  if (held(window) < text.length) return false;
  for (let index = 0; index < text.length; index++)
    if (window.bytes[window.start + index] !== text.charCodeAt(index)) return false;
  return true;
}

/** How many bytes lie before the next two that could begin a frame, or -1. */
function findSync(window: ByteWindow): number {
  const { bytes, start, end } = window;
  for (
    let at = bytes.indexOf(0xff, start);
    at >= 0 && at + 1 < end;
    at = bytes.indexOf(0xff, at + 1)
  )
    if ((bytes[at + 1]! & 0xfe) === 0xf8) return at - start;
  return -1;
}
