/**
 * Struck bodies: pianos, bells, kalimbas, vibraphones as a sum of decaying sine modes (modal synthesis). Each mode is
 * the two-term recurrence y[n] = 2r·cos(w)·y[n−1] − r²·y[n−2], which starts from zero and so never clicks.
 */
import { hertzOf } from './scale.ts';
import { addMono, SAMPLE_RATE_HZ } from './stereo.ts';
import type { Instrument } from './strike.ts';

/** One mode of a body. */
export interface BodyMode {
  /** Frequency over that of the note. */
  readonly ratio: number;
  readonly level: number;
  /** Time to fall by 60 dB at middle C. */
  readonly decaySeconds: number;
}

/** How a struck body is built. */
export interface BodySettings {
  readonly modes: readonly BodyMode[];
  /** How much softer strokes lose their upper modes: 0 not at all, 1 strongly. */
  readonly touch: number;
  /** How fast higher notes die away: the decay time falls by this power of the frequency. */
  readonly shortening: number;
  /** Time a damper takes after the note ends; without one the body rings out. */
  readonly damperSeconds?: number;
  /** Distance of the lowest from the highest notes in the stereo field, 0 to 1. */
  readonly spread?: number;
}

const MIDDLE_C_HZ = 261.63;
const HIGHEST_MODE_HZ = 14_000;
/** Where a mode is given up: 66 dB below its start. */
const SILENT_AFTER_DECAYS = 1.1;
const LONGEST_RING_SECONDS = 7;
const scratch = new Float32Array(LONGEST_RING_SECONDS * SAMPLE_RATE_HZ);

/** An instrument that is struck and rings. */
export function struckBody(settings: BodySettings): Instrument {
  return (strike, into) => {
    const hertz = hertzOf(strike.pitch);
    const room = Math.min(scratch.length, into.left.length - strike.at);
    const damper = Math.round((settings.damperSeconds ?? 0) * SAMPLE_RATE_HZ);
    const limit = damper > 0 ? Math.min(room, strike.lengthSamples + damper) : room;
    const shortening = (MIDDLE_C_HZ / hertz) ** settings.shortening;
    let count = 0;
    scratch.fill(0, 0, limit);
    for (const mode of settings.modes) {
      const modeHertz = hertz * mode.ratio;
      if (modeHertz > HIGHEST_MODE_HZ) continue;
      const level =
        mode.level * strike.velocity ** (1 + settings.touch * Math.log2(1 + mode.ratio) * 0.5);
      const decay = mode.decaySeconds * shortening;
      const samples = Math.min(limit, Math.round(decay * SILENT_AFTER_DECAYS * SAMPLE_RATE_HZ));
      ring(modeHertz, level, decay, samples);
      count = Math.max(count, samples);
    }
    fadeTail(count, damper > 0 ? Math.min(count, strike.lengthSamples) : count);
    const pan = strike.pan + ((strike.pitch - 64) / 30) * (settings.spread ?? 0);
    addMono(into, scratch, { at: strike.at, count, gain: 1, pan });
  };
}

function ring(hertz: number, level: number, decaySeconds: number, samples: number): void {
  const angle = (2 * Math.PI * hertz) / SAMPLE_RATE_HZ;
  const radius = Math.exp(-6.9078 / (decaySeconds * SAMPLE_RATE_HZ));
  const turn = 2 * radius * Math.cos(angle);
  const loss = radius * radius;
  let twoBefore = 0;
  let before = level * radius * Math.sin(angle);
  for (let i = 1; i < samples; i += 1) {
    scratch[i]! += before;
    const now = turn * before - loss * twoBefore;
    twoBefore = before;
    before = now;
  }
}

/** Lets the scratch buffer fall to zero from `from` to `count`, or over the last 20 ms when the body rings out. */
function fadeTail(count: number, from: number): void {
  const start = from < count ? from : Math.max(0, count - 882);
  const length = count - start;
  for (let i = start; i < count; i += 1) {
    const left = (count - i) / length;
    scratch[i]! *= left * left;
  }
}
