/**
 * A block of the generated catalogue: 250 artists, 949 albums and 4,148 tracks that belong together. Everything in it
 * follows from its number; artists of earlier blocks come in as guests alone.
 */
import { type ByteLine, byteLine, put, putDigits, written } from './byte-line.ts';
import { DRAWS, type Draws } from './draws.ts';
import {
  BLOCK_ALBUMS,
  BLOCK_ARTISTS,
  BLOCK_TRACKS,
  ISRC_SHARE,
  REPEATED_ISRC_SHARE,
  TRACK_COUNTS,
  YEARS,
} from './shape.ts';
import { putArtistName, putLabel, putTitle } from './titles.ts';

/** What is decided for a block before its rows are written. Numbers inside it count from its own first track or album. */
export interface Block {
  readonly number: number;
  readonly artistNames: readonly Uint8Array[];
  readonly artistTongues: Uint8Array;
  /** Of each artist, a number from 0 to 1 that its popularity follows from. */
  readonly artistUnits: Float64Array;
  readonly albumArtists: Uint16Array;
  readonly albumUnits: Float64Array;
  readonly albumYears: Uint16Array;
  /** The first track of each album and, last, the end of the block. */
  readonly firstTracks: Uint16Array;
  readonly isCompilation: Uint8Array;
  readonly albumTitles: readonly Uint8Array[];
  readonly albumLabels: readonly Uint8Array[];
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  readonly albumDates: readonly Uint8Array[];
  readonly albumOf: Uint16Array;
  /** 0 without an ISRC, 1 with one of its own, 2 with that of an earlier track. */
  readonly isrcs: Uint8Array;
  /** The track whose recording each track is: itself, or the earlier one that the ISRC is of. */
  readonly recordings: Uint16Array;
  /** Of each track, the artist in this block. */
  readonly mainArtists: Uint16Array;
}

const scratch: ByteLine = byteLine(8192);
/** Recordings of a block that many tracks repeat, the first ones up to twenty times, and how far apart they are. */
const MUCH_REPEATED = 20;
const REPEATED_GAP = Math.floor(BLOCK_TRACKS / MUCH_REPEATED);
/** How far a track's chance may lie from that of its album, and an album's from its artist's. */
const NEARNESS = 0.06;

/** The block with this number. */
export function makeBlock(number: number, draws: Draws): Block {
  const artists = makeArtists(number, draws);
  const layout = layOutAlbums(number, draws);
  const tracks = layOutTracks(number, layout, draws);
  return {
    number,
    ...artists,
    ...layout,
    ...tracks,
    ...describeAlbums({ number, ...artists, ...layout, ...tracks }, draws),
  };
}

/** `unit` moved a little, from 0 to 1 as evenly as before. */
export function nearby(unit: number, draws: Draws): number {
  const moved = unit + (draws.unit() - 0.5) * NEARNESS;
  return moved - Math.floor(moved);
}

function makeArtists(number: number, draws: Draws) {
  const artistTongues = new Uint8Array(BLOCK_ARTISTS);
  const artistUnits = new Float64Array(BLOCK_ARTISTS);
  const artistNames = Array.from({ length: BLOCK_ARTISTS }, (_, at) => {
    scratch.at = 0;
    artistTongues[at] = putArtistName(scratch, draws, number * BLOCK_ARTISTS + at);
    artistUnits[at] = draws.unit();
    return written(scratch);
  });
  return { artistNames, artistTongues, artistUnits };
}

