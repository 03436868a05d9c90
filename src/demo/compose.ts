/** Composing: a recipe and a seed in, a finished piece of sound out. */
import type { Pcm } from '../audio/pcm.ts';
import { startRandom } from './random.ts';
import type { Recipe, Style, StyleName } from './recipe.ts';
import { render } from './render.ts';
import { SAMPLE_RATE_HZ } from './stereo.ts';
import { arcade } from './style-arcade.ts';
import { hearth } from './style-hearth.ts';
import { kitchen } from './style-kitchen.ts';
import { laundry } from './style-laundry.ts';
import { tide } from './style-tide.ts';

const STYLES: Readonly<Record<StyleName, Style>> = { tide, arcade, hearth, laundry, kitchen };

/** The sound of `recipe`; the same seed gives the same samples. */
export function composePiece(recipe: Recipe, seed: string): Pcm {
  const score = STYLES[recipe.style](recipe, startRandom(`${seed} score`));
  const { left, right } = render(score, startRandom(`${seed} hands`));
  return { sampleRateHz: SAMPLE_RATE_HZ, channels: [left, right] };
}
