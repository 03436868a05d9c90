/**
 * The columns of a plan by rank: what each track costs, is heard and may become, before anything is ordered. Made in one
 * pass over the snapshot. Memory: 12 bytes a track, 16 where listens are counted, and 5 a slot until the pass ends.
 */
import assert from 'node:assert/strict';
import { modelledListens } from '../model/listening-model.ts';
import type { PlanReason } from '../model/status.ts';
import { HELD, LOW_SCORE, OPUS, PASSED_OVER, RIGHT_SHIFT, reasonCode } from './plan-code.ts';
import {
  albumsSql,
  artistsSql,
  type HeldTrack,
  type PlanSource,
  REFUSED_RIGHT,
  tracksSql,
} from './plan-input.ts';
import type { Policy } from './policy.ts';
import { readRows } from './read-rows.ts';
import { BitSet, createRecordingSlots, NO_SLOT, type RecordingSlots } from './recording-slots.ts';
import { popularityKey, scoreOf, UNKNOWN_KEY } from './score.ts';

/** Popularity that is not known, in the column of popularity. */
export const UNKNOWN = 255;
/** A length that is told exactly in `exact`. */
const EXACT = 0xffff;
const MOST_LISTENS = 0xffff_fffe;

/** Tracks, recordings, artists and listens of the whole snapshot, and what is missing of it. */
export interface PlanTotals {
  tracks: number;
  recordings: number;
  artists: number;
  listens: number;
  low: number;
  high: number;
  heard: number;
  zero: number;
  unknown: number;
  withoutDuration: number;
  withoutIsrc: number;
  /** Tracks without a count of listens, where counts are used. */
  withoutCount: number;
}

/** Columns by rank. */
export interface PlanColumns {
  readonly policy: Policy;
  readonly totals: PlanTotals;
  readonly popularity: Uint8Array;
  /** The code of each track before ordering and budget. */
  readonly codes: Uint8Array;
  /** The place in the order of popularity: 0 above popularity 0, then by score, then unknown. */
  readonly keys: Uint16Array;
  readonly slots: Uint32Array;
  readonly recordings: RecordingSlots;
  /** Recordings of which a track is planned before any budget. */
  readonly seen: BitSet;
  /** Tracks that are the first of their recording, artist, place, album among those that may be planned. */
  readonly recordingFirst: BitSet;
  readonly artistFirst: BitSet;
  readonly placeFirst: BitSet;
  readonly albumFirst: BitSet;
  originalBytes(rank: number): number;
  opusBytes(rank: number): number;
  listens(rank: number): number;
  low(rank: number): number;
  high(rank: number): number;
}

/** How a plan is asked for, beside its policy and budget. */
export interface ColumnOptions {
  readonly policy: Policy;
  readonly rights: 'all' | 'known';
  /** Whether shares are of counted listens; of modelled ones otherwise. */
  readonly counts: boolean;
  /** `YYYY-MM-DD`, for embargoes. */
  readonly day: string;
}

/** The columns of `source` under `options`. One pass over tracks, albums and artists each. */
export async function readColumns(
  source: PlanSource,
  options: ColumnOptions,
): Promise<PlanColumns> {
  const { policy } = options;
  const artists = await readArtists(source, policy);
  const albums = await readAlbums(source, policy);
  const made = createColumns(source, options);
  const held = new Map(source.held.map((track) => [track.rank, track]));
  const heldSlots = new Set<number>();
  for (const { isrcs } of source.held)
    for (const isrc of isrcs) {
      const bytes = Buffer.from(isrc);
      heldSlots.add(made.recordings.slotOf(bytes, 0, bytes.length));
    }
  const firsts = createFirsts(source.rows);
  const known = new BitSet(made.recordings.size);
  const artistsKnown = new BitSet(Math.max(1, source.rows.artists));
  const sql = await tracksSql(source, policy, options);
  let rank = 0;
  await readRows(source.tables.lines(sql), 8, (numbers, text) => {
    if (numbers[0] !== rank) assert.fail(`row ${numbers[0]} came as row ${rank}`);
    const [popularity, listens, durationMs] = [numbers[1]!, numbers[2]!, numbers[3]!];
    const [album, artist, right, ok] = [numbers[4]!, numbers[5]!, numbers[6]!, numbers[7]!];
    const mine = held.size === 0 ? undefined : held.get(rank);
    const slot = made.recordings.slotOf(text.buffer, text.from, text.to);
    made.count(rank, { popularity, listens, durationMs, slot }, mine);
    const { totals } = made;
    if (slot === NO_SLOT || known.add(slot)) totals.recordings += 1;
    if (artist >= 0 && artistsKnown.add(artist)) totals.artists += 1;
    const isWanted =
      ok === 1 &&
      (artist < 0 ? artists.takesUnknown : artists.taken[artist] === 1) &&
      (album < 0 ? albums.takesUnknown : albums.taken[album] === 1);
    const score = artist < 0 ? 0 : artists.scores[artist]!;
    const key = popularityKey(
      popularity,
      popularity === 0 ? score + (album < 0 ? 0 : albums.scores[album]!) : 0,
    );
    made.keys[rank] = key;
    const code = codeOf({ popularity, durationMs, right, isWanted, key, slot }, mine, {
      ...{ made, options, heldSlots },
    });
    made.codes[rank] = code;
    // What is passed over for its score may still come in by the reserve, and then be the first of its artist.
    if (code < PASSED_OVER || code >= LOW_SCORE)
      firsts.meet({ rank, key, album, artist, place: artist < 0 ? 0 : artists.places[artist]! });
    rank += 1;
  });
  made.totals.tracks = rank;
  firsts.settle(made);
  made.recordings.seal();
  return made;
}

