/**
 * The acoustic fingerprint of a recording: what it sounds like in words of 32 bits, eight a second, equal but for a few
 * bits across encodings. Compatible with algorithm 2 of Chromaprint, which AcoustID takes (docs/formats/fingerprint.md).
 */
import { startChroma } from './chroma.ts';
import { startClassifying } from './classifiers.ts';
import { FINGERPRINT_RATE_HZ, prepareDecimation } from './decimate.ts';

/** A fingerprint being taken. */
export interface Fingerprinting {
  /** Takes a block of any length, one array a channel; what comes after the first 120 s is not looked at. */
  push(channels: readonly Float32Array[]): void;
  /** The words, at most 948; none of sound shorter than 2.8 s. */
  finish(): Uint32Array<ArrayBuffer>;
}

/** Sound after this many seconds does not count: what is asked of AcoustID is as long. */
const LOOKED_AT_SECONDS = 120;

/** A fingerprint of sound of `rateHz`; of a rate below 1 kHz or above 768 kHz there are no words. */
export function startFingerprint(rateHz: number): Fingerprinting {
  const words: number[] = [];
  const decimation = prepareDecimation(rateHz);
  if (!decimation) return { push: () => {}, finish: () => new Uint32Array(0) };
  const classify = startClassifying();
  const chroma = startChroma(decimation.gainAt, (row) => {
    const word = classify(row);
    if (word !== undefined) words.push(word);
  });
  const decimating = decimation.start(limited(chroma));
  let left = rateHz * LOOKED_AT_SECONDS;
  return {
    push(channels) {
      if (left === 0) return;
      const length = Math.min(left, channels[0]?.length ?? 0);
      left -= length;
      decimating.push(channels.map((channel) => channel.subarray(0, length)));
    },
    finish() {
      decimating.finish();
      return Uint32Array.from(words);
    },
  };
}

/** Rounding in the converter must not give a frame more than the sound has. */
function limited(sink: (mono: Float64Array, length: number) => void) {
  let left = FINGERPRINT_RATE_HZ * LOOKED_AT_SECONDS;
  return (mono: Float64Array, length: number): void => {
    const count = Math.min(left, length);
    left -= count;
    if (count > 0) sink(mono, count);
  };
}
