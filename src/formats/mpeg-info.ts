/**
 * The frame without sound that states the length of what follows: Xing or Info, with LAME's extension, or VBRI
 * (layouts as LAME's VbrTag.c writes and Fraunhofer's VBRI reader reads them).
 *
 *     mark 4 | flags u32 | frames u32 if 1 | bytes u32 if 2 | seek table 100 if 4 | quality u32 if 8 | LAME 36
 */
import { lameMusicCrc } from './mpeg-crc.ts';
import { type MpegHeader, mpegSideInfoBytes } from './mpeg-frame.ts';

/** What an information frame states; null where it does not. */
export interface MpegInfo {
  readonly kind: 'Xing' | 'Info' | 'VBRI';
  /** Frames after this one; some encoders count this one too. */
  readonly frames: number | null;
  /** Bytes from this frame to the last. */
  readonly streamBytes: number | null;
  /** Samples an encoder added before and behind the sound. */
  readonly addedSamples: number | null;
  /** Checksum of all bytes after this frame, and up to where it was made. */
  readonly music: { readonly crc: number; readonly streamBytes: number } | null;
}

const LAME_BYTES = 36;

/** What the frame at `bytes[start, end)` states, or null when it is a frame of sound. */
export function decodeMpegInfo(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: MpegHeader,
): MpegInfo | null {
  if (header.layer !== 3) return null;
  const frame = Buffer.from(bytes.subarray(start, end));
  const mark = (at: number): string => frame.toString('latin1', at, at + 4);
  if (mark(36) === 'VBRI' && frame.length >= 54)
    return {
      kind: 'VBRI',
      frames: frame.readUInt32BE(50),
      streamBytes: frame.readUInt32BE(46),
      addedSamples: null,
      music: null,
    };
  // A checksum may or may not stand between header and side information; writers of this frame differ.
  const at = [4, 6]
    .map((skip) => skip + mpegSideInfoBytes(header))
    .find((place) => mark(place) === 'Xing' || mark(place) === 'Info');
  if (at === undefined || frame.length < at + 8) return null;
  const flags = frame.readUInt32BE(at + 4);
  let next = at + 8;
  const takeNumber = (flag: number): number | null => {
    if (!(flags & flag) || next + 4 > frame.length) return null;
    next += 4;
    return frame.readUInt32BE(next - 4);
  };
  const frames = takeNumber(1);
  const streamBytes = takeNumber(2);
  if (flags & 4) next += 100;
  takeNumber(8);
  const kind = mark(at) === 'Xing' ? 'Xing' : 'Info';
  return { kind, frames, streamBytes, ...lameExtension(frame, next) };
}

function lameExtension(frame: Buffer, at: number): Pick<MpegInfo, 'addedSamples' | 'music'> {
  const name = frame.toString('latin1', at, at + 4);
  if (at + LAME_BYTES > frame.length || !/^(LAME|Lavf|Lavc|L3\.9|GOGO)$/.test(name))
    return { addedSamples: null, music: null };
  const delays = frame.readUIntBE(at + 21, 3);
  // The extension's own checksum tells whether LAME's other numbers are as their writer left them.
  const isUntouched = lameMusicCrc(0, frame, 0, at + 34) === frame.readUInt16BE(at + 34);
  const crc = frame.readUInt16BE(at + 32);
  const streamBytes = frame.readUInt32BE(at + 28);
  return {
    addedSamples: (delays >> 12) + (delays & 0xfff),
    music: isUntouched && streamBytes > 0 && name === 'LAME' ? { crc, streamBytes } : null,
  };
}
