/**
 * One FLAC frame into samples, accepted only when its CRC-16 fits (RFC 9639 section 9).
 */
import { type BitCursor, FrameStop, type SampleArray } from './flac-bits.ts';
import { flacCrc16 } from './flac-crc.ts';
import { decodeFlacHeader, type FlacFrameHeader } from './flac-frame-header.ts';
import { decodeSubframe } from './flac-subframe.ts';

/** A decoded frame. The arrays belong to the decoder and hold until its next frame. */
export interface FlacFrame {
  readonly header: FlacFrameHeader;
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
  readonly samples: number;
  /** One array a channel, of which the first `samples` numbers count; empty where frames are not decoded. */
  readonly channels: readonly Int32Array[];
  readonly sizeBytes: number;
}

/** What a frame may leave to STREAMINFO. */
export interface FrameDefaults {
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
}

/** What came of trying: a frame, `short` when bytes are missing, or why it cannot be one. */
export type FrameAttempt =
  | { readonly kind: 'frame'; readonly frame: FlacFrame }
  | { readonly kind: 'short' }
  | { readonly kind: 'no-header' }
  | { readonly kind: 'damaged'; readonly detail: string };

/** Decodes frames one after the other into arrays it keeps: at most 8 channels of 65,536 samples. */
export interface FlacFrameDecoder {
  /** Tries the frame at `bytes[start]`; nothing from `end` on is believed. `isEnd`: no more bytes follow. */
  decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    defaults: FrameDefaults | null,
    isEnd?: boolean,
  ): FrameAttempt;
}

/** A frame decoder with its own sample arrays. */
export function startFlacFrames(): FlacFrameDecoder {
  const channels: Int32Array[] = [];
  let wideSide = new Float64Array(0);

  const decodeChannels = (
    cursor: BitCursor,
    header: FlacFrameHeader,
    bitsPerSample: number,
  ): Int32Array[] => {
    const { blockSize, stereoMode } = header;
    for (let index = 0; index < header.channels; index++)
      if (!channels[index] || channels[index]!.length < blockSize)
        channels[index] = new Int32Array(blockSize);
    const used = channels.slice(0, header.channels);
    const sideChannel = stereoMode === 0 ? -1 : stereoMode === 9 ? 0 : 1;
    const needsWideSide = sideChannel >= 0 && bitsPerSample === 32;
    if (needsWideSide && wideSide.length < blockSize) wideSide = new Float64Array(blockSize);
    for (const [index, channel] of used.entries()) {
      const isSide = index === sideChannel;
      const out = isSide && needsWideSide ? wideSide : channel;
      decodeSubframe(cursor, out, blockSize, bitsPerSample + (isSide ? 1 : 0));
    }
    if (sideChannel >= 0)
      joinStereo(used, needsWideSide ? wideSide : used[sideChannel]!, header, bitsPerSample);
    return used;
  };

  return {
    decode(bytes, start, end, defaults) {
      const header = decodeFlacHeader(bytes, start, end);
      if (header === 'short') return { kind: 'short' };
      if (header === null) return { kind: 'no-header' };
      const bitsPerSample = header.bitsPerSample || defaults?.bitsPerSample || 0;
      if (bitsPerSample < 4)
        return { kind: 'damaged', detail: 'a frame and STREAMINFO that state no bit depth' };
      const cursor = { bytes, bit: (start + header.sizeBytes) * 8, endBit: end * 8 };
      try {
        const used = decodeChannels(cursor, header, bitsPerSample);
        const frameEnd = Math.ceil(cursor.bit / 8) + 2;
        if (frameEnd > end) return { kind: 'short' };
        if (flacCrc16(bytes, start, frameEnd) !== 0)
          return { kind: 'damaged', detail: 'the CRC-16 of the frame does not fit' };
        const frame = {
          header,
          sampleRateHz: header.sampleRateHz || defaults?.sampleRateHz || 0,
          bitsPerSample,
          samples: header.blockSize,
          channels: used,
          sizeBytes: frameEnd - start,
        };
        return { kind: 'frame', frame };
      } catch (error) {
        if (!(error instanceof FrameStop)) throw error;
        if (error.kind === 'short') return { kind: 'short' };
        return { kind: 'damaged', detail: error.message };
      }
    },
  };
}

/** Left and right from what was stored instead of one or both of them (RFC 9639 section 4.2). */
function joinStereo(
  channels: readonly Int32Array[],
  side: SampleArray,
  header: FlacFrameHeader,
  bitsPerSample: number,
): void {
  const [first, second] = [channels[0]!, channels[1]!];
  const count = header.blockSize;
  if (header.stereoMode === 8)
    for (let index = 0; index < count; index++) second[index] = first[index]! - side[index]!;
  else if (header.stereoMode === 9)
    for (let index = 0; index < count; index++) first[index] = side[index]! + second[index]!;
  else if (bitsPerSample <= 30)
    for (let index = 0; index < count; index++) {
      const difference = side[index]!;
      const sum = (first[index]! << 1) | (difference & 1);
      first[index] = (sum + difference) >> 1;
      second[index] = (sum - difference) >> 1;
    }
  else
    for (let index = 0; index < count; index++) {
      const difference = side[index]!;
      const sum = first[index]! * 2 + Math.abs(difference % 2);
      first[index] = (sum + difference) / 2;
      second[index] = (sum - difference) / 2;
    }
}
