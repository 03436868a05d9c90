/**
 * FLAC frames found by their checksums alone, without decoding: a frame ends where a header with a fitting CRC-8 and the
 * number that is due follows, and the CRC-16 over the frame and its own checksum is 0 (RFC 9639 sections 9.1 and 9.3).
 *
 * Whatever that does not settle is left to the decoder: the last frame, frames that no header follows within the length
 * that sound of that depth can have, and frames whose checksum does not fit.
 */
import { flacCrc16 } from './flac-crc.ts';
import type { FlacFrameDecoder, FrameAttempt, FrameDefaults } from './flac-frame.ts';
import { decodeFlacHeader, type FlacFrameHeader } from './flac-frame-header.ts';

/** No sound is longer than its samples verbatim; each channel has a header, the frame one and a checksum. */
const FRAME_EXTRA_BYTES = 64;
/** A header from its sync code to its CRC-8. */
const MAX_HEADER_BYTES = 16;

/** A finder of frames whose samples nobody asks for; `decoder` settles what checksums do not. */
export function startFlacFrameScan(decoder: FlacFrameDecoder): FlacFrameDecoder {
  return {
    decode(bytes, start, end, defaults, isEnd = false) {
      const header = decodeFlacHeader(bytes, start, end);
      if (header === 'short') return { kind: 'short' };
      if (header === null) return { kind: 'no-header' };
      const longest = longestFrame(header, defaults);
      const next = findNextHeader(bytes, { start, end: Math.min(end, start + longest) }, header);
      if (next > 0 && flacCrc16(bytes, start, next) === 0)
        return frameOf(header, defaults, next - start);
      const isUnsettled = next <= 0 && !isEnd && end - start < longest + MAX_HEADER_BYTES;
      if (isUnsettled) return { kind: 'short' };
      return decoder.decode(bytes, start, end, defaults);
    },
  };
}

function longestFrame(header: FlacFrameHeader, defaults: FrameDefaults | null): number {
  const bits = (header.bitsPerSample || defaults?.bitsPerSample || 32) + 1;
  return Math.ceil((header.blockSize * header.channels * bits) / 8) + FRAME_EXTRA_BYTES;
}

/** Where the header of the next frame stands, or -1. */
function findNextHeader(
  bytes: Uint8Array,
  { start, end }: { start: number; end: number },
  header: FlacFrameHeader,
): number {
  const second = bytes[start + 1]!;
  const due = header.codedNumber + (header.hasVariableBlockSize ? header.blockSize : 1);
  const from = start + header.sizeBytes + 2;
  for (let at = bytes.indexOf(0xff, from); at >= 0 && at < end; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] !== second) continue;
    const next = decodeFlacHeader(bytes, at, end);
    if (next === null || next === 'short' || next.codedNumber !== due) continue;
    return at;
  }
  return -1;
}

function frameOf(
  header: FlacFrameHeader,
  defaults: FrameDefaults | null,
  sizeBytes: number,
): FrameAttempt {
  const frame = {
    header,
    sampleRateHz: header.sampleRateHz || defaults?.sampleRateHz || 0,
    bitsPerSample: header.bitsPerSample || defaults?.bitsPerSample || 0,
    samples: header.blockSize,
    channels: [],
    sizeBytes,
  };
  return { kind: 'frame', frame };
}
