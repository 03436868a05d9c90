/** Tracks of a generated catalogue, drawn evenly, as the bench asks for them again. */

import { generateLines } from '../generating/generate-lines.ts';
import type { GeneratedCatalogue } from '../generating/generated-columns.ts';
import { BLOCK_TRACKS } from '../generating/shape.ts';

/** What the bench knows of a track. */
export interface SampledTrack {
  /** As in the generated files, without the namespace. */
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly isrc: string | null;
  readonly popularity: number;
  /** `YYYY`. */
  readonly year: string;
}

/** Blocks that are looked into; making one takes as long as four thousand tracks. */
const MOST_BLOCKS = 200;

/** About `count` tracks, in the order of their numbers. The same ones each time; a small catalogue gives all it has. */
export function sampleTracks(catalogue: GeneratedCatalogue, count: number): SampledTrack[] {
  const blocks = Math.ceil(catalogue.rows / BLOCK_TRACKS);
  const taken = Math.min(blocks, MOST_BLOCKS);
  const perBlock = Math.ceil(count / taken);
  const found: SampledTrack[] = [];
  for (let at = 0; at < taken; at += 1) {
    const first = Math.floor((at * blocks) / taken) * BLOCK_TRACKS;
    const tracks = linesOf(catalogue, first);
    const step = Math.max(1, Math.floor(tracks.length / perBlock));
    for (let track = at % step; track < tracks.length; track += step)
      found.push(sampled(JSON.parse(tracks[track]!) as GeneratedLine));
  }
  return found;
}

interface GeneratedLine {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly isrc?: readonly string[];
  readonly popularity: number;
  readonly date: string;
}

function linesOf(catalogue: GeneratedCatalogue, first: number): string[] {
  const range = { from: first, to: first + BLOCK_TRACKS };
  const text = Buffer.concat([...generateLines(catalogue, 'tracks', range)]).toString('utf8');
  return text.split('\n').slice(0, -1);
}

function sampled({
  id,
  title,
  artist,
  album,
  isrc,
  popularity,
  date,
}: GeneratedLine): SampledTrack {
  return { id, title, artist, album, isrc: isrc?.[0] ?? null, popularity, year: date.slice(0, 4) };
}
