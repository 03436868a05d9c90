/**
 * Plucked strings by Karplus and Strong (1983) with the tuning and picking of Jaffe and Smith (1983): noise goes round
 * a delay line as long as one period, losing a little of its highs at each turn.
 */
import { hertzOf } from './scale.ts';
import { addMono, SAMPLE_RATE_HZ } from './stereo.ts';
import type { Instrument, Strike } from './strike.ts';

/** How a string is built. */
export interface StringSettings {
  /** Time to fall by 60 dB at middle C. */
  readonly decaySeconds: number;
  /** 0 dull (nylon, a thumb) to 1 bright (steel, a pick). */
  readonly brightness: number;
  /** Where it is plucked, as a part of its length. */
  readonly pickPosition: number;
  /** Time the finger takes to stop it after the note ends; without one it rings out. */
  readonly damperSeconds?: number;
}

const LONGEST_RING_SECONDS = 5;
const MIDDLE_C_HZ = 261.63;
const scratch = new Float32Array(LONGEST_RING_SECONDS * SAMPLE_RATE_HZ);

/** An instrument of plucked strings. */
export function pluckedString(settings: StringSettings): Instrument {
  return (strike, into) => {
    const hertz = hertzOf(strike.pitch);
    const decaySeconds = settings.decaySeconds * Math.sqrt(MIDDLE_C_HZ / hertz);
    const damper = Math.round((settings.damperSeconds ?? 0) * SAMPLE_RATE_HZ);
    const ringing = Math.round(Math.min(LONGEST_RING_SECONDS, decaySeconds) * SAMPLE_RATE_HZ);
    const held = damper > 0 ? Math.min(ringing, strike.lengthSamples + damper) : ringing;
    const count = Math.min(held, into.left.length - strike.at);
    runString(settings, strike, { hertz, decaySeconds, count });
    const release = Math.min(count, damper > 0 ? damper : 2205);
    for (let i = count - release; i < count; i += 1) scratch[i]! *= (count - i) / release;
    addMono(into, scratch, { at: strike.at, count, gain: strike.velocity * 0.9, pan: strike.pan });
  };
}

function runString(
  settings: StringSettings,
  strike: Strike,
  string: { hertz: number; decaySeconds: number; count: number },
): void {
  const period = SAMPLE_RATE_HZ / string.hertz;
  // The averaging filter delays by its own share of a sample, the rest of the fraction is interpolated.
  const damping = 0.5 - 0.42 * settings.brightness;
  const length = Math.max(2, Math.floor(period - damping));
  const fraction = period - damping - length;
  const loss = 10 ** (-3 / (string.hertz * string.decaySeconds));
  const line = pluck(settings, strike, length);
  let at = 0;
  let last = 0;
  let previousRead = 0;
  let mean = 0;
  for (let i = 0; i < string.count; i += 1) {
    const read = line[at]!;
    const tuned = read + (previousRead - read) * fraction;
    previousRead = read;
    const filtered = tuned * (1 - damping) + last * damping;
    last = tuned;
    line[at] = filtered * loss;
    at = at + 1 === length ? 0 : at + 1;
    // The loop would keep a constant offset for ever; the running mean is what must not be heard.
    mean += (tuned - mean) * 0.002;
    scratch[i] = tuned - mean;
  }
}

/** One period of noise, softened for dull strings and soft strokes, with the notch of the picking place, free of offset. */
function pluck(settings: StringSettings, strike: Strike, length: number): Float32Array {
  const softness = 1 - settings.brightness * (0.4 + 0.6 * strike.velocity);
  const keep = 0.25 + 0.6 * softness;
  const noise = new Float32Array(length);
  let smooth = 0;
  for (let turn = 0; turn < 2; turn += 1) {
    for (let i = 0; i < length; i += 1) {
      const fresh = turn === 0 ? strike.random.next() * 2 - 1 : noise[i]!;
      smooth = smooth * keep + fresh * (1 - keep);
      noise[i] = smooth;
    }
  }
  const notch = Math.max(1, Math.round(length * settings.pickPosition));
  const line = noise.map((sample, i) => sample - noise[(i - notch + length) % length]! * 0.9);
  const mean = line.reduce((sum, sample) => sum + sample, 0) / length;
  const power = line.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / length;
  const scale = 0.32 / Math.sqrt(power + 1e-9);
  return line.map((sample) => (sample - mean) * scale);
}
