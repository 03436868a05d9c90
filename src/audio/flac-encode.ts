/**
 * PCM into a FLAC file by libFLAC (libflacjs, its asm.js build: the WASM build wants to fetch over the network).
 *
 * The encoder writes STREAMINFO before it knows sizes, length and MD5 and cannot go back, so those fields are put in
 * at the end (RFC 9639 section 8.2). libFLAC adds a VORBIS_COMMENT block that names itself.
 */
import assert from 'node:assert';
import { createRequire } from 'node:module';
import { type Pcm, sampleCount, toInteger } from './pcm.ts';

/** The part of libflacjs that is used here. */
interface LibFlac {
  isReady(): boolean;
  on(event: 'ready', listener: () => void): void;
  create_libflac_encoder(
    rateHz: number,
    channels: number,
    bits: number,
    level: number,
    samples: number,
    verify: boolean,
    blockSize: number,
  ): number;
  init_encoder_stream(
    encoder: number,
    write: (bytes: Uint8Array) => void,
    metadata: (info: StreamInfo | undefined) => void,
  ): number;
  FLAC__stream_encoder_process_interleaved(
    encoder: number,
    woven: Int32Array,
    samples: number,
  ): boolean;
  FLAC__stream_encoder_finish(encoder: number): boolean;
  FLAC__stream_encoder_delete(encoder: number): void;
}

interface StreamInfo {
  readonly min_framesize: number;
  readonly max_framesize: number;
  readonly total_samples: number;
  readonly md5sum: string;
}

const COMPRESSION_LEVEL = 5;
const BLOCK_SAMPLES = 4096;
let library: Promise<LibFlac> | undefined;

/** A FLAC file of `pcm`, rounded to `bitsPerSample` bits without dither. */
export async function encodeFlac(
  pcm: Pcm,
  options: { bitsPerSample: 16 | 24 },
): Promise<Uint8Array> {
  library ??= loadLibFlac();
  const flac = await library;
  const parts: Uint8Array[] = [];
  let info: StreamInfo | undefined;
  const channels = pcm.channels.length;
  const encoder = flac.create_libflac_encoder(
    pcm.sampleRateHz,
    channels,
    options.bitsPerSample,
    COMPRESSION_LEVEL,
    0,
    false,
    BLOCK_SAMPLES,
  );
  assert(encoder !== 0, `libFLAC refused ${channels} channels at ${pcm.sampleRateHz} Hz`);
  try {
    const state = flac.init_encoder_stream(
      encoder,
      (bytes) => void parts.push(bytes.slice()),
      (told) => {
        info = told ?? info;
      },
    );
    assert.equal(state, 0, `libFLAC did not start: ${state}`);
    for (let at = 0; at < sampleCount(pcm); at += BLOCK_SAMPLES) {
      const woven = wovenIntegers(pcm, at, options.bitsPerSample);
      const samples = woven.length / channels;
      assert(flac.FLAC__stream_encoder_process_interleaved(encoder, woven, samples));
    }
    assert(flac.FLAC__stream_encoder_finish(encoder), 'libFLAC did not finish');
  } finally {
    flac.FLAC__stream_encoder_delete(encoder);
  }
  assert(info, 'libFLAC told no STREAMINFO');
  const file = Buffer.concat(parts);
  completeStreamInfo(file, info);
  return file;
}

function loadLibFlac(): Promise<LibFlac> {
  const factory: (variant: string) => LibFlac = createRequire(import.meta.url)('libflacjs');
  const flac = factory('min');
  if (flac.isReady()) return Promise.resolve(flac);
  return new Promise((resolve) => flac.on('ready', () => resolve(flac)));
}

function wovenIntegers(pcm: Pcm, start: number, bits: number): Int32Array {
  const end = Math.min(sampleCount(pcm), start + BLOCK_SAMPLES);
  const channels = pcm.channels.length;
  const woven = new Int32Array((end - start) * channels);
  for (const [index, channel] of pcm.channels.entries())
    for (let at = start, to = index; at < end; at += 1, to += channels)
      woven[to] = toInteger(channel[at]!, bits);
  return woven;
}

/** Fields of STREAMINFO that are only known at the end; the block's body begins at byte 8. */
function completeStreamInfo(file: Buffer, info: StreamInfo): void {
  file.writeUIntBE(info.min_framesize, 12, 3);
  file.writeUIntBE(info.max_framesize, 15, 3);
  // 36 bits of length, of which the upper four share a byte with the sample size.
  file[21] = (file[21]! & 0xf0) | Math.floor(info.total_samples / 2 ** 32);
  file.writeUInt32BE(info.total_samples % 2 ** 32, 22);
  file.write(info.md5sum, 26, 16, 'hex');
}
