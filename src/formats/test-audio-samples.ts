/**
 * Small valid audio files for tests, made by the writers of this folder: the same bytes each time. The sound in them is
 * arbitrary; their pages, frames and checksums are right.
 */

import crypto from 'node:crypto';
import { seededRandom } from '../base/seeded-random.ts';
import { flacCrc8, flacCrc16 } from './flac-crc.ts';
import { lameMusicCrc } from './mpeg-crc.ts';
import { encodeOggPages, muxOpus } from './ogg-muxer.ts';
import { encodeAiff } from './test-aiff-writer.ts';
import { encodeWav } from './test-wav-writer.ts';
import { encodeVorbisComment } from './vorbis-comment.ts';

/** An Ogg Opus file of 3.2 seconds. */
export function sampleOpus(title = 'A sample'): Uint8Array {
  const random = seededRandom(1);
  const packets = Array.from({ length: 160 }, () => {
    const packet = random.bytes(20 + random.below(60));
    packet[0] = 0xfc;
    return packet;
  });
  return muxOpus({
    serial: 42,
    channels: 2,
    preSkip: 312,
    inputSampleRateHz: 48_000,
    samples48k: 160 * 960 - 312 - 77,
    packets,
    comments: [['TITLE', title]],
    vendor: 'sample',
  });
}

/** An Ogg Vorbis file of 100 long blocks of 1,024 samples, trimmed to 50,000 samples. */
export function sampleVorbis(): Uint8Array {
  const random = seededRandom(2);
  const identification = Buffer.alloc(30);
  identification.write('\x01vorbis', 0, 'latin1');
  identification[11] = 1;
  identification.writeUInt32LE(44_100, 12);
  identification[28] = 0xa8;
  identification[29] = 1;
  const comment = Buffer.concat([
    Buffer.from('\x03vorbis', 'latin1'),
    encodeVorbisComment({ vendor: 'sample', comments: [] }),
    Uint8Array.of(1),
  ]);
  // One mode with the long block: count 6 bits, block flag 1, window 16, transform 16, mapping 8, framing 1.
  const modes = Uint8Array.of(1 << 6, 0, 0, 0, 0, 1 << 7);
  const setup = Buffer.concat([Buffer.from('\x05vorbis', 'latin1'), random.bytes(40), modes]);
  const headers = [identification, comment, setup].map((bytes, index) => ({
    bytes,
    granule: 0,
    endsPage: index !== 1,
  }));
  const sound = Array.from({ length: 100 }, (_, index) => {
    const bytes = random.bytes(30 + random.below(30));
    bytes[0] = 0;
    return { bytes, granule: Math.min(index * 512, 50_000), endsPage: index % 20 === 19 };
  });
  return Buffer.concat(encodeOggPages([...headers, ...sound], { serial: 7, endsStream: true }));
}

const FLAC_BLOCK_SAMPLES = 192;

/** A stereo FLAC file of 20 frames: fixed prediction with Rice codes, with its MD5 and sample count. */
export function sampleFlac(options: { withMd5?: boolean; withCount?: boolean } = {}): Uint8Array {
  const random = seededRandom(3);
  const md5 = crypto.createHash('md5');
  const frames: Uint8Array[] = [];
  for (let number = 0; number < 20; number++) {
    const channels = [0, 1].map((channel) =>
      Int16Array.from(
        { length: FLAC_BLOCK_SAMPLES },
        (_, at) =>
          Math.round(9000 * Math.sin((at + number * 192) / (9 + channel))) + random.below(40),
      ),
    );
    const pcm = Buffer.alloc(FLAC_BLOCK_SAMPLES * 4);
    for (let at = 0; at < FLAC_BLOCK_SAMPLES; at++)
      for (const [index, channel] of channels.entries())
        pcm.writeInt16LE(channel[at]!, at * 4 + index * 2);
    md5.update(pcm);
    frames.push(flacFrame(number, channels));
  }
  const info = Buffer.alloc(34);
  info.writeUInt16BE(FLAC_BLOCK_SAMPLES, 0);
  info.writeUInt16BE(FLAC_BLOCK_SAMPLES, 2);
  const count = options.withCount === false ? 0 : 20 * FLAC_BLOCK_SAMPLES;
  info.writeUInt32BE(((44_100 << 12) | (1 << 9) | (15 << 4)) >>> 0, 10);
  info.writeUInt32BE(count, 14);
  if (options.withMd5 !== false) md5.digest().copy(info, 18);
  const head = Buffer.concat([Buffer.from('fLaC'), Uint8Array.of(0x80, 0, 0, 34), info]);
  return Buffer.concat([head, ...frames]);
}

