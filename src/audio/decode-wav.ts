/**
 * WAV bytes into sound, as they arrive: RIFF, RF64 and BW64 with integers of 8 to 32 bits or floats of 32 or 64.
 *
 * Chunks before `data` are passed over except `fmt ` and `ds64`; what follows `data` is not sound. EBU Tech 3306 for
 * RF64; Microsoft's WAVEFORMATEXTENSIBLE for the sub-format.
 */
import { FonotecaError } from '../base/errors.ts';
import { type ChannelOrder, waveOrder } from './channel-layout.ts';

/** The sound of a WAV file, being fed. */
export interface WavDecoding {
  /** Sound that is complete with `chunk`: the rate and one array a channel; null while there is none. */
  push(chunk: Uint8Array): { rateHz: number; channels: Float32Array[] } | null;
  /** What the order of the channels means. */
  order(): ChannelOrder;
}

interface WavFormat {
  readonly order: ChannelOrder;
  readonly rateHz: number;
  readonly channels: number;
  readonly sampleBytes: number;
  readonly isFloat: boolean;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** `fmt ` has 16 to 40 bytes and `ds64` 28 and a table; more is no format description. */
const MAX_HEADER_CHUNK = 4096;
const MAX_CHANNELS = 64;
const UNKNOWN_SIZE = 0xffff_ffff;
const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** What a decoder does with its own memory. */
export interface WavDecodingOptions {
  /** The arrays of one answer are used again for the next: for callers that keep none. */
  readonly reusesArrays?: boolean;
}

/** A decoder for one file. `AUDIO_FORMAT_UNSUPPORTED` for other sample formats, `AUDIO_UNDECODABLE` for what is no WAV. */
export function startWavDecoding({ reusesArrays = false }: WavDecodingOptions = {}): WavDecoding {
  const roomFor = startRoom(reusesArrays);
  let held: Buffer = Buffer.alloc(0);
  let skip = 0;
  let format: WavFormat | null = null;
  let dataLeft = 0;
  let largeDataBytes = 0;
  let state: 'riff' | 'chunks' | 'data' | 'over' = 'riff';

  /** Reads one chunk header, and the chunk where it matters; false when more bytes are needed. */
  const readChunk = (): boolean => {
    if (held.length < 8) return false;
    const name = held.toString('latin1', 0, 4);
    const size = held.readUInt32LE(4);
    if (name === 'data') {
      held = held.subarray(8);
      dataLeft = size === UNKNOWN_SIZE ? largeDataBytes || Number.POSITIVE_INFINITY : size;
      state = 'data';
      return true;
    }
    if (name === 'fmt ' || name === 'ds64') {
      if (size > MAX_HEADER_CHUNK) throw undecodable(`a ${name} chunk of ${size} bytes`);
      if (held.length < 8 + size) return false;
      const body = held.subarray(8, 8 + size);
      if (name === 'fmt ') format = readFormat(body);
      else if (size >= 16) largeDataBytes = Number(body.readBigUInt64LE(8));
    }
    held = held.subarray(8);
    skip = size + (size & 1);
    return true;
  };

  const readHeader = (): boolean => {
    if (held.length < 12) return false;
    const magic = held.toString('latin1', 0, 4);
    if (!['RIFF', 'RF64', 'BW64'].includes(magic) || held.toString('latin1', 8, 12) !== 'WAVE')
      throw undecodable('no RIFF WAVE header');
    held = held.subarray(12);
    state = 'chunks';
    return true;
  };

  return {
    order: () => format?.order ?? 'unknown',
    push(chunk) {
      if (state === 'over') return null;
      // The caller's own bytes unless some are left over; what is left over again is copied.
      held = held.length === 0 ? viewOf(chunk) : Buffer.concat([held, chunk]);
      while (state === 'riff' || state === 'chunks') {
        const passed = Math.min(skip, held.length);
        held = held.subarray(passed);
        skip -= passed;
        if (skip > 0 || !(state === 'riff' ? readHeader() : readChunk())) {
          held = Buffer.from(held);
          return null;
        }
      }
      if (!format) throw undecodable('sound before its format');
      const frameBytes = format.channels * format.sampleBytes;
      const usable = Math.min(held.length, dataLeft);
      const whole = usable - (usable % frameBytes);
      const channels = readSamples(held.subarray(0, whole), format, roomFor);
      held = Buffer.from(held.subarray(whole));
      dataLeft -= whole;
      if (dataLeft < frameBytes) state = 'over';
      return { rateHz: format.rateHz, channels };
    },
  };
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function readFormat(body: Buffer): WavFormat {
  if (body.length < 16) throw undecodable(`a fmt chunk of ${body.length} bytes`);
  const tag = body.readUInt16LE(0);
  const kind = tag === EXTENSIBLE && body.length >= 40 ? body.readUInt16LE(24) : tag;
  const channels = body.readUInt16LE(2);
  const rateHz = body.readUInt32LE(4);
  const frameBytes = body.readUInt16LE(12);
  const sampleBytes = frameBytes / channels;
  const widths = kind === PCM ? [1, 2, 3, 4] : kind === FLOAT ? [4, 8] : [];
  if (channels < 1 || channels > MAX_CHANNELS || !widths.includes(sampleBytes))
    throw new FonotecaError(
      'AUDIO_FORMAT_UNSUPPORTED',
      `WAV format ${kind}, ${channels} channels in ${frameBytes} bytes`,
    );
  const mask = kind === tag ? null : body.readUInt32LE(20);
  const order = waveOrder(channels, mask);
  return { rateHz, channels, sampleBytes, isFloat: kind === FLOAT, order };
}

/** An array of `length` for the samples of a channel. */
type Room = (channel: number, length: number) => Float32Array;

function startRoom(reusesArrays: boolean): Room {
  const room: Float32Array[] = [];
  return (channel, length) => {
    if (!reusesArrays) return new Float32Array(length);
    if ((room[channel]?.length ?? 0) < length) room[channel] = new Float32Array(length);
    return room[channel]!.subarray(0, length);
  };
}

function readSamples(bytes: Buffer, format: WavFormat, roomFor: Room): Float32Array[] {
  const { channels, sampleBytes } = format;
  const length = bytes.length / (channels * sampleBytes);
  if (IS_LITTLE_ENDIAN && sampleBytes === 4 && format.isFloat)
    return apart(floatsOf(bytes), channels, roomFor);
  const read = sampleReader(bytes, format);
  return Array.from({ length: channels }, (_, channel) => {
    const samples = roomFor(channel, length);
    const step = channels * sampleBytes;
    for (let index = 0, at = channel * sampleBytes; index < length; index += 1, at += step)
      samples[index] = read(at);
    return samples;
  });
}

/** `bytes` as floats of this machine; copied where they do not begin at one. */
function floatsOf(bytes: Buffer): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

/** The channels that are woven in `samples`. */
function apart(samples: Float32Array, channels: number, roomFor: Room): Float32Array[] {
  const length = samples.length / channels;
  return Array.from({ length: channels }, (_, channel) => {
    const alone = roomFor(channel, length);
    for (let index = 0, at = channel; index < length; index += 1, at += channels)
      alone[index] = samples[at]!;
    return alone;
  });
}

function sampleReader(bytes: Buffer, { sampleBytes, isFloat }: WavFormat): (at: number) => number {
  if (isFloat && sampleBytes === 8) return (at) => bytes.readDoubleLE(at);
  if (isFloat) return (at) => bytes.readFloatLE(at);
  // Eight bits are the one width without sign.
  if (sampleBytes === 1) return (at) => (bytes[at]! - 128) / 128;
  const scale = 2 ** (8 * sampleBytes - 1);
  return (at) => bytes.readIntLE(at, sampleBytes) / scale;
}

function undecodable(seen: string): FonotecaError {
  return new FonotecaError('AUDIO_UNDECODABLE', seen);
}
