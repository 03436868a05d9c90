/**
 * Mixing and mastering: how loud a part is, and the last steps of a piece: no offset, its loudness, peaks bent softly
 * below full scale, both ends faded. Works in place.
 */
import { startLoudness } from '../audio/loudness.ts';
import { SAMPLE_RATE_HZ, type Stereo } from './stereo.ts';

/** The highest sample that leaves the mix: −1.5 dB below full scale, so that lossy codecs have room to overshoot. */
export const CEILING = 10 ** (-1.5 / 20);
/** Below this level a sample passes unbent. */
const KNEE = 0.6;
const BLOCK_SAMPLES = Math.round(0.1 * SAMPLE_RATE_HZ);
/** Blocks this far below the loudest one are pauses and do not count. */
const GATE_DB = 26;
/** What measures nothing, because it is silent, is as loud as this. */
const SILENCE_DB = -70;

/** Finishes `mix` in place at `loudnessLufs` (EBU R128, integrated). */
export function master(
  mix: Stereo,
  wanted: { loudnessLufs: number; fadeOutSeconds: number },
): void {
  for (const channel of [mix.left, mix.right]) removeOffset(channel);
  const gain = 10 ** ((wanted.loudnessLufs - loudnessLufs(mix)) / 20);
  const fadeIn = Math.round(0.008 * SAMPLE_RATE_HZ);
  const fadeOut = Math.min(mix.left.length, Math.round(wanted.fadeOutSeconds * SAMPLE_RATE_HZ));
  for (const channel of [mix.left, mix.right]) {
    for (let i = 0; i < channel.length; i += 1) channel[i] = bend(channel[i]! * gain);
    for (let i = 0; i < fadeIn; i += 1) channel[i]! *= i / fadeIn;
    for (let i = 0; i < fadeOut; i += 1)
      channel[channel.length - 1 - i]! *= 0.5 - 0.5 * Math.cos((Math.PI * i) / fadeOut);
  }
}

/** The level of `sound` while it sounds, pauses left out: RMS of both channels in dB below full scale. */
export function soundingLevelDb(sound: Stereo): number {
  const blocks: number[] = [];
  for (let from = 0; from + BLOCK_SAMPLES <= sound.left.length; from += BLOCK_SAMPLES) {
    let sum = 0;
    for (let i = from; i < from + BLOCK_SAMPLES; i += 1)
      sum += sound.left[i]! * sound.left[i]! + sound.right[i]! * sound.right[i]!;
    blocks.push(sum / (2 * BLOCK_SAMPLES));
  }
  const gate = Math.max(...blocks, 1e-12) * 10 ** (-GATE_DB / 10);
  const loud = blocks.filter((power) => power >= gate);
  const mean = loud.reduce((sum, power) => sum + power, 0) / Math.max(1, loud.length);
  return Math.max(SILENCE_DB, 10 * Math.log10(mean + 1e-12));
}

function loudnessLufs(mix: Stereo): number {
  const meter = startLoudness(SAMPLE_RATE_HZ, 2);
  meter.push([mix.left, mix.right]);
  return meter.finish().integratedLufs ?? SILENCE_DB;
}

/** A one-pole high-pass at 18 Hz: below hearing, above an offset. */
function removeOffset(channel: Float32Array): void {
  const keep = Math.exp((-2 * Math.PI * 18) / SAMPLE_RATE_HZ);
  let before = 0;
  let out = 0;
  for (let i = 0; i < channel.length; i += 1) {
    const now = channel[i]!;
    out = now - before + keep * out;
    before = now;
    channel[i] = out;
  }
}

/** Leaves quiet samples alone and approaches the ceiling smoothly, never reaching it. */
function bend(sample: number): number {
  const size = Math.abs(sample);
  if (size <= KNEE) return sample;
  const bent = KNEE + (CEILING - KNEE) * Math.tanh((size - KNEE) / (CEILING - KNEE));
  return sample < 0 ? -bent : bent;
}
