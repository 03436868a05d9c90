/**
 * How much like speech rather than music: three signs that need no model, each from 0 to 1, and their mean.
 *
 * Speech is made of syllables with gaps, swings between vowels and hissing consonants, and never holds a spectrum for
 * long (the first two after Saunders 1996 and Scheirer and Slaney 1997). Input: frames. Output: the likelihood, or
 * nothing when the signs do not agree. Memory: the low bands of 93 ms, and a second of levels.
 */
import type { SoundFrame } from './sound-frames.ts';

/** Name and version of the algorithm. */
export const SPEECH_ALGORITHM = 'gaps-swing-hold/2';

/** A meter being fed. */
export interface SpeechMeter {
  push(frame: SoundFrame): void;
  /** The signs; null when there is too little sound. */
  finish(): SpeechSigns | null;
}

/** What speech and music differ in. */
export interface SpeechSigns {
  /** Share of frames with less than half the mean level of their second. */
  readonly gaps: number;
  /** Deviation of the power centroid within a second, in octaves. */
  readonly swingOctaves: number;
  /** How alike spectra 93 ms apart are, 1 being equal. */
  readonly hold: number;
}

/** Each sign from where it counts as music to where it counts as speech. */
const GAPS = { music: 0.15, speech: 0.4 };
const SWING_OCTAVES = { music: 0.5, speech: 1.1 };
const HOLD = { music: 0.85, speech: 0.6 };
/** Between these it is not told. */
const MUSIC_UP_TO = 0.3;
const SPEECH_FROM = 0.78;
/** Plucked and struck notes come near to speech in all signs, but have neither as many gaps nor as short a hold. */
const SPEECH_GAPS_FROM = 0.38;
const SPEECH_HOLD_UP_TO = 0.55;

const HOLD_SECONDS = 0.093;
/** The bands of voices and most instruments. */
const HOLD_TOP_HZ = 4000;
/** Seconds quieter than this are a pause of the whole. */
const LEAST_MEAN_LEVEL = 1e-3;
const LEAST_SECONDS = 8;

/** A meter for frames of that rate and spectra with a bin every `binHz`. */
export function startSpeech(shape: { framesPerSecond: number; binHz: number }): SpeechMeter {
  const second = startSeconds(Math.round(shape.framesPerSecond));
  const hold = startHold(shape);
  return {
    push(frame) {
      second.push(Math.sqrt(frame.meanSquare), frame.isSilent ? null : centroidOctaves(frame));
      hold.push(frame);
    },
    finish() {
      const { count, gaps, swing } = second.finish();
      const held = hold.finish();
      if (count < LEAST_SECONDS || held === null) return null;
      return { gaps, swingOctaves: swing, hold: held };
    },
  };
}

/** From 0, music, to 1, speech; null when the signs do not agree or are not there. */
export function speechOf(signs: SpeechSigns | null): number | null {
  if (signs === null) return null;
  const { gaps, swingOctaves, hold } = signs;
  const likelihood = (ramp(gaps, GAPS) + ramp(swingOctaves, SWING_OCTAVES) + ramp(hold, HOLD)) / 3;
  const isSpeech =
    likelihood >= SPEECH_FROM && (gaps >= SPEECH_GAPS_FROM || hold <= SPEECH_HOLD_UP_TO);
  return likelihood <= MUSIC_UP_TO || isSpeech ? likelihood : null;
}

function ramp(value: number, { music, speech }: { music: number; speech: number }): number {
  return Math.max(0, Math.min(1, (value - music) / (speech - music)));
}

/** Where the power of a spectrum lies, in octaves above one bin. */
function centroidOctaves({ magnitudes }: SoundFrame): number | null {
  let total = 0;
  let weighed = 0;
  for (let bin = 1; bin < magnitudes.length; bin += 1) {
    const power = magnitudes[bin]! * magnitudes[bin]!;
    total += power;
    weighed += power * bin;
  }
  return total === 0 ? null : Math.log2(weighed / total);
}

/** Seconds one after the other: the mean share of frames at less than half the second's mean level, and the mean swing. */
function startSeconds(framesPerSecond: number) {
  const levels = new Float64Array(framesPerSecond);
  let used = 0;
  let octaves = { count: 0, sum: 0, squares: 0 };
  let count = 0;
  let gaps = 0;
  let swings = { count: 0, sum: 0 };
  const close = () => {
    const mean = levels.reduce((sum, level) => sum + level, 0) / framesPerSecond;
    if (mean >= LEAST_MEAN_LEVEL) {
      count += 1;
      gaps += levels.filter((level) => level < mean / 2).length / framesPerSecond;
      if (octaves.count > 0) {
        const middle = octaves.sum / octaves.count;
        const variance = Math.max(0, octaves.squares / octaves.count - middle * middle);
        swings = { count: swings.count + 1, sum: swings.sum + Math.sqrt(variance) };
      }
    }
    used = 0;
    octaves = { count: 0, sum: 0, squares: 0 };
  };
  return {
    push(level: number, centroid: number | null): void {
      levels[used] = level;
      used += 1;
      if (centroid !== null) {
        octaves.count += 1;
        octaves.sum += centroid;
        octaves.squares += centroid * centroid;
      }
      if (used === framesPerSecond) close();
    },
    finish: () => ({
      count,
      gaps: count === 0 ? 0 : gaps / count,
      swing: swings.count === 0 ? 0 : swings.sum / swings.count,
    }),
  };
}

/** How alike spectra 93 ms apart are, the mean of their correlations. */
function startHold({ framesPerSecond, binHz }: { framesPerSecond: number; binHz: number }) {
  const lag = Math.max(1, Math.round(HOLD_SECONDS * framesPerSecond));
  const bins = Math.max(2, Math.floor(HOLD_TOP_HZ / binHz));
  const ring = Array.from({ length: lag }, () => new Float64Array(bins));
  const lengths = new Float64Array(lag);
  const now = new Float64Array(bins);
  let frames = 0;
  let sum = 0;
  let count = 0;
  return {
    push({ magnitudes, isSilent }: SoundFrame): void {
      const slot = frames % lag;
      const spectrum = ring[slot]!;
      const top = Math.min(bins, magnitudes.length);
      let mean = 0;
      let dot = 0;
      for (let bin = 1; bin < top; bin += 1) {
        now[bin] = Math.log(1 + 1000 * magnitudes[bin]!);
        mean += now[bin]!;
      }
      mean /= Math.max(1, top - 1);
      let length = 0;
      for (let bin = 1; bin < top; bin += 1) {
        const value = now[bin]! - mean;
        length += value * value;
        dot += value * spectrum[bin]!;
        spectrum[bin] = value;
      }
      const product = length * lengths[slot]!;
      lengths[slot] = length;
      frames += 1;
      if (frames <= lag || isSilent || product === 0) return;
      sum += dot / Math.sqrt(product);
      count += 1;
    },
    finish: (): number | null => (count === 0 ? null : sum / count),
  };
}
