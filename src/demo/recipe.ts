/** What a composer is told about a piece: the few choices that make it this piece and no other. */
import type { InstrumentName } from './instruments.ts';
import type { Random } from './random.ts';
import type { Key } from './scale.ts';
import type { Score } from './score.ts';

/** A piece to be composed. */
export interface Recipe {
  readonly style: StyleName;
  readonly key: Key;
  readonly tempoBpm: number;
  /** Beats in a bar. */
  readonly metre: 3 | 4;
  /** Sections by letter, see `section.ts`. */
  readonly form: string;
  readonly harmony: { readonly A: string; readonly B: string };
  /** Who plays the melody. */
  readonly lead: InstrumentName;
  /** One of a few ways a style can be played, 0 to 2. */
  readonly manner: 0 | 1 | 2;
}

/** The names of the styles. */
export type StyleName = 'tide' | 'arcade' | 'hearth' | 'laundry' | 'kitchen';

/** Writes a score to a recipe. */
export type Style = (recipe: Recipe, random: Random) => Score;
