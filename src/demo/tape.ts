/** An old tape machine: pitch that drifts a little, softened highs, and the dust of a record under it. */
import type { Random } from './random.ts';
import { SAMPLE_RATE_HZ, type Stereo } from './stereo.ts';

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

function addDust(level: number, into: Stereo, random: Random): void {
  let click = 0;
  let side = 0.5;
  let hiss = 0;
  for (let i = 0; i < into.left.length; i += 1) {
    const noise = random.next();
    if (noise < 0.000_12) {
      click = random.between(-1, 1) ** 3;
      side = random.next();
    }
    hiss += (noise - 0.5 - hiss) * 0.5;
    const base = hiss * 0.03;
    into.left[i]! += (base + click * side) * level;
    into.right[i]! += (base + click * (1 - side)) * level;
    click *= 0.86;
  }
}
