/**
 * The score: what a composer hands to the synthesiser. Times are in beats, pitches MIDI notes, levels 0 to 1.
 */
import type { DelaySettings } from './delay.ts';
import type { InstrumentName } from './instruments.ts';
import type { ReverbSettings } from './reverb.ts';
import type { TapeSettings } from './tape.ts';

/** One sound. */
export interface Note {
  readonly beat: number;
  readonly lengthBeats: number;
  /** A MIDI note, or a piece of the drum kit (`KIT`) in a drum part. */
  readonly pitch: number;
  readonly velocity: number;
}

/** What one instrument plays, and where it stands in the room. */
export interface Part {
  readonly instrument: InstrumentName;
  readonly notes: readonly Note[];
  /** Its level while it sounds, in dB below full scale before mastering: balance is between parts. */
  readonly levelDb: number;
  /** −1 left, 0 middle, 1 right. */
  readonly pan?: number;
  /** How much of it goes to the reverb and to the echo. */
  readonly reverb?: number;
  readonly echo?: number;
  /** The largest deviation of a hand from the beat, in milliseconds. */
  readonly humanMs?: number;
}

/** A whole piece. */
export interface Score {
  readonly tempoBpm: number;
  /** Where the written music ends; what still rings is kept for `tailSeconds`. */
  readonly beats: number;
  readonly tailSeconds: number;
  /** How long the last part of the piece takes to fade away, in seconds. */
  readonly fadeOutSeconds: number;
  readonly parts: readonly Part[];
  readonly reverb: ReverbSettings;
  readonly echo?: DelaySettings;
  readonly tape?: TapeSettings;
  /** The loudness aimed at, EBU R128 integrated. */
  readonly loudnessLufs: number;
}