/** Which artist each album is of, and where its tracks begin. */
function layOutAlbums(number: number, draws: Draws) {
  draws.start(DRAWS.block, number);
  const order = Uint16Array.from({ length: BLOCK_ALBUMS }, (_, at) => at);
  for (let at = BLOCK_ALBUMS - 1; at > 0; at -= 1) {
    const other = draws.below(at + 1);
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  const firstTracks = new Uint16Array(BLOCK_ALBUMS + 1);
  const albumArtists = new Uint16Array(BLOCK_ALBUMS);
  const isCompilation = new Uint8Array(BLOCK_ALBUMS);
  for (let album = 0; album < BLOCK_ALBUMS; album += 1) {
    const tracks = TRACK_COUNTS[order[album]!]!;
    firstTracks[album + 1] = firstTracks[album]! + tracks;
    isCompilation[album] = tracks >= 10 && draws.below(100) < 8 ? 1 : 0;
    // Each artist has one album at least, and a few have most of the others.
    albumArtists[album] =
      album < BLOCK_ARTISTS ? album : Math.floor(draws.unit() ** 2.5 * BLOCK_ARTISTS);
  }
  return { firstTracks, albumArtists, isCompilation };
}

function layOutTracks(
  number: number,
  albums: Pick<Block, 'firstTracks' | 'albumArtists' | 'isCompilation'>,
  draws: Draws,
) {
  const albumOf = new Uint16Array(BLOCK_TRACKS);
  const mainArtists = new Uint16Array(BLOCK_TRACKS);
  const isrcs = new Uint8Array(BLOCK_TRACKS);
  const recordings = new Uint16Array(BLOCK_TRACKS);
  draws.start(DRAWS.block ^ DRAWS.track, number);
  for (let track = 0, album = 0; track < BLOCK_TRACKS; track += 1) {
    while (albums.firstTracks[album + 1]! <= track) album += 1;
    albumOf[track] = album;
    const isrcPart = draws.unit();
    isrcs[track] =
      isrcPart < ISRC_SHARE ? (isrcPart < ISRC_SHARE * REPEATED_ISRC_SHARE ? 2 : 1) : 0;
    const recording = isrcs[track] === 2 ? earlierRecording(track, isrcs, draws) : track;
    if (recording === track && isrcs[track] === 2) isrcs[track] = 1;
    recordings[track] = recording;
    mainArtists[track] =
      recording < track
        ? mainArtists[recording]!
        : albums.isCompilation[album]
          ? draws.below(BLOCK_ARTISTS)
          : albums.albumArtists[album]!;
  }
  return { albumOf, mainArtists, isrcs, recordings };
}

/** An earlier track with an ISRC of its own; now and then one of the few that many repeat. */
function earlierRecording(track: number, isrcs: Uint8Array, draws: Draws): number {
  let at = draws.below(track);
  if (draws.below(10) < 3)
    at = Math.min(at, Math.floor(draws.unit() ** 3 * MUCH_REPEATED) * REPEATED_GAP);
  while (at >= 0 && isrcs[at] !== 1) at -= 1;
  return at >= 0 ? at : track;
}

type Undescribed = Omit<
  Block,
  'albumUnits' | 'albumYears' | 'albumTitles' | 'albumLabels' | 'albumDates'
>;

function describeAlbums(block: Undescribed, draws: Draws) {
  const albumUnits = new Float64Array(BLOCK_ALBUMS);
  const albumYears = new Uint16Array(BLOCK_ALBUMS);
  const albumTitles: Uint8Array[] = [];
  const albumLabels: Uint8Array[] = [];
  const albumDates: Uint8Array[] = [];
  for (let album = 0; album < BLOCK_ALBUMS; album += 1) {
    draws.start(DRAWS.album, block.number * BLOCK_ALBUMS + album);
    const artist = block.albumArtists[album]!;
    const own = draws.unit();
    albumUnits[album] = draws.below(2) === 0 ? own : nearby(block.artistUnits[artist]!, draws);
    albumYears[album] = YEARS[draws.below(YEARS.length)]!;
    albumDates.push(dateOf(albumYears[album]!, draws));
    const label = draws.below(100) < 35 ? -1 : labelNumber(block.number, draws);
    albumTitles.push(titleOf(block, album, draws));
    scratch.at = 0;
    if (label >= 0) putLabel(scratch, draws, label);
    else put(scratch, block.artistNames[artist]!);
    albumLabels.push(written(scratch));
  }
  return { albumUnits, albumYears, albumTitles, albumLabels, albumDates };
}

/** Labels grow in number with the blocks, and the first ones have most. */
function labelNumber(block: number, draws: Draws): number {
  return Math.floor(draws.unit() ** 3 * (block + 1) * 40);
}

function dateOf(year: number, draws: Draws): Uint8Array {
  scratch.at = 0;
  putDigits(scratch, year, 4);
  const [part, month, day] = [draws.below(100), 1 + draws.below(12), 1 + draws.below(28)];
  if (part < 94) putPart(scratch, month);
  if (part < 92) putPart(scratch, day);
  return written(scratch);
}

function putPart(line: ByteLine, number: number): void {
  line.bytes[line.at] = 45;
  line.at += 1;
  putDigits(line, number, 2);
}

/** A single is named like its track; of the other albums every third is. */
function titleOf(block: Undescribed, album: number, draws: Draws): Uint8Array {
  const first = block.firstTracks[album]!;
  const isSingle = block.firstTracks[album + 1]! - first === 1;
  const artist = block.albumArtists[album]!;
  const part = draws.below(100);
  scratch.at = 0;
  if (part < (isSingle ? 85 : 30)) {
    const recording = block.recordings[first]!;
    draws.start(DRAWS.title, block.number * BLOCK_TRACKS + recording);
    putTitle(scratch, draws, block.artistTongues[block.mainArtists[recording]!]!);
  } else putTitle(scratch, draws, block.artistTongues[artist]!);
  return written(scratch);
}
