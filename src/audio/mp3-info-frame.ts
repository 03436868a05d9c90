/**
 * The Info frame that goes before the first frame of a constant-rate MP3: how many frames follow, and how many samples
 * of delay and padding a player drops, so that length is exact and a file cut at a frame boundary shows.
 *
 *     4 header | side info, zero | "Info" | flags u32 | frames u32 | bytes u32 | LAME extension, 36 bytes from its
 *     version text: 9 text | 12 zeros | delay and padding, 12 bits each | 8 zeros… | music crc u16 | tag crc u16
 *
 * Layout as LAME writes it and mpg123, FFmpeg and LAME read it (Mp3 Info Tag revision 1).
 */

const SAMPLES_PER_FRAME = 1152;
/** LAME's own delay before the first sample; decoders know their part of 529. */
const ENCODER_DELAY = 576;
const XING_OFFSET = { mono: 4 + 17, stereo: 4 + 32 };

/**
 * `frames` (MPEG-1 layer III, constant rate, no header frame) with an Info frame in front that declares `samples`
 * samples of sound.
 */
export function withInfoFrame(frames: Uint8Array, samples: number): Uint8Array {
  const length = frameLength(frames);
  const count = countFrames(frames);
  const padding = count * SAMPLES_PER_FRAME - ENCODER_DELAY - samples;
  const info = Buffer.alloc(length.withoutPadding);
  info.set(frames.subarray(0, 4));
  // An unpadded frame without checksum: decoders find the next frame by this header.
  info[1] = info[1]! | 1;
  info[2] = info[2]! & ~2;
  const mono = (frames[3]! & 0xc0) === 0xc0;
  const at = mono ? XING_OFFSET.mono : XING_OFFSET.stereo;
  info.write('Info', at, 'latin1');
  info.writeUInt32BE(3, at + 4);
  info.writeUInt32BE(count, at + 8);
  info.writeUInt32BE(info.length + frames.length, at + 12);
  const lame = at + 16;
  info.write('LAME3.100', lame, 'latin1');
  info.writeUIntBE((ENCODER_DELAY << 12) | Math.min(4095, Math.max(0, padding)), lame + 21, 3);
  info.writeUInt32BE(info.length + frames.length, lame + 28);
  info.writeUInt16BE(crc16(frames), lame + 32);
  info.writeUInt16BE(crc16(info.subarray(0, lame + 34)), lame + 34);
  return Buffer.concat([info, frames]);
}

const BITRATES_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const RATES_HZ = [44_100, 48_000, 32_000];

function frameLength(bytes: Uint8Array, at = 0): { withoutPadding: number; total: number } {
  const bitrate = BITRATES_KBPS[bytes[at + 2]! >> 4]! * 1000;
  const rate = RATES_HZ[(bytes[at + 2]! >> 2) & 3]!;
  const withoutPadding = Math.floor((144 * bitrate) / rate);
  return { withoutPadding, total: withoutPadding + ((bytes[at + 2]! >> 1) & 1) };
}

function countFrames(frames: Uint8Array): number {
  let count = 0;
  for (let at = 0; at + 4 <= frames.length; at += frameLength(frames, at).total) count += 1;
  return count;
}

/** CRC-16 with the reflected polynomial 0xA001, start 0. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 255]!;
  return crc;
}

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xa001 : value >>> 1;
  return value;
});
