/** The lines of tracks: one JSON object each, with what the track is and what was measured of its sound. */
import type { Block } from './block.ts';
import { nearby } from './block.ts';
import { type ByteLine, put, putCount, putThousandths } from './byte-line.ts';
import { DRAWS, type Draws } from './draws.ts';
import type { GeneratedCatalogue } from './generated-columns.ts';
import { putId, putIsrc } from './identifiers.ts';
import { popularityOf } from './popularity.ts';
import { changesOf, type TrackChanges } from './revisions.ts';
import {
  BLOCK_ALBUMS,
  BLOCK_ARTISTS,
  BLOCK_TRACKS,
  explicitShare,
  FEATURES_SHARE,
  GUESTS_ABOVE,
  KEYS,
  meanDurationMs,
  STREAMS_AT,
} from './shape.ts';
import { putCorrection, putCredit, putTitle } from './titles.ts';

const key = (name: string, before = ',') => new TextEncoder().encode(`${before}"${name}":`);
const text = (value: string) => new TextEncoder().encode(value);
const K = {
  id: key('id', '{'),
  recording: key('recording_id'),
  title: key('title'),
  artist: key('artist'),
  artistIds: key('artist_ids'),
  albumId: key('album_id'),
  album: key('album'),
  disc: key('disc'),
  track: key('track'),
  duration: key('duration_ms'),
  isrc: key('isrc'),
  date: key('date'),
  explicit: key('explicit'),
  popularity: key('popularity'),
  listens: key('listens'),
  listeners: key('listeners'),
  label: key('label'),
  licence: key('licence'),
  key: key('key'),
  mode: key('mode'),
  tempo: key('tempo'),
  loudness: key('loudness'),
};
const SHARES = [
  'energy',
  'danceability',
  'valence',
  'speechiness',
  'instrumentalness',
  'acousticness',
  'liveness',
].map((name) => key(name));
const [QUOTE, LIST, LIST_END, NEXT_ID, END] = ['"', '["', '"]', '","', '}\n'].map(text) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const [TRUE, FALSE, MAJOR, MINOR] = ['true', 'false', '"major"', '"minor"'].map(text) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const LICENCES = ['CC0-1.0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'CC-BY-NC-4.0', 'CC-BY-NC-SA-4.0'].map(
  text,
);
/** Albums under a licence that lets others copy, of a hundred. */
const LICENSED_PERCENT = 3;
/** Tracks on a disc before the next one begins. */
const DISC_TRACKS = 20;
/** Whole minutes at which durations heap up, and how many of a thousand tracks lie on one of them. */
const WHOLE_MINUTES_PER_MILLE = 15;
/** Long recordings lie apart: four in a thousand, of 10 to 60 minutes. */
const LONG_PER_MILLE = 4;
const MEAN_LONG_MS = 35 * 60_000;

const guests = new Uint32Array(GUESTS_ABOVE.length);

/** Appends the line of a track of `block`, counted from its first one. */
export function putTrackLine(
  line: ByteLine,
  block: Block,
  track: number,
  { draws, catalogue }: { readonly draws: Draws; readonly catalogue: GeneratedCatalogue },
): void {
  const number = block.number * BLOCK_TRACKS + track;
  const changes = changesOf(number, catalogue.revision, draws);
  const recording = block.recordings[track]!;
  put(line, K.id);
  putQuotedId(line, draws, DRAWS.track, number, changes.id);
  if (recording !== track) {
    const original = block.number * BLOCK_TRACKS + recording;
    put(line, K.recording);
    putQuotedId(
      line,
      draws,
      DRAWS.track,
      original,
      changesOf(original, catalogue.revision, draws).id,
    );
  }
  putNames(line, block, track, changes, draws);
  putPlace(line, block, track, draws);
  putValues(line, block, track, changes, draws);
  putFeatures(line, block.number * BLOCK_TRACKS + recording, draws);
  put(line, END);
}

function putQuotedId(line: ByteLine, draws: Draws, kind: number, number: number, version: number) {
  put(line, QUOTE);
  putId(line, draws, { kind, number, version });
  put(line, QUOTE);
}

function putNames(
  line: ByteLine,
  block: Block,
  track: number,
  changes: TrackChanges,
  draws: Draws,
): void {
  const recording = block.recordings[track]!;
  const number = block.number * BLOCK_TRACKS + recording;
  const artist = block.mainArtists[track]!;
  draws.start(DRAWS.title, number);
  put(line, K.title);
  put(line, QUOTE);
  putTitle(line, draws, block.artistTongues[artist]!);
  if (changes.title > 1) putCorrection(line, changes.title);
  put(line, QUOTE);
  const count = drawGuests(block.number, draws);
  put(line, K.artist);
  put(line, QUOTE);
  putCredit(line, draws, block.artistNames[artist]!, guests, count);
  put(line, QUOTE);
  put(line, K.artistIds);
  put(line, LIST);
  const artistNumber = block.number * BLOCK_ARTISTS + artist;
  putId(line, draws, { kind: DRAWS.artist, number: artistNumber, version: 1 });
  for (let guest = 0; guest < count; guest += 1) {
    put(line, NEXT_ID);
    putId(line, draws, { kind: DRAWS.artist, number: guests[guest]!, version: 1 });
  }
  put(line, LIST_END);
}

