/** What an instrument is asked to sound: one note in samples, and the buffer it adds itself to. */
import type { Random } from './random.ts';
import type { Stereo } from './stereo.ts';

/** One note, ready to be rendered. */
export interface Strike {
  readonly at: number;
  readonly lengthSamples: number;
  readonly pitch: number;
  readonly velocity: number;
  readonly pan: number;
  readonly random: Random;
}

/** Adds one note to `into`, its release included, and touches nothing before `strike.at`. */
export type Instrument = (strike: Strike, into: Stereo) => void;
