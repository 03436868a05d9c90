/**
 * AIFF and AIFF-C bytes into sound, as they arrive: integers of 1 to 32 bits in either order, floats of 32 or 64, A-law
 * and µ-law.
 *
 * Chunks before SSND are passed over except COMM; what follows SSND is not sound. Audio Interchange File Format 1.3;
 * ITU-T G.711 for the two laws.
 */
import { FonotecaError } from '../base/errors.ts';
import { type AiffFormat, decodeAiffFormat } from '../formats/aiff-format.ts';

/** The sound of an AIFF file, being fed. */
export interface AiffDecoding {
  /** Sound that is complete with `chunk`: the rate and one array a channel; null while there is none. */
  push(chunk: Uint8Array): { rateHz: number; channels: Float32Array[] } | null;
}

/** A COMM chunk has 18 to 278 bytes. */
const MAX_COMM_BYTES = 4096;
const MAX_CHANNELS = 64;
const FORM_BYTES = 12;
/** Header of the chunk, then offset and block size. */
const SOUND_HEADER_BYTES = 16;

/** A decoder for one file. `AUDIO_FORMAT_UNSUPPORTED` for packed codecs, `AUDIO_UNDECODABLE` for what is no AIFF. */
export function startAiffDecoding(): AiffDecoding {
  let held = Buffer.alloc(0);
  let skip = 0;
  let isCompressed = false;
  let format: AiffFormat | null = null;
  let soundLeft = 0;
  let state: 'form' | 'chunks' | 'sound' | 'over' = 'form';

  const readForm = (): boolean => {
    if (held.length < FORM_BYTES) return false;
    const kind = held.toString('latin1', 8, 12);
    if (held.toString('latin1', 0, 4) !== 'FORM' || !['AIFF', 'AIFC'].includes(kind))
      throw undecodable('no FORM AIFF header');
    isCompressed = kind === 'AIFC';
    held = held.subarray(FORM_BYTES);
    state = 'chunks';
    return true;
  };
  /** Reads one chunk header, and the chunk where it matters; false when more bytes are needed. */
  const readChunk = (): boolean => {
    if (held.length < 8) return false;
    const id = held.toString('latin1', 0, 4);
    const size = held.readUInt32BE(4);
    if (id === 'SSND') {
      if (held.length < SOUND_HEADER_BYTES) return false;
      if (!format) throw undecodable('sound before its format');
      skip = held.readUInt32BE(8);
      // A writer to a pipe states neither a count nor a size.
      const stated = format.frames * format.frameBytes;
      soundLeft = stated > 0 ? stated : size > 8 ? size - 8 - skip : Number.POSITIVE_INFINITY;
      held = held.subarray(SOUND_HEADER_BYTES);
      state = 'sound';
      return true;
    }
    if (id === 'COMM') {
      if (size > MAX_COMM_BYTES) throw undecodable(`a COMM chunk of ${size} bytes`);
      if (held.length < 8 + size) return false;
      format = decodable(decodeAiffFormat(held.subarray(8, 8 + size), isCompressed));
    }
    held = held.subarray(8);
    skip = size + (size & 1);
    return true;
  };
  const passSkipped = (): boolean => {
    const passed = Math.min(skip, held.length);
    held = held.subarray(passed);
    skip -= passed;
    return skip === 0;
  };

  return {
    push(chunk) {
      if (state === 'over') return null;
      held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
      while (state === 'form' || state === 'chunks')
        if (!passSkipped() || !(state === 'form' ? readForm() : readChunk())) return null;
      if (!passSkipped() || !format) return null;
      const usable = Math.min(held.length, soundLeft);
      const whole = usable - (usable % format.frameBytes);
      const channels = readSamples(held.subarray(0, whole), format);
      held = Buffer.from(held.subarray(whole));
      soundLeft -= whole;
      if (soundLeft < format.frameBytes) state = 'over';
      return { rateHz: Math.round(format.sampleRateHz), channels };
    },
  };
}

function decodable(format: AiffFormat | null): AiffFormat {
  if (!format) throw undecodable('a COMM chunk that makes no sense');
  const isFloat = format.coding === 'float';
  if (format.coding === 'packed' || format.channels > MAX_CHANNELS || (!isFloat && isWide(format)))
    throw new FonotecaError(
      'AUDIO_FORMAT_UNSUPPORTED',
      `AIFF ${format.compression}, ${format.channels} channels of ${format.bitsPerSample} bits`,
    );
  return format;
}

function isWide(format: AiffFormat): boolean {
  return format.bitsPerSample > 32;
}

function readSamples(bytes: Buffer, format: AiffFormat): Float32Array[] {
  const { channels, frameBytes } = format;
  const read = sampleReader(bytes, format);
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(bytes.length / frameBytes);
    let at = channel * (frameBytes / channels);
    for (let index = 0; index < samples.length; index += 1, at += frameBytes)
      samples[index] = read(at);
    return samples;
  });
}

function sampleReader(bytes: Buffer, format: AiffFormat): (at: number) => number {
  // Samples of fewer bits than their bytes hold stand at the upper end.
  const width = format.frameBytes / format.channels;
  const scale = 2 ** (8 * width - 1);
  switch (format.coding) {
    case 'float':
      return width === 8 ? (at) => bytes.readDoubleBE(at) : (at) => bytes.readFloatBE(at);
    case 'unsigned':
      return (at) => (bytes[at]! - 128) / 128;
    case 'a-law':
      return (at) => aLaw(bytes[at]!);
    case 'mu-law':
      return (at) => muLaw(bytes[at]!);
    case 'little-endian':
      return (at) => bytes.readIntLE(at, width) / scale;
    default:
      return (at) => bytes.readIntBE(at, width) / scale;
  }
}

function muLaw(byte: number): number {
  const inverted = ~byte & 255;
  const magnitude = (((inverted & 15) * 8 + 132) << ((inverted >> 4) & 7)) - 132;
  return (inverted & 128 ? -magnitude : magnitude) / 32_768;
}

function aLaw(byte: number): number {
  const code = byte ^ 0x55;
  const exponent = (code >> 4) & 7;
  const base = (code & 15) * 16 + 8;
  const magnitude = exponent === 0 ? base : (base + 256) << (exponent - 1);
  return (code & 128 ? magnitude : -magnitude) / 32_768;
}

function undecodable(seen: string): FonotecaError {
  return new FonotecaError('AUDIO_UNDECODABLE', seen);
}
