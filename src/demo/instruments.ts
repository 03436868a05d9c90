/** The demo's orchestra: every instrument by name, as settings of the few ways of making sound. */
import { drumKit } from './drum.ts';
import { electricPiano } from './electric-piano.ts';
import { pluckedString } from './plucked-string.ts';
import { shore } from './shore.ts';
import type { Instrument } from './strike.ts';
import { type BodyMode, struckBody } from './struck-body.ts';
import { sustained } from './sustained.ts';

/** A piano string's modes: slightly sharp of the harmonics (stiffness), the low ones doubled so that they beat. */
function pianoModes(): BodyMode[] {
  const modes: BodyMode[] = [];
  for (let n = 1; n <= 14; n += 1) {
    const ratio = n * Math.sqrt(1 + 0.00035 * n * n);
    const level = (0.36 / n ** 1.25) * (n % 7 === 0 ? 0.3 : 1);
    const decaySeconds = 5.2 / (1 + 0.32 * (n - 1));
    modes.push({ ratio, level, decaySeconds });
    if (n <= 3)
      modes.push({ ratio: ratio * 1.0009, level: level * 0.6, decaySeconds: decaySeconds * 1.3 });
  }
  // The hammer's knock.
  modes.push(
    { ratio: 0.73, level: 0.05, decaySeconds: 0.07 },
    { ratio: 3.4, level: 0.05, decaySeconds: 0.05 },
  );
  return modes;
}

function modes(
  ...rows: readonly (readonly [ratio: number, level: number, decaySeconds: number])[]
): BodyMode[] {
  return rows.map(([ratio, level, decaySeconds]) => ({ ratio, level, decaySeconds }));
}

