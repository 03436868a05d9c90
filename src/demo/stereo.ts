/** Two channels of samples being filled by addition, at the demo's one sample rate. */

/** The sample rate of everything the demo renders, in Hz. */
export const SAMPLE_RATE_HZ = 44_100;

/** Two channels of equal length, full scale ±1. */
export interface Stereo {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** A silent stretch. */
export function silence(lengthSamples: number): Stereo {
  return { left: new Float32Array(lengthSamples), right: new Float32Array(lengthSamples) };
}

/** The gains of both channels for a place between −1 (left) and 1 (right), of constant power. */
export function panGains(pan: number): { left: number; right: number } {
  const angle = ((Math.max(-1, Math.min(1, pan)) + 1) * Math.PI) / 4;
  return { left: Math.cos(angle), right: Math.sin(angle) };
}

/** Adds the first `count` samples of `mono` from sample `at`; what would lie beyond the end is left out. */
export function addMono(
  into: Stereo,
  mono: Float32Array,
  place: { at: number; count: number; gain: number; pan: number },
): void {
  const gains = panGains(place.pan);
  const left = gains.left * place.gain;
  const right = gains.right * place.gain;
  const count = Math.min(place.count, into.left.length - place.at);
  for (let i = 0; i < count; i += 1) {
    const sample = mono[i]!;
    into.left[place.at + i]! += sample * left;
    into.right[place.at + i]! += sample * right;
  }
}