interface TrackFacts {
  readonly popularity: number;
  readonly durationMs: number;
  readonly right: number;
  readonly isWanted: boolean;
  readonly key: number;
  readonly slot: number;
}

/** The code of a track before ordering: its tier and right, or the first reason that passes it over. */
function codeOf(
  { popularity, durationMs, right, isWanted, key, slot }: TrackFacts,
  mine: HeldTrack | undefined,
  {
    made,
    options,
    heldSlots,
  }: {
    made: Pick<PlanColumns, 'seen' | 'recordingFirst'> & {
      readonly at: number;
      readonly cutoffKey: number;
    };
    options: ColumnOptions;
    heldSlots: ReadonlySet<number>;
  },
): number {
  const { policy, rights } = options;
  const pass = (reason: PlanReason) => reasonCode(reason);
  if (mine?.withdrawn) return pass('withdrawn');
  const mayDo = mine === undefined ? right : RIGHT_OF_HELD[mine.right];
  if (mayDo === REFUSED_RIGHT) return pass('no-right');
  if (!isWanted) return pass('filtered');
  if (mayDo === 2 && rights === 'known') return pass('right-unknown');
  if (durationMs === 0 && mine === undefined) return pass('zero-duration');
  if (popularity < 0 && mine === undefined && policy.unknown === 'skip')
    return pass('popularity-unknown');
  if (popularity === 0 && mine === undefined && policy.one_copy_per_recording && slot !== NO_SLOT) {
    if (heldSlots.has(slot)) return pass('same-recording-held');
    if (made.seen.has(slot)) return pass('same-recording-planned');
  }
  const isTail = popularity === 0 || (popularity < 0 && mine === undefined);
  const tier = popularity === 0 ? policy.tail : policy.unknown;
  const isOpus = isTail && tier === 'opus' && mayDo !== 3;
  const code = (isOpus ? OPUS : 0) | (mayDo << RIGHT_SHIFT) | (mine === undefined ? 0 : HELD);
  if (popularity === 0 && key > made.cutoffKey) return LOW_SCORE | code;
  if (slot === NO_SLOT || made.seen.add(slot)) made.recordingFirst.add(made.at);
  return code;
}

const RIGHT_OF_HELD = { free: 0, dark: 1, 'no-derivatives': 3 } as const;

