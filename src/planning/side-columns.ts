/** The columns of artists and albums by rank that a plan of tracks needs: their part of the score, their place, and whether a filter takes them. */
import { albumsSql, artistsSql, checkOrder, type PlanSource } from './plan-input.ts';
import type { Policy } from './policy.ts';
import { readRows } from './read-rows.ts';
import { scoreOf } from './score.ts';

/** Artists by rank: score in ten-thousandths, place as two letters in 16 bits, whether the filter takes them (and a track without an artist). */
export async function readArtists(source: PlanSource, policy: Policy) {
  const { artists: count } = source.rows;
  const scores = new Uint16Array(count);
  const places = new Uint16Array(count);
  const taken = new Uint8Array(count);
  let rank = 0;
  await readRows(source.tables.lines(artistsSql(source, policy)), 4, (numbers, text) => {
    checkOrder(numbers[0]!, rank);
    scores[rank] = scoreOf(policy, { artist: numbers[1]!, followers: numbers[2]! });
    taken[rank] = numbers[3]!;
    if (text.to - text.from === 2)
      places[rank] = text.buffer[text.from]! * 256 + text.buffer[text.from + 1]!;
    rank += 1;
  });
  const { place, genre } = policy.filter;
  return { scores, places, taken, takesUnknown: place.length + genre.length === 0 };
}

/** Albums by rank: score in ten-thousandths, and whether the filter takes them (and a track without an album). */
export async function readAlbums(source: PlanSource, policy: Policy) {
  const scores = new Uint16Array(source.rows.albums);
  const taken = new Uint8Array(source.rows.albums);
  let rank = 0;
  await readRows(source.tables.lines(albumsSql(source, policy)), 3, (numbers) => {
    checkOrder(numbers[0]!, rank);
    scores[rank] = scoreOf(policy, { album: numbers[1]! });
    taken[rank] = numbers[2]!;
    rank += 1;
  });
  return { scores, taken, takesUnknown: policy.filter.label.length === 0 };
}
