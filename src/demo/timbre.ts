/** The timbres of the demo's sustained instruments: for each, how loud its harmonics are. */
import type { Timbre } from './oscillator.ts';

/** A pulse wave that is high for the given part of its period. */
function pulse(width: number): Timbre {
  return {
    name: `pulse ${width}`,
    level: (n, hertz) => (Math.sin(Math.PI * n * width) / n) * rollOff(hertz, 7000),
  };
}

/** A voice singing an open vowel: a sawtooth through the resonances of a mouth (centre and width in Hz). */
function vowel(name: string, formants: readonly (readonly [number, number, number])[]): Timbre {
  return {
    name,
    level: (n, hertz) => {
      let gain = 0.05 * rollOff(hertz, 1200);
      for (const [centre, width, level] of formants)
        gain += level * Math.exp(-(((hertz - centre) / width) ** 2));
      return gain / n ** 0.6;
    },
  };
}

/** A gentle first-order fall above `corner` Hz. */
function rollOff(hertz: number, corner: number): number {
  return 1 / (1 + (hertz / corner) ** 2);
}

/** Every timbre by name. */
export const TIMBRES = {
  sine: { name: 'sine', level: (n) => (n === 1 ? 1 : 0) },
  softBass: { name: 'softBass', level: (n) => [1, 0.32, 0.12, 0.04][n - 1] ?? 0 },
  triangle: {
    name: 'triangle',
    level: (n) => (n % 2 === 1 ? (n % 4 === 1 ? 1 : -1) / (n * n) : 0),
  },
  warmSaw: { name: 'warmSaw', level: (n, hertz) => rollOff(hertz, 520) / n },
  brightSaw: { name: 'brightSaw', level: (n, hertz) => rollOff(hertz, 2100) / n ** 1.1 },
  pulseHalf: pulse(0.5),
  pulseQuarter: pulse(0.25),
  pulseEighth: pulse(0.125),
  reed: {
    name: 'reed',
    level: (n, hertz) => (rollOff(hertz, 1900) * (n % 2 === 1 ? 1 : 0.55)) / n ** 0.8,
  },
  whistle: { name: 'whistle', level: (n) => [1, 0.16, 0.07, 0.02][n - 1] ?? 0 },
  bowed: {
    name: 'bowed',
    level: (n, hertz) => (rollOff(hertz, 1500) * (1 + 0.5 * Math.cos(n * 1.9))) / n,
  },
  choirAh: vowel('choirAh', [
    [650, 130, 1],
    [1080, 140, 0.5],
    [2650, 260, 0.1],
  ]),
  choirOoh: vowel('choirOoh', [
    [340, 110, 1],
    [870, 130, 0.25],
    [2250, 240, 0.04],
  ]),
} as const satisfies Record<string, Timbre>;

/** The name of a timbre. */
export type TimbreName = keyof typeof TIMBRES;
