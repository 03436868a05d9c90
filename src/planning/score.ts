/**
 * The second score of popularity 0 and the place that popularity and score give a track in the order. Whole
 * ten-thousandths, so that no two machines can differ and a plan is sorted by counting.
 */
import type { Policy } from './policy.ts';

const UNITS = 10_000;
/** Scores above this are alike. */
const MOST_SCORE = 50_000;
/** The key of unknown popularity, after all scores. */
export const UNKNOWN_KEY = 60_000;

/** A part of the score, in ten-thousandths: the artist's popularity and followers, or the album's popularity. */
export function scoreOf(
  { score }: Policy,
  { artist = 0, followers = 0, album = 0 }: { artist?: number; followers?: number; album?: number },
): number {
  const reach = Math.log10(Math.min(followers, score.followers_cap) + 1) / score.followers_divisor;
  const sum = (artist / 100) * score.artist_weight + (album / 100) * score.album_weight + reach;
  return Math.min(MOST_SCORE, Math.round(sum * UNITS));
}

/** The key by which tracks are ordered: 0 above popularity 0, 1 and more by falling score, `UNKNOWN_KEY` for unknown (negative). */
export function popularityKey(popularity: number, score: number): number {
  if (popularity > 0) return 0;
  if (popularity < 0) return UNKNOWN_KEY;
  return 1 + MOST_SCORE - Math.min(MOST_SCORE, score);
}

/** The last key whose score is not below the cut-off of the policy. */
export function cutoffKey({ score }: Policy): number {
  return popularityKey(0, Math.round(score.cutoff * UNITS));
}
