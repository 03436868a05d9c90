/**
 * The COMM chunk of an AIFF or AIFF-C file: how many samples of which kind (Audio Interchange File Format 1.3;
 * AIFF-C draft of 1991). Numbers are big-endian; the rate is an 80-bit float.
 */

/** How one sample is laid out. `packed`: by a codec whose bytes do not count samples. */
export type AiffCoding =
  | 'big-endian'
  | 'little-endian'
  | 'float'
  | 'unsigned'
  | 'a-law'
  | 'mu-law'
  | 'packed';

/** What a COMM chunk says. */
export interface AiffFormat {
  readonly coding: AiffCoding;
  /** The compression type of AIFF-C; `NONE` in plain AIFF. */
  readonly compression: string;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
  /** Sample frames; of a packed codec, packets. */
  readonly frames: number;
  /** Bytes of one sample of all channels, or 0 for a packed codec. */
  readonly frameBytes: number;
}

const PLAIN_BYTES = 18;
const COMPRESSED_BYTES = 22;
const MAX_CHANNELS = 256;
const MAX_RATE_HZ = 10_000_000;

type Layout = readonly [coding: AiffCoding, bits: number];

/** Compression types whose samples lie side by side; 0 bits: as COMM says. */
const LAYOUTS: Readonly<Record<string, Layout>> = {
  NONE: ['big-endian', 0],
  twos: ['big-endian', 0],
  in24: ['big-endian', 24],
  in32: ['big-endian', 32],
  sowt: ['little-endian', 0],
  '42ni': ['little-endian', 32],
  'raw ': ['unsigned', 8],
  fl32: ['float', 32],
  FL32: ['float', 32],
  fl64: ['float', 64],
  FL64: ['float', 64],
  alaw: ['a-law', 8],
  ALAW: ['a-law', 8],
  ulaw: ['mu-law', 8],
  ULAW: ['mu-law', 8],
};

/** The fields of a COMM chunk, or null when no player could follow them. `isCompressed`: the form is AIFC. */
export function decodeAiffFormat(body: Uint8Array, isCompressed: boolean): AiffFormat | null {
  if (body.length < (isCompressed ? COMPRESSED_BYTES : PLAIN_BYTES)) return null;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const channels = view.getUint16(0);
  const frames = view.getUint32(2);
  const statedBits = view.getUint16(6);
  const sampleRateHz = extendedFloat(view, 8);
  const compression = isCompressed ? String.fromCharCode(...body.subarray(18, 22)) : 'NONE';
  const [coding, fixedBits] = LAYOUTS[compression] ?? (['packed', 0] as const);
  const bitsPerSample = fixedBits || statedBits;
  const isPlausible =
    channels > 0 &&
    channels <= MAX_CHANNELS &&
    sampleRateHz > 0 &&
    sampleRateHz <= MAX_RATE_HZ &&
    (coding === 'packed' || (bitsPerSample > 0 && bitsPerSample <= 64));
  if (!isPlausible) return null;
  const frameBytes = coding === 'packed' ? 0 : channels * Math.ceil(bitsPerSample / 8);
  return { coding, compression, channels, sampleRateHz, bitsPerSample, frames, frameBytes };
}

/** The bytes of a COMM chunk that say how it sounds: without the name of the compression, which is free text. */
export function aiffSoundBytes(body: Uint8Array, isCompressed: boolean): Uint8Array {
  return body.subarray(0, isCompressed ? COMPRESSED_BYTES : PLAIN_BYTES);
}

/** An IEEE 754 extended float: sign and 15 bits of exponent, then 64 bits with an explicit leading one. */
function extendedFloat(view: DataView, at: number): number {
  const head = view.getUint16(at);
  const mantissa = view.getUint32(at + 2) * 2 ** 32 + view.getUint32(at + 6);
  if (head >= 0x7fff) return Number.NaN;
  return mantissa * 2 ** (head - 16_383 - 63);
}