/** How many guests a recording has; who they are is in `guests`: artists of this block or, evenly, of earlier ones. */
function drawGuests(block: number, draws: Draws): number {
  const part = draws.unit();
  let count = 0;
  while (count < GUESTS_ABOVE.length && part < GUESTS_ABOVE[count]!) count += 1;
  for (let guest = 0; guest < count; guest += 1) {
    const at = draws.below(block + 1) * BLOCK_ARTISTS + draws.below(BLOCK_ARTISTS);
    // "Various Artists" is nobody's guest.
    guests[guest] = Math.max(1, at);
  }
  return count;
}

function putPlace(line: ByteLine, block: Block, track: number, draws: Draws): void {
  const album = block.albumOf[track]!;
  const place = track - block.firstTracks[album]!;
  put(line, K.albumId);
  putQuotedId(line, draws, DRAWS.album, block.number * BLOCK_ALBUMS + album, 1);
  put(line, K.album);
  put(line, QUOTE);
  put(line, block.albumTitles[album]!);
  put(line, QUOTE);
  put(line, K.disc);
  putCount(line, 1 + Math.floor(place / DISC_TRACKS));
  put(line, K.track);
  putCount(line, 1 + (place % DISC_TRACKS));
  put(line, K.date);
  put(line, QUOTE);
  put(line, block.albumDates[album]!);
  put(line, QUOTE);
  put(line, K.label);
  put(line, QUOTE);
  put(line, block.albumLabels[album]!);
  put(line, QUOTE);
  const part = (block.albumUnits[album]! * 7919) % 1;
  if (part * 100 < LICENSED_PERCENT) {
    const licence = LICENCES[Math.floor(((part * 100) / LICENSED_PERCENT) * LICENCES.length)]!;
    put(line, K.licence);
    put(line, QUOTE);
    put(line, licence);
    put(line, QUOTE);
  }
}

function putValues(
  line: ByteLine,
  block: Block,
  track: number,
  changes: TrackChanges,
  draws: Draws,
): void {
  const recording = block.recordings[track]!;
  const first = block.number * BLOCK_TRACKS;
  const year = block.albumYears[block.albumOf[recording]!]!;
  draws.start(DRAWS.sound ^ (changes.duration - 1), first + recording);
  put(line, K.duration);
  putCount(line, drawDurationMs(year, draws));
  if (block.isrcs[track] !== 0) {
    put(line, K.isrc);
    put(line, LIST);
    putIsrc(line, first + recording, year);
    put(line, LIST_END);
  }
  draws.start(DRAWS.track ^ (changes.popularity - 1), first + track);
  const album = block.albumOf[track]!;
  const unit = draws.unit();
  const popularity = popularityOf(
    draws.below(10) < 4 ? unit : nearby(block.albumUnits[album]!, draws),
  );
  const spread = draws.unit();
  const listens = Math.round(
    popularity === 0
      ? STREAMS_AT[0]! * 4 * spread ** 3
      : STREAMS_AT[popularity]! * (0.75 + spread / 2),
  );
  put(line, K.explicit);
  const isExplicit = draws.unit() < explicitShare(block.albumYears[album]!);
  put(line, isExplicit === (changes.explicit % 2 === 1) ? TRUE : FALSE);
  put(line, K.popularity);
  putCount(line, popularity);
  put(line, K.listens);
  putCount(line, listens);
  put(line, K.listeners);
  putCount(line, Math.ceil(listens / (1.5 + draws.unit() * 6)));
}

function drawDurationMs(year: number, draws: Draws): number {
  const part = draws.below(1000);
  const spread = (draws.unit() + draws.unit() + draws.unit()) / 3;
  if (part < LONG_PER_MILLE) return Math.floor(MEAN_LONG_MS * (2 / 7 + (spread * 10) / 7));
  // The long ones count in the published means.
  const mean =
    (meanDurationMs(year) - (MEAN_LONG_MS * LONG_PER_MILLE) / 1000) / (1 - LONG_PER_MILLE / 1000);
  const durationMs = Math.floor(mean * (0.25 + spread * 1.5));
  if (part >= LONG_PER_MILLE + WHOLE_MINUTES_PER_MILLE) return durationMs;
  return Math.min(4, Math.max(2, Math.round(durationMs / 60_000))) * 60_000;
}

function putFeatures(line: ByteLine, number: number, draws: Draws): void {
  draws.start(DRAWS.sound ^ 0x33333333, number);
  if (draws.unit() >= FEATURES_SHARE) return;
  const keyAndMode = KEYS[draws.below(KEYS.length)]!;
  put(line, K.key);
  putCount(line, keyAndMode >> 1);
  put(line, K.mode);
  put(line, (keyAndMode & 1) === 0 ? MAJOR : MINOR);
  put(line, K.tempo);
  const evenly = draws.unit() + draws.unit() + draws.unit();
  putThousandths(line, Math.floor(60_000 + evenly * 40_000));
  const energy = 1 - draws.unit() * Math.sqrt(draws.unit());
  put(line, K.loudness);
  putThousandths(line, Math.floor(-26_000 + energy * 19_000 + draws.unit() * 5000));
  putShare(line, 0, energy);
  putShare(line, 1, (draws.unit() + draws.unit()) / 2);
  putShare(line, 2, (draws.unit() + draws.unit()) / 2);
  putShare(line, 3, 0.03 + 0.9 * draws.unit() ** 6);
  putShare(line, 4, draws.unit() ** 4);
  putShare(line, 5, draws.unit() * (1.2 - energy) * 0.8);
  putShare(line, 6, 0.05 + 0.9 * draws.unit() ** 3);
}

function putShare(line: ByteLine, index: number, share: number): void {
  put(line, SHARES[index]!);
  putThousandths(line, Math.floor(Math.min(0.999, share) * 1000));
}
