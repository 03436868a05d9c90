/**
 * Instruments that hold a note: pads, voices, pulse leads, whistles, basses. Several detuned readers run through a
 * wavetable, spread over the stereo field; a second, brighter table is blended in and out slowly, which sounds like a
 * filter opening and costs one addition.
 */
import { type Envelope, shapeEnvelope } from './envelope.ts';
import { TABLE_SIZE, wavetable } from './oscillator.ts';
import { hertzOf } from './scale.ts';
import { panGains, SAMPLE_RATE_HZ, type Stereo } from './stereo.ts';
import type { Instrument, Strike } from './strike.ts';
import { TIMBRES, type TimbreName } from './timbre.ts';

/** How a sustained instrument is built. */
export interface SustainedSettings {
  readonly timbre: TimbreName;
  /** The table blended in, how much of it at most, and how often it comes and goes. */
  readonly bright?: {
    readonly timbre: TimbreName;
    readonly amount: number;
    readonly hertz: number;
  };
  readonly detuneCents: readonly number[];
  /** Distance of the outermost readers from the part's place, 0 to 1. */
  readonly spread: number;
  readonly envelope: Envelope;
  readonly vibrato?: {
    readonly hertz: number;
    readonly cents: number;
    readonly delaySeconds: number;
  };
  /** Level of breath noise. */
  readonly breath?: number;
}

/** Samples over which vibrato and brightness stand still: 0.7 ms, far below what is heard. */
const BLOCK = 32;

/** An instrument that plays held notes. */
export function sustained(settings: SustainedSettings): Instrument {
  // The notes of a chord share one envelope.
  let held = -1;
  let level: Float32Array = new Float32Array(0);
  return (strike, into) => {
    if (held !== strike.lengthSamples)
      level = shapeEnvelope(settings.envelope, strike.lengthSamples);
    held = strike.lengthSamples;
    const readers = settings.detuneCents.length;
    settings.detuneCents.forEach((cents, index) => {
      const side = readers === 1 ? 0 : (2 * index) / (readers - 1) - 1;
      const pan = strike.pan + side * settings.spread;
      playReader(settings, strike, into, {
        level,
        cents,
        pan,
        gain: strike.velocity / Math.sqrt(readers),
      });
    });
    if (settings.breath) addBreath(settings.breath, strike, into, level);
  };
}

function playReader(
  settings: SustainedSettings,
  strike: Strike,
  into: Stereo,
  reader: { level: Float32Array; cents: number; pan: number; gain: number },
): void {
  const dark = wavetable(TIMBRES[settings.timbre], strike.pitch);
  const bright = settings.bright ? wavetable(TIMBRES[settings.bright.timbre], strike.pitch) : dark;
  const gains = panGains(reader.pan);
  const left = gains.left * reader.gain;
  const right = gains.right * reader.gain;
  const { level } = reader;
  const step = (hertzOf(strike.pitch) * 2 ** (reader.cents / 1200) * TABLE_SIZE) / SAMPLE_RATE_HZ;
  const sweepStart = strike.random.next() * 2 * Math.PI;
  let phase = settings.detuneCents.length > 1 ? strike.random.next() * TABLE_SIZE : 0;
  const end = Math.min(level.length, into.left.length - strike.at);
  for (let from = 0; from < end; from += BLOCK) {
    const seconds = from / SAMPLE_RATE_HZ;
    const increment = step * vibratoFactor(settings, seconds);
    const blend = settings.bright
      ? settings.bright.amount *
        (0.5 + 0.5 * Math.sin(sweepStart + 2 * Math.PI * settings.bright.hertz * seconds))
      : 0;
    const to = Math.min(end, from + BLOCK);
    for (let i = from; i < to; i += 1) {
      const k = phase | 0;
      const part = phase - k;
      const low = dark[k]! + (dark[k + 1]! - dark[k]!) * part;
      const high = bright[k]! + (bright[k + 1]! - bright[k]!) * part;
      const sample = (low + (high - low) * blend) * level[i]!;
      into.left[strike.at + i]! += sample * left;
      into.right[strike.at + i]! += sample * right;
      phase += increment;
      if (phase >= TABLE_SIZE) phase -= TABLE_SIZE;
    }
  }
}

function vibratoFactor(settings: SustainedSettings, seconds: number): number {
  const { vibrato } = settings;
  if (!vibrato || seconds < vibrato.delaySeconds) return 1;
  // The swing grows over 0.4 s, as a player's does.
  const depth = Math.min(1, (seconds - vibrato.delaySeconds) / 0.4) * vibrato.cents;
  return 2 ** ((depth * Math.sin(2 * Math.PI * vibrato.hertz * seconds)) / 1200);
}

/** Noise narrowed to the pitch by a two-pole resonance: air past an edge. */
function addBreath(amount: number, strike: Strike, into: Stereo, level: Float32Array): void {
  const gains = panGains(strike.pan);
  const radius = 0.985;
  const turn = 2 * radius * Math.cos((2 * Math.PI * hertzOf(strike.pitch)) / SAMPLE_RATE_HZ);
  const gain = amount * strike.velocity * (1 - radius) * 4;
  let before = 0;
  let twoBefore = 0;
  const end = Math.min(level.length, into.left.length - strike.at);
  for (let i = 0; i < end; i += 1) {
    const now = strike.random.next() - 0.5 + turn * before - radius * radius * twoBefore;
    twoBefore = before;
    before = now;
    into.left[strike.at + i]! += now * level[i]! * gain * gains.left;
    into.right[strike.at + i]! += now * level[i]! * gain * gains.right;
  }
}
