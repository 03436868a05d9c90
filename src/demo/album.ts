/** The nouns of the label's catalogue: an album, its pieces, and how each is written to disk. */
import type { CoverDesign } from './cover-art.ts';
import type { InstrumentName } from './instruments.ts';
import type { Recipe, StyleName } from './recipe.ts';
import type { Mode } from './scale.ts';

/** What a piece is written as. */
export type Coding = 'vorbis' | 'vorbis-high' | 'opus' | 'mp3' | 'flac' | 'wav';

/** One piece of an album. */
export interface Piece {
  readonly title: string;
  readonly coding: Coding;
  /** 0 to 100, or undefined when nobody knows. */
  readonly popularity?: number;
  readonly recipe: Recipe;
  /** Lines to read or sing along, one to each two bars of the themes. */
  readonly lyrics?: readonly string[];
}

/** One album. */
export interface Album {
  readonly artist: string;
  readonly title: string;
  readonly year: number;
  readonly genre: string;
  readonly cover: CoverDesign;
  /** Whether its files carry the cover inside, too. */
  readonly embedsCover: boolean;
  /** A companion file that lists the album's tracks. */
  readonly playlist?: 'cue' | 'm3u8';
  readonly pieces: readonly Piece[];
}

/** A recipe from one line of choices: `tonic` is a MIDI note, the harmony's halves are divided by `|`. */
export function recipe(
  style: StyleName,
  choices: readonly [tonic: number, mode: Mode, tempoBpm: number, metre: 3 | 4],
  form: string,
  harmony: string,
  lead: InstrumentName,
  manner: 0 | 1 | 2,
): Recipe {
  const [tonic, mode, tempoBpm, metre] = choices;
  const [A, B] = harmony.split(' | ') as [string, string];
  return { style, key: { tonic, mode }, tempoBpm, metre, form, harmony: { A, B }, lead, manner };
}