function createColumns({ rows, held }: PlanSource, { policy, counts }: ColumnOptions) {
  const count = rows.tracks;
  const { sizes } = policy;
  const recordings = createRecordingSlots(count + held.length);
  const lengths = new Uint16Array(count);
  const exact = new Map<number, { original: number; opus: number }>();
  const counted = counts ? new Uint32Array(count) : undefined;
  const beyond = new Map<number, number>();
  const popularities = new Uint8Array(count);
  const bytesOf = (kbps: number, deciseconds: number) =>
    Math.ceil(kbps * 12.5 * sizes.overhead * deciseconds);
  const modelOf = (rank: number) => {
    const popularity = popularities[rank]!;
    return modelledListens(popularity === UNKNOWN ? null : popularity);
  };
  const listensOf = (rank: number) =>
    counted === undefined ? modelOf(rank).listens : (beyond.get(rank) ?? counted[rank]!);
  const totals: PlanTotals = {
    ...{ tracks: 0, recordings: 0, artists: 0, listens: 0, low: 0, high: 0 },
    ...{ heard: 0, zero: 0, unknown: 0, withoutDuration: 0, withoutIsrc: 0, withoutCount: 0 },
  };
  const columns = {
    policy,
    totals,
    popularity: popularities,
    codes: new Uint8Array(count),
    keys: new Uint16Array(count),
    slots: new Uint32Array(count),
    recordings,
    seen: new BitSet(recordings.size),
    recordingFirst: new BitSet(count),
    artistFirst: new BitSet(count),
    placeFirst: new BitSet(count),
    albumFirst: new BitSet(count),
    /** The rank of the row that was counted last. */
    at: 0,
    cutoffKey: popularityKey(0, Math.round(policy.score.cutoff * 10_000)),
    originalBytes: (rank: number) =>
      lengths[rank] === EXACT
        ? exact.get(rank)!.original
        : bytesOf(sizes.original_kbps, lengths[rank]!),
    opusBytes: (rank: number) =>
      lengths[rank] === EXACT ? exact.get(rank)!.opus : bytesOf(sizes.opus_kbps, lengths[rank]!),
    listens: listensOf,
    low: (rank: number) => (counted === undefined ? modelOf(rank).low : listensOf(rank)),
    high: (rank: number) => (counted === undefined ? modelOf(rank).high : listensOf(rank)),
    count(
      rank: number,
      row: { popularity: number; listens: number; durationMs: number; slot: number },
      mine: HeldTrack | undefined,
    ) {
      columns.at = rank;
      popularities[rank] = row.popularity < 0 ? UNKNOWN : row.popularity;
      columns.slots[rank] = row.slot;
      const durationMs = row.durationMs < 0 ? sizes.mean_duration_s * 1000 : row.durationMs;
      const deciseconds = Math.ceil(durationMs / 100);
      lengths[rank] = Math.min(EXACT, deciseconds);
      if (mine !== undefined || deciseconds >= EXACT) {
        lengths[rank] = EXACT;
        const original = mine?.originalBytes ?? bytesOf(sizes.original_kbps, deciseconds);
        const opus = mine?.opusBytes ?? Math.min(original, bytesOf(sizes.opus_kbps, deciseconds));
        exact.set(rank, { original, opus });
      }
      if (counted !== undefined) {
        const listens = Math.max(0, row.listens);
        counted[rank] = Math.min(MOST_LISTENS, listens);
        if (listens > MOST_LISTENS) beyond.set(rank, listens);
        if (row.listens < 0) totals.withoutCount += 1;
      }
      if (row.popularity > 0) totals.heard += 1;
      else if (row.popularity === 0) totals.zero += 1;
      else totals.unknown += 1;
      if (row.durationMs < 0) totals.withoutDuration += 1;
      if (row.slot === NO_SLOT) totals.withoutIsrc += 1;
      totals.listens += listensOf(rank);
      totals.low += columns.low(rank);
      totals.high += columns.high(rank);
    },
  };
  return columns;
}

async function readArtists(source: PlanSource, policy: Policy) {
  const { artists: count } = source.rows;
  const scores = new Uint16Array(count);
  const places = new Uint16Array(count);
  const taken = new Uint8Array(count);
  let rank = 0;
  await readRows(source.tables.lines(artistsSql(source, policy)), 4, (numbers, text) => {
    if (numbers[0] !== rank) assert.fail(`row ${numbers[0]} came as row ${rank}`);
    scores[rank] = scoreOf(policy, { artist: numbers[1]!, followers: numbers[2]! });
    taken[rank] = numbers[3]!;
    if (text.to - text.from === 2)
      places[rank] = text.buffer[text.from]! * 256 + text.buffer[text.from + 1]!;
    rank += 1;
  });
  const { place, genre } = policy.filter;
  return { scores, places, taken, takesUnknown: place.length + genre.length === 0 };
}

async function readAlbums(source: PlanSource, policy: Policy) {
  const scores = new Uint16Array(source.rows.albums);
  const taken = new Uint8Array(source.rows.albums);
  let rank = 0;
  await readRows(source.tables.lines(albumsSql(source, policy)), 3, (numbers) => {
    if (numbers[0] !== rank) assert.fail(`row ${numbers[0]} came as row ${rank}`);
    scores[rank] = scoreOf(policy, { album: numbers[1]! });
    taken[rank] = numbers[2]!;
    rank += 1;
  });
  return { scores, taken, takesUnknown: policy.filter.label.length === 0 };
}

/** The best track of each artist, place and album: by key, then by rank. */
function createFirsts(rows: PlanSource['rows']) {
  const nobody = UNKNOWN_KEY + 1;
  const best = (count: number) => ({
    keys: new Uint16Array(count).fill(nobody),
    ranks: new Uint32Array(count),
  });
  const groups = { artist: best(rows.artists), place: best(65_536), album: best(rows.albums) };
  const offer = (
    { keys, ranks }: ReturnType<typeof best>,
    at: number,
    key: number,
    rank: number,
  ) => {
    if (key >= keys[at]!) return;
    keys[at] = key;
    ranks[at] = rank;
  };
  return {
    meet(track: { rank: number; key: number; album: number; artist: number; place: number }) {
      const { rank, key } = track;
      if (track.artist >= 0) offer(groups.artist, track.artist, key, rank);
      if (track.place > 0) offer(groups.place, track.place, key, rank);
      if (track.album >= 0) offer(groups.album, track.album, key, rank);
    },
    settle({ artistFirst, placeFirst, albumFirst }: PlanColumns) {
      for (const [group, set] of [
        [groups.artist, artistFirst],
        [groups.place, placeFirst],
        [groups.album, albumFirst],
      ] as const)
        for (let at = 0; at < group.keys.length; at += 1)
          if (group.keys[at] !== nobody) set.add(group.ranks[at]!);
    },
  };
}