function flacFrame(number: number, channels: readonly Int16Array[]): Uint8Array {
  // Block size 192, 44.1 kHz, two independent channels, 16 bits.
  const header = Uint8Array.of(0xff, 0xf8, 0x19, 0x18, number, 0);
  header[5] = flacCrc8(header, 0, 5);
  const bits: number[] = [];
  const put = (value: number, count: number): void => {
    for (let bit = count - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  for (const channel of channels) {
    // A fixed predictor of order 1, one partition, Rice parameter 9.
    put(9 << 1, 8);
    put(channel[0]!, 16);
    put(0, 2);
    put(0, 4);
    put(9, 4);
    for (let at = 1; at < channel.length; at++) {
      const residual = channel[at]! - channel[at - 1]!;
      const folded = residual >= 0 ? residual * 2 : -residual * 2 - 1;
      for (let zeros = folded >> 9; zeros > 0; zeros--) bits.push(0);
      bits.push(1);
      put(folded & 511, 9);
    }
  }
  while (bits.length % 8 !== 0) bits.push(0);
  const body = Uint8Array.from({ length: bits.length / 8 }, (_, at) =>
    bits.slice(at * 8, at * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
  );
  const frame = Buffer.concat([header, body, new Uint8Array(2)]);
  frame.writeUInt16BE(flacCrc16(frame, 0, frame.length - 2), frame.length - 2);
  return frame;
}

const MP3_FRAME_BYTES = 417;

/** An MP3 file of 30 frames, by default behind an Info frame with LAME's extension. */
export function sampleMp3(options: { withInfo?: boolean } = {}): Uint8Array {
  const random = seededRandom(4);
  const frames = Array.from({ length: 30 }, () => {
    const frame = random.bytes(MP3_FRAME_BYTES).map((byte) => byte & 0x7f);
    frame.set([0xff, 0xfb, 0x90, 0x00]);
    return frame;
  });
  const music = Buffer.concat(frames);
  if (options.withInfo === false) return music;
  const info = Buffer.alloc(MP3_FRAME_BYTES);
  info.set([0xff, 0xfb, 0x90, 0x00]);
  info.write('Info', 36, 'latin1');
  info.writeUInt32BE(3, 40);
  info.writeUInt32BE(30, 44);
  info.writeUInt32BE(31 * MP3_FRAME_BYTES, 48);
  const lameAt = 52;
  info.write('LAME3.100', lameAt, 'latin1');
  info.writeUIntBE((576 << 12) | 1000, lameAt + 21, 3);
  info.writeUInt32BE(31 * MP3_FRAME_BYTES, lameAt + 28);
  info.writeUInt16BE(lameMusicCrc(0, music, 0, music.length), lameAt + 32);
  info.writeUInt16BE(lameMusicCrc(0, info, 0, lameAt + 34), lameAt + 34);
  return Buffer.concat([info, music]);
}

/** A stereo WAVE file of 2,000 samples with one INFO field. */
export function sampleWav(): Uint8Array {
  const random = seededRandom(5);
  const channel = (): number[] => Array.from({ length: 2000 }, () => random.below(60_000) - 30_000);
  return encodeWav({
    sampleRateHz: 44_100,
    bitsPerSample: 16,
    channels: [channel(), channel()],
    info: [['INAM', 'A sample']],
  });
}

/** A stereo AIFF file of 2,000 samples of 16 bits with a name; an AIFF-C of low bytes first when `compression` says so. */
export function sampleAiff(
  options: { compression?: 'sowt'; soundFirst?: boolean } = {},
): Uint8Array {
  const random = seededRandom(6);
  const channel = (): number[] => Array.from({ length: 2000 }, () => random.below(60_000) - 30_000);
  return encodeAiff({
    sampleRateHz: 44_100,
    bitsPerSample: 16,
    channels: [channel(), channel()],
    name: 'A name of odd length',
    ...options,
  });
}

/**
 * An M4A file of two seconds of AAC in name: one track, 10 samples of 50 bytes in one chunk behind moov. `toEnd`: mdat
 * states no size; `isLong`: 64-bit sizes and positions.
 */
export function sampleMp4(options: { toEnd?: boolean; isLong?: boolean } = {}): Uint8Array {
  const random = seededRandom(7);
  const data = Buffer.from(random.bytes(500));
  const build = (dataAt: number): Buffer => {
    const mdhd = words(0, 0, 0, 44_100, 88_200, 0);
    const hdlr = Buffer.concat([words(0, 0), Buffer.from('soun'), words(0, 0, 0)]);
    const entry = Buffer.concat([
      Buffer.from('mp4a'),
      words(0, 1, 0, 0, (2 << 16) | 16, 0, (44_100 << 16) >>> 0),
      box('esds', Buffer.concat([words(0), Uint8Array.of(3, 5, 0, 0, 0, 4, 1, 0x40)])),
    ]);
    const stsd = Buffer.concat([words(0, 1, entry.length + 4), entry]);
    const stsz = words(0, 0, 10, ...Array.from({ length: 10 }, () => 50));
    const offsets = options.isLong
      ? box('co64', words(0, 1, 0, dataAt))
      : box('stco', words(0, 1, dataAt));
    const stbl = box('stbl', Buffer.concat([box('stsd', stsd), box('stsz', stsz), offsets]));
    const mdia = Buffer.concat([box('mdhd', mdhd), box('hdlr', hdlr), box('minf', stbl)]);
    const moov = box('moov', box('trak', box('mdia', mdia)));
    const mdat = options.isLong
      ? Buffer.concat([words(1), Buffer.from('mdat'), words(0, data.length + 16), data])
      : Buffer.concat([words(options.toEnd ? 0 : data.length + 8), Buffer.from('mdat'), data]);
    return Buffer.concat([box('ftyp', Buffer.from('M4A \0\0\0\0M4A ')), moov, mdat]);
  };
  return build(build(0).length - data.length);
}

function box(type: string, content: Uint8Array): Buffer {
  return Buffer.concat([words(content.length + 8), Buffer.from(type), content]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}
