/**
 * Sound composed by ourselves into files of each format an archive may be given: Vorbis, MP3, FLAC, WAV and Opus.
 *
 * They run in the process, since the sound is our own. The same sound gives the same bytes: serial numbers come from
 * the sound's digest, and no tag is written (`src/formats` writes tags).
 */
import crypto from 'node:crypto';
import { createMp3Encoder, createOggEncoder } from 'wasm-media-encoders';
import { withInfoFrame } from './mp3-info-frame.ts';
import { startOpusEncoding } from './opus-encode.ts';
import { OPUS_SETTINGS, type OpusSettings } from './opus-settings.ts';
import { type Pcm, sampleCount, toInteger } from './pcm.ts';
import { startResampling } from './resample.ts';

export { encodeFlac } from './flac-encode.ts';

/** Constant rates LAME offers for MPEG-1 layer III. */
export type Mp3BitrateKbps = 64 | 80 | 96 | 112 | 128 | 160 | 192 | 224 | 256 | 320;

/** WASM encoders copy a block into their memory; one second a block keeps that small. */
const BLOCK_SAMPLES = 48_000;

/** An Ogg Vorbis file of mono or stereo `pcm`; `quality` from -1 to 10, 5 being about 160 kbit/s. */
export async function encodeVorbis(pcm: Pcm, options: { quality: number }): Promise<Uint8Array> {
  const encoder = await createOggEncoder();
  encoder.configure({
    channels: channelsOf(pcm),
    sampleRate: pcm.sampleRateHz,
    vbrQuality: options.quality,
    oggSerialNo: serialOf(pcm) | 0,
  });
  return encodeBlocks(pcm, encoder);
}

/** An MP3 file of mono or stereo `pcm` at 32, 44.1 or 48 kHz, constant rate, with an Info frame that makes its length exact. */
export async function encodeMp3(
  pcm: Pcm,
  options: { bitrateKbps: Mp3BitrateKbps },
): Promise<Uint8Array> {
  const encoder = await createMp3Encoder();
  encoder.configure({
    channels: channelsOf(pcm),
    sampleRate: pcm.sampleRateHz,
    bitrate: options.bitrateKbps,
    outputSampleRate: mp3Rate(pcm.sampleRateHz),
  });
  return withInfoFrame(encodeBlocks(pcm, encoder), sampleCount(pcm));
}

/** A WAV file of `pcm` in 16-bit (or 24-bit) integers. */
export async function encodeWav(
  pcm: Pcm,
  options: { bitsPerSample: 16 | 24 } = { bitsPerSample: 16 },
): Promise<Uint8Array> {
  const width = options.bitsPerSample / 8;
  const channels = pcm.channels.length;
  const dataBytes = sampleCount(pcm) * channels * width;
  const file = Buffer.alloc(44 + dataBytes + (dataBytes & 1));
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(pcm.sampleRateHz, 24);
  file.writeUInt32LE(pcm.sampleRateHz * channels * width, 28);
  file.writeUInt16LE(channels * width, 32);
  file.writeUInt16LE(options.bitsPerSample, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(dataBytes, 40);
  for (const [index, channel] of pcm.channels.entries())
    for (let at = 0; at < channel.length; at += 1)
      file.writeIntLE(
        toInteger(channel[at]!, options.bitsPerSample),
        44 + (at * channels + index) * width,
        width,
      );
  return file;
}

/** An Ogg Opus file of mono or stereo `pcm`, resampled to 48 kHz when it is not there yet. */
export async function encodeOpusFile(
  pcm: Pcm,
  settings: OpusSettings = OPUS_SETTINGS,
): Promise<Uint8Array> {
  using encoding = await startOpusEncoding(channelsOf(pcm), settings);
  const resampling = startResampling(pcm.sampleRateHz, pcm.channels.length);
  for (const block of blocksOf(pcm)) encoding.push(resampling.push(block));
  encoding.push(resampling.finish());
  const wrapping = { serial: serialOf(pcm), inputSampleRateHz: pcm.sampleRateHz, comments: [] };
  return Buffer.concat([...encoding.finish(wrapping)]);
}

interface BlockEncoder {
  encode(block: readonly Float32Array[]): Uint8Array;
  finalize(): Uint8Array;
}

/** All that `encoder` writes for `pcm`; its answers are views of memory it uses again, hence the copies. */
function encodeBlocks(pcm: Pcm, encoder: BlockEncoder): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const block of blocksOf(pcm)) parts.push(encoder.encode(block).slice());
  parts.push(encoder.finalize().slice());
  return Buffer.concat(parts);
}

function* blocksOf(pcm: Pcm): Iterable<Float32Array[]> {
  for (let at = 0; at < sampleCount(pcm); at += BLOCK_SAMPLES)
    yield pcm.channels.map((channel) => channel.subarray(at, at + BLOCK_SAMPLES));
}

function channelsOf(pcm: Pcm): 1 | 2 {
  const count = pcm.channels.length;
  if (count !== 1 && count !== 2) throw new RangeError(`${count} channels; one or two are encoded`);
  return count;
}

function mp3Rate(rateHz: number): 32_000 | 44_100 | 48_000 {
  if (rateHz !== 32_000 && rateHz !== 44_100 && rateHz !== 48_000)
    throw new RangeError(`${rateHz} Hz; MPEG-1 has 32000, 44100 and 48000`);
  return rateHz;
}

/** The first 32 bits of the sound's SHA-256. */
function serialOf(pcm: Pcm): number {
  const hash = crypto.createHash('sha256');
  for (const channel of pcm.channels)
    hash.update(new Uint8Array(channel.buffer, channel.byteOffset, channel.byteLength));
  return hash.digest().readUInt32BE();
}
