/**
 * A tine piano by frequency modulation (Chowning, 1973): a warm pair at 1:1 whose brightness dies away, and a faint
 * high tine. Output sways slowly between the channels.
 */
import { hertzOf } from './scale.ts';
import { SAMPLE_RATE_HZ } from './stereo.ts';
import type { Instrument } from './strike.ts';

const DECAY_SECONDS = 1.9;
const RELEASE_SECONDS = 0.28;
const SWAY_HZ = 0.9;
const SWAY_DEPTH = 0.22;
const SIZE = 4096;
const SINE = Float32Array.from({ length: SIZE }, (_, i) => Math.sin((2 * Math.PI * i) / SIZE));

/** The tine piano. */
export const electricPiano: Instrument = (strike, into) => {
  const hertz = hertzOf(strike.pitch);
  const release = Math.round(RELEASE_SECONDS * SAMPLE_RATE_HZ);
  const count = Math.min(strike.lengthSamples + release, into.left.length - strike.at);
  const turns = (hertz * SIZE) / SAMPLE_RATE_HZ;
  const decay = Math.exp(-1 / (DECAY_SECONDS * SAMPLE_RATE_HZ * (261 / hertz) ** 0.4));
  const tineDecay = Math.exp(-1 / (0.16 * SAMPLE_RATE_HZ));
  const indexDecay = Math.exp(-1 / (0.55 * SAMPLE_RATE_HZ));
  let level = strike.velocity * 0.42;
  let tine = 0.1 * strike.velocity ** 2;
  let index = (0.35 + 1.1 * strike.velocity ** 2) * (SIZE / (2 * Math.PI));
  let phase = 0;
  for (let i = 0; i < count; i += 1) {
    const modulator = SINE[(phase * 1.0007) & (SIZE - 1)]!;
    const body = SINE[(phase + modulator * index + SIZE * 4) & (SIZE - 1)]!;
    const ping = SINE[(phase * 7) & (SIZE - 1)]!;
    const attack = i < 90 ? i / 90 : 1;
    const left = i < strike.lengthSamples ? 1 : (count - i) / release;
    const sample = (body * level + ping * tine) * attack * left * left;
    const sway = SINE[((strike.at + i) * SWAY_HZ * (SIZE / SAMPLE_RATE_HZ)) & (SIZE - 1)]!;
    into.left[strike.at + i]! += sample * (0.7 + SWAY_DEPTH * sway - strike.pan * 0.3);
    into.right[strike.at + i]! += sample * (0.7 - SWAY_DEPTH * sway + strike.pan * 0.3);
    level *= decay;
    tine *= tineDecay;
    index *= indexDecay;
    phase += turns;
  }
};
