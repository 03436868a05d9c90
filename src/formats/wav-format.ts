/** The fmt chunk of a WAVE file (Multimedia Programming Interface 1.0; WAVEFORMATEXTENSIBLE). */

/** What a fmt chunk says. */
export interface WavFormat {
  /** 1 integer, 3 float, 6 A-law, 7 µ-law; of an extensible format the tag inside it. */
  readonly tag: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
  /** Bytes of one sample of all channels. */
  readonly frameBytes: number;
  /** Whether samples lie side by side, so that bytes count them. */
  readonly isLinear: boolean;
}

const EXTENSIBLE = 0xfffe;
const MAX_CHANNELS = 256;
const MAX_RATE_HZ = 10_000_000;

/** The fields of a fmt chunk, or null when no player could follow them. */
export function decodeWavFormat(body: Uint8Array): WavFormat | null {
  if (body.length < 16) return null;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const outer = view.getUint16(0, true);
  const tag = outer === EXTENSIBLE && body.length >= 26 ? view.getUint16(24, true) : outer;
  const channels = view.getUint16(2, true);
  const sampleRateHz = view.getUint32(4, true);
  const frameBytes = view.getUint16(12, true);
  const bitsPerSample = view.getUint16(14, true);
  const isLinear = [1, 3, 6, 7].includes(tag);
  const isPlausible =
    channels > 0 && channels <= MAX_CHANNELS && sampleRateHz > 0 && sampleRateHz <= MAX_RATE_HZ;
  if (!isPlausible) return null;
  const fits = frameBytes === channels * Math.ceil(bitsPerSample / 8) && bitsPerSample > 0;
  if (isLinear && (!fits || bitsPerSample > 64)) return null;
  return { tag, channels, sampleRateHz, bitsPerSample, frameBytes, isLinear };
}
