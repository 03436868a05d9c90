/** Sound as numbers: the block that decoders give and encoders take. Full scale is ±1. */

/** Sound of one length in all channels. */
export interface Pcm {
  readonly sampleRateHz: number;
  /** One array a channel, all of one length, in the order left, right. */
  readonly channels: readonly Float32Array[];
}

/** Samples of one channel of `pcm`; 0 without channels. */
export function sampleCount(pcm: Pcm): number {
  return pcm.channels[0]?.length ?? 0;
}

/** The channels of `pcm` woven sample by sample; what is no number becomes silence. */
export function interleave(channels: readonly Float32Array[]): Float32Array {
  const count = channels.length;
  const length = channels[0]?.length ?? 0;
  const woven = new Float32Array(count * length);
  for (const [index, channel] of channels.entries())
    for (let at = 0, to = index; at < length; at += 1, to += count) {
      const value = channel[at]!;
      woven[to] = Number.isFinite(value) ? value : 0;
    }
  return woven;
}

/** `value` as a signed integer of `bits` bits, rounded to the nearest and held within range. */
export function toInteger(value: number, bits: number): number {
  const scale = 2 ** (bits - 1);
  const scaled = Math.round(value * scale);
  return Number.isFinite(scaled) ? Math.min(scale - 1, Math.max(-scale, scaled)) : 0;
}
