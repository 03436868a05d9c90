/**
 * Periodic waves as tables: one period summed from harmonics that stay below the limit of hearing, so that nothing
 * aliases. Input: a timbre (how loud each harmonic is) and a pitch; output: 2048 samples and one more to interpolate to.
 */
import { hertzOf } from './scale.ts';

/** Samples in one period of a table. */
export const TABLE_SIZE = 2048;
const HIGHEST_HARMONIC_HZ = 15_000;
const MOST_HARMONICS = 160;

/** How loud each harmonic of a sound is. */
export interface Timbre {
  /** Names the timbre in the cache of tables. */
  readonly name: string;
  /** Level of the n-th harmonic (from 1) that lies at `hertz`; may be negative. */
  readonly level: (harmonic: number, hertz: number) => number;
}

const SINE = Float32Array.from({ length: TABLE_SIZE }, (_, i) =>
  Math.sin((2 * Math.PI * i) / TABLE_SIZE),
);
const tables = new Map<string, Float32Array>();

/** One period of `timbre` at `pitch`, at unit power: TABLE_SIZE samples, then the first once more. */
export function wavetable(timbre: Timbre, pitch: number): Float32Array {
  const key = `${timbre.name} ${pitch}`;
  const known = tables.get(key);
  if (known) return known;
  const made = buildTable(timbre, hertzOf(pitch));
  tables.set(key, made);
  return made;
}

function buildTable(timbre: Timbre, hertz: number): Float32Array {
  const table = new Float32Array(TABLE_SIZE + 1);
  const harmonics = Math.min(MOST_HARMONICS, Math.floor(HIGHEST_HARMONIC_HZ / hertz));
  let power = 0;
  for (let n = 1; n <= Math.max(1, harmonics); n += 1) {
    const level = timbre.level(n, n * hertz);
    if (Math.abs(level) < 1e-4) continue;
    power += (level * level) / 2;
    for (let i = 0; i < TABLE_SIZE; i += 1) table[i]! += level * SINE[(i * n) % TABLE_SIZE]!;
  }
  const scale = power > 0 ? 0.5 / Math.sqrt(power) : 0;
  for (let i = 0; i < TABLE_SIZE; i += 1) table[i]! *= scale;
  table[TABLE_SIZE] = table[0]!;
  return table;
}
