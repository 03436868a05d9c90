/**
 * The generated catalogue as JSON lines: the same rows for the same seed and revision, each following from its number
 * alone, so that any stretch can be made without what is before it. Shape: docs/formats/generated-catalogue.md.
 */
import { putAlbumLine, putArtistLine, putRedirectLines } from './album-lines.ts';
import { type Block, makeBlock } from './block.ts';
import { type ByteLine, byteLine, written } from './byte-line.ts';
import { type Draws, makeDraws } from './draws.ts';
import type { GeneratedCatalogue, GeneratedKind } from './generated-columns.ts';
import { BLOCK_ALBUMS, BLOCK_ARTISTS, BLOCK_TRACKS } from './shape.ts';
import { putTrackLine } from './track-lines.ts';

/** Bytes of lines in a chunk; a line has at most `MAX_LINE_BYTES`. */
const CHUNK_BYTES = 256 * 1024;
const MAX_LINE_BYTES = 32 * 1024;

/** A stretch of tracks by number, `to` not included. */
export interface TrackRange {
  readonly from: number;
  readonly to: number;
}

/** A stretch of things inside a block, and what appends the line of one. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly put: (line: ByteLine, at: number) => void;
}

/**
 * The lines of one kind that belong to `tracks`, in chunks of whole lines: the tracks themselves, the albums whose first
 * track is among them, the artists of the blocks that begin among them, the redirects of the tracks. Stretches that
 * cover all tracks once give each line once.
 */
export function* generateLines(
  catalogue: GeneratedCatalogue,
  kind: GeneratedKind,
  tracks: TrackRange,
): Generator<Uint8Array> {
  const draws = makeDraws(catalogue.seed);
  const line = byteLine(CHUNK_BYTES + MAX_LINE_BYTES);
  const end = Math.min(tracks.to, catalogue.rows);
  for (let start = tracks.from; start < end; ) {
    const number = Math.floor(start / BLOCK_TRACKS);
    const first = number * BLOCK_TRACKS;
    const inBlock = { from: start - first, to: Math.min(end - first, BLOCK_TRACKS) };
    const { from, to, put } = stretchOf(catalogue, kind, number, inBlock, draws);
    for (let at = from; at < to; at += 1) {
      put(line, at);
      if (line.at < CHUNK_BYTES) continue;
      yield written(line);
      line.at = 0;
    }
    start = first + inBlock.to;
  }
  if (line.at > 0) yield written(line);
}

function stretchOf(
  catalogue: GeneratedCatalogue,
  kind: GeneratedKind,
  number: number,
  tracks: TrackRange,
  draws: Draws,
): Stretch {
  const drawing = { draws, catalogue };
  const first = number * BLOCK_TRACKS;
  if (kind === 'redirects')
    return { ...tracks, put: (line, at) => putRedirectLines(line, first + at, drawing) };
  const block = blockOf(catalogue.seed, number, draws);
  if (kind === 'tracks')
    return { ...tracks, put: (line, at) => putTrackLine(line, block, at, drawing) };
  if (kind === 'albums')
    return {
      from: albumFrom(block, tracks.from),
      to: albumFrom(block, tracks.to),
      put: (line, at) => putAlbumLine(line, block, at, drawing),
    };
  return {
    from: 0,
    to: tracks.from === 0 ? BLOCK_ARTISTS : 0,
    put: (line, at) => putArtistLine(line, block, at, draws),
  };
}

/** The block made last: its tracks, albums and artists are asked for one after another. */
let last: { readonly seed: number; readonly block: Block } | undefined;

function blockOf(seed: number, number: number, draws: Draws): Block {
  if (last?.seed !== seed || last.block.number !== number)
    last = { seed, block: makeBlock(number, draws) };
  return last.block;
}

/** The first album of the block that begins at `track` or behind it. */
function albumFrom(block: Block, track: number): number {
  let album = 0;
  while (album < BLOCK_ALBUMS && block.firstTracks[album]! < track) album += 1;
  return album;
}
