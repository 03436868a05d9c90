/** An old tape machine: pitch that drifts a little, softened highs, and the dust of a record under it. */
import type { Random } from './random.ts';
import { SAMPLE_RATE_HZ, type Stereo } from './stereo.ts';

/** Long enough that its return is not heard as a rhythm. */
const HISS_SAMPLES = 100_003;
const SPECK_SAMPLES = 40;

/** A tape machine's faults. */
export interface TapeSettings {
  /** Largest drift of the tape in milliseconds. */
  readonly wowMs: number;
  /** Where the highs begin to fall, in Hz. */
  readonly topHz: number;
  /** Level of hiss and crackle. */
  readonly dust: number;
}

/** `mix` as the machine plays it back, of the same length. */
export function throughTape(settings: TapeSettings, mix: Stereo, random: Random): Stereo {
  const depth = (settings.wowMs * SAMPLE_RATE_HZ) / 1000;
  const pass = 1 - Math.exp((-2 * Math.PI * settings.topHz) / SAMPLE_RATE_HZ);
  const drift = driftOf(mix.left.length, depth);
  const play = (input: Float32Array): Float32Array => {
    const output = new Float32Array(input.length);
    let smooth = 0;
    for (let i = 0; i < input.length; i += 1) {
      const place = Math.max(0, i - drift[i]!);
      const k = place | 0;
      const here = input[k]!;
      smooth += (here + ((input[k + 1] ?? here) - here) * (place - k) - smooth) * pass;
      output[i] = smooth;
    }
    return output;
  };
  const played = { left: play(mix.left), right: play(mix.right) };
  addDust(settings.dust, played, random);
  return played;
}

/** How late the tape is at each sample: a slow turn of the reel and a quicker one of the capstan. */
function driftOf(length: number, depth: number): Float32Array {
  const drift = new Float32Array(length);
  for (let i = 0; i < length; i += 1) {
    const seconds = i / SAMPLE_RATE_HZ;
    const slow = Math.sin(2 * Math.PI * 0.55 * seconds);
    const quick = Math.sin(2 * Math.PI * 2.7 * seconds + 1);
    drift[i] = depth * (1 + 0.8 * slow + 0.12 * quick);
  }
  return drift;
}

/** Hiss from a stretch of noise gone round and round, and specks that click now and then on one side or the other. */
function addDust(level: number, into: Stereo, random: Random): void {
  const hiss = new Float32Array(HISS_SAMPLES);
  let smooth = 0;
  for (let i = 0; i < HISS_SAMPLES; i += 1) {
    smooth += (random.next() - 0.5 - smooth) * 0.5;
    hiss[i] = smooth * 0.03 * level;
  }
  const { length } = into.left;
  for (let i = 0; i < length; i += 1) {
    into.left[i]! += hiss[i % HISS_SAMPLES]!;
    into.right[i]! += hiss[(i + 30_011) % HISS_SAMPLES]!;
  }
  const gap = () => Math.round(random.between(0.02, 0.4) * SAMPLE_RATE_HZ);
  for (let at = gap(); at < length - SPECK_SAMPLES; at += gap()) {
    const speck = random.between(-1, 1) ** 3 * level;
    const side = random.next();
    for (let i = 0; i < SPECK_SAMPLES; i += 1) {
      const sample = speck * 0.86 ** i;
      into.left[at + i]! += sample * side;
      into.right[at + i]! += sample * (1 - side);
    }
  }
}