/** Every instrument. Levels are such that a note at full velocity peaks at about 0.5. */
export const INSTRUMENTS = {
  pad: sustained({
    timbre: 'warmSaw',
    bright: { timbre: 'brightSaw', amount: 0.55, hertz: 0.11 },
    detuneCents: [-6, 6],
    spread: 0.7,
    envelope: { attackSeconds: 1.3, decaySeconds: 4, sustain: 0.8, releaseSeconds: 2.6 },
  }),
  choir: sustained({
    timbre: 'choirOoh',
    bright: { timbre: 'choirAh', amount: 0.9, hertz: 0.09 },
    detuneCents: [-6, 5],
    spread: 0.6,
    envelope: { attackSeconds: 0.9, decaySeconds: 4, sustain: 0.85, releaseSeconds: 1.8 },
    vibrato: { hertz: 4.6, cents: 9, delaySeconds: 0.5 },
    breath: 0.05,
  }),
  bowed: sustained({
    timbre: 'bowed',
    detuneCents: [-4, 4],
    spread: 0.3,
    envelope: { attackSeconds: 0.22, decaySeconds: 3, sustain: 0.8, releaseSeconds: 0.5 },
    vibrato: { hertz: 5.2, cents: 14, delaySeconds: 0.3 },
    breath: 0.03,
  }),
  whistle: sustained({
    timbre: 'whistle',
    detuneCents: [0],
    spread: 0,
    envelope: { attackSeconds: 0.05, decaySeconds: 0.3, sustain: 0.85, releaseSeconds: 0.14 },
    vibrato: { hertz: 5.4, cents: 16, delaySeconds: 0.22 },
    breath: 0.5,
  }),
  reed: sustained({
    timbre: 'reed',
    detuneCents: [-5, 6],
    spread: 0.35,
    envelope: { attackSeconds: 0.06, decaySeconds: 1, sustain: 0.85, releaseSeconds: 0.18 },
  }),
  subBass: sustained({
    timbre: 'softBass',
    detuneCents: [0],
    spread: 0,
    envelope: { attackSeconds: 0.25, decaySeconds: 3, sustain: 0.8, releaseSeconds: 1 },
  }),
  roundBass: sustained({
    timbre: 'softBass',
    detuneCents: [0],
    spread: 0,
    envelope: { attackSeconds: 0.012, decaySeconds: 0.5, sustain: 0.55, releaseSeconds: 0.12 },
  }),
  chipBass: sustained({
    timbre: 'triangle',
    detuneCents: [0],
    spread: 0,
    envelope: { attackSeconds: 0.003, decaySeconds: 0.25, sustain: 0.7, releaseSeconds: 0.04 },
  }),
  chipLead: sustained({
    timbre: 'pulseQuarter',
    bright: { timbre: 'pulseHalf', amount: 0.6, hertz: 0.4 },
    detuneCents: [0],
    spread: 0,
    envelope: { attackSeconds: 0.004, decaySeconds: 0.25, sustain: 0.6, releaseSeconds: 0.09 },
    vibrato: { hertz: 6, cents: 18, delaySeconds: 0.2 },
  }),
  chipPair: sustained({
    timbre: 'pulseHalf',
    detuneCents: [-4, 4],
    spread: 0.7,
    envelope: { attackSeconds: 0.004, decaySeconds: 0.2, sustain: 0.5, releaseSeconds: 0.08 },
  }),
  chipArp: sustained({
    timbre: 'pulseEighth',
    detuneCents: [0],
    spread: 0,
    envelope: { attackSeconds: 0.002, decaySeconds: 0.07, sustain: 0.25, releaseSeconds: 0.06 },
  }),
  piano: struckBody({
    modes: pianoModes(),
    touch: 0.7,
    shortening: 0.55,
    damperSeconds: 0.35,
    spread: 0.35,
  }),
  feltPiano: struckBody({
    modes: pianoModes().filter((mode) => mode.ratio < 7),
    touch: 1.3,
    shortening: 0.55,
    damperSeconds: 0.5,
    spread: 0.3,
  }),
  glass: struckBody({
    modes: modes([1, 0.34, 3.4], [2.76, 0.13, 1.8], [5.4, 0.06, 0.9], [8.93, 0.025, 0.4]),
    touch: 0.6,
    shortening: 0.35,
    spread: 0.5,
  }),
  kalimba: struckBody({
    modes: modes([1, 0.42, 1.7], [2.01, 0.05, 0.7], [5.9, 0.07, 0.16], [9.2, 0.03, 0.08]),
    touch: 0.8,
    shortening: 0.4,
    spread: 0.4,
  }),
  vibraphone: struckBody({
    modes: modes([1, 0.4, 3.6], [3.98, 0.09, 1.1], [9.6, 0.02, 0.3]),
    touch: 0.6,
    shortening: 0.3,
    damperSeconds: 0.8,
    spread: 0.3,
  }),
  bell: struckBody({
    modes: modes(
      [0.5, 0.1, 5],
      [1, 0.26, 4.2],
      [1.19, 0.08, 3],
      [1.5, 0.05, 2.4],
      [2, 0.14, 2.2],
      [2.66, 0.06, 1.2],
      [4.1, 0.03, 0.7],
    ),
    touch: 0.5,
    shortening: 0.3,
    spread: 0.4,
  }),
  electricPiano,
  nylon: pluckedString({ decaySeconds: 2.6, brightness: 0.34, pickPosition: 0.28 }),
  steel: pluckedString({ decaySeconds: 3.4, brightness: 0.52, pickPosition: 0.19 }),
  mandolin: pluckedString({ decaySeconds: 1.8, brightness: 0.6, pickPosition: 0.13 }),
  harp: pluckedString({ decaySeconds: 3.6, brightness: 0.42, pickPosition: 0.45 }),
  stringBass: pluckedString({
    decaySeconds: 1.6,
    brightness: 0.16,
    pickPosition: 0.4,
    damperSeconds: 0.12,
  }),
  chipKit: drumKit({ kickSeconds: 0.19, noiseTopHz: 9500 }),
  roomKit: drumKit({ kickSeconds: 0.3, noiseTopHz: 4800 }),
  shore,
} as const satisfies Record<string, Instrument>;

/** The name of an instrument. */
export type InstrumentName = keyof typeof INSTRUMENTS;
