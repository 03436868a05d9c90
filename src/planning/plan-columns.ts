/**
 * The columns of a plan by rank: what each track weighs, is heard and may become, before anything is ordered. Made in one
 * pass over the snapshot. Memory: 11 bytes a track, 15 where listens are counted, and 5 a slot of recordings until the pass
 * ends.
 */
import type { PlanReason } from '../model/status.ts';
import { createFirsts } from './firsts.ts';
import { HELD, LOW_SCORE, OPUS, PASSED_OVER, RIGHT_SHIFT, reasonCode } from './plan-code.ts';
import {
  checkOrder,
  type HeldTrack,
  type PlanSource,
  REFUSED_RIGHT,
  tracksSql,
  type UnpackedRow,
  unpack,
} from './plan-input.ts';
import type { Policy } from './policy.ts';
import { readRows } from './read-rows.ts';
import { BitSet, createRecordingSlots, NO_SLOT, type RecordingSlots } from './recording-slots.ts';
import { cutoffKey, popularityKey } from './score.ts';
import { readAlbums, readArtists } from './side-columns.ts';
import { createTrackColumns, type TrackColumns } from './track-columns.ts';

/** Columns by rank. */
export interface PlanColumns extends TrackColumns {
  readonly policy: Policy;
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
}

/** How a plan is asked for, beside its policy and budget. */
interface ColumnOptions {
  readonly policy: Policy;
  readonly rights: 'all' | 'known';
  /** Whether shares are of counted listens; of modelled ones otherwise. */
  readonly counts: boolean;
  /** `YYYY-MM-DD`, for embargoes. */
  readonly day: string;
}

const COLUMNS = 4;
const WANTED = 2;
const RIGHT_OF_HELD = { free: 0, dark: 1, 'no-derivatives': 3 } as const;

/** The columns of `source` under `options`. One pass over tracks, albums and artists each. */
export async function readColumns(
  source: PlanSource,
  options: ColumnOptions,
): Promise<PlanColumns> {
  const { policy } = options;
  const count = source.rows.tracks;
  const artists = await readArtists(source, policy);
  const albums = await readAlbums(source, policy);
  const tracks = createTrackColumns(count, policy, options.counts);
  const recordings = createRecordingSlots(count + source.held.length);
  const made = {
    codes: new Uint8Array(count),
    keys: new Uint16Array(count),
    slots: new Uint32Array(count),
    seen: new BitSet(recordings.size),
    recordingFirst: new BitSet(count),
  };
  const { totals } = tracks;
  const held = new Map(source.held.map((track) => [track.rank, track]));
  const decide = decider(made, options, slotsOf(recordings, source.held));
  const refuse = refuser(options);
  const firsts = createFirsts(source.rows);
  const artistsKnown = new BitSet(source.rows.artists);
  const sql = await tracksSql(source, policy, options);
  const row: UnpackedRow = { mark: 0, isTaken: false, right: 0, popularity: 0, durationMs: 0 };
  let rank = 0;
  await readRows(source.tables.lines(sql), COLUMNS, (numbers, text) => {
    unpack(numbers[0]!, row);
    checkOrder(row.mark, rank);
    const { popularity, durationMs, right } = row;
    const album = numbers[1]!;
    const artist = numbers[2]!;
    const mine = held.size === 0 ? undefined : held.get(rank);
    const slot = recordings.slotOf(text.buffer, text.from, text.to);
    tracks.add(rank, popularity, numbers[3]!, durationMs, mine);
    made.slots[rank] = slot;
    if (slot === NO_SLOT) totals.withoutIsrc += 1;
    if (slot === NO_SLOT || recordings.count(slot)) totals.recordings += 1;
    if (artist >= 0 && artistsKnown.add(artist)) totals.artists += 1;
    const isFiltered =
      !row.isTaken ||
      !(artist < 0 ? artists.takesUnknown : artists.taken[artist] === 1) ||
      !(album < 0 ? albums.takesUnknown : albums.taken[album] === 1);
    const ofArtist = artist < 0 ? 0 : artists.scores[artist]!;
    const key = popularityKey(popularity, ofArtist + (album < 0 ? 0 : albums.scores[album]!));
    made.keys[rank] = key;
    const reason = refuse(popularity, durationMs, right, isFiltered, mine);
    const code = reason ?? decide(rank, popularity, key, slot, right, mine);
    made.codes[rank] = code;
    // What is passed over for its score may still come in by the reserve, and then be the first of its artist.
    if (code < PASSED_OVER || code >= LOW_SCORE)
      firsts.meet(rank, key, album, artist, artist < 0 ? 0 : artists.places[artist]!);
    rank += 1;
  });
  recordings.seal();
  return { ...tracks, ...made, ...firsts.settle(count), policy, recordings };
}

function slotsOf(recordings: RecordingSlots, held: readonly HeldTrack[]): ReadonlySet<number> {
  const isrcs = held.flatMap((track) => track.isrcs.map((isrc) => Buffer.from(isrc)));
  return new Set(isrcs.map((bytes) => recordings.slotOf(bytes, 0, bytes.length)));
}

/** Makes the code of the first reason that passes a track over whatever else there is, or undefined. No object for a row. */
function refuser({ policy, rights }: ColumnOptions) {
  return (
    popularity: number,
    durationMs: number,
    right: number,
    isFiltered: boolean,
    mine: HeldTrack | undefined,
  ): number | undefined => {
    if (mine?.withdrawn) return CODES.withdrawn;
    if (mine === undefined && right === REFUSED_RIGHT) return CODES['no-right'];
    if (isFiltered) return CODES.filtered;
    if (mine !== undefined) return undefined;
    if (right === WANTED && rights === 'known') return CODES['right-unknown'];
    if (durationMs === 0) return CODES['zero-duration'];
    return popularity < 0 && policy.unknown === 'skip' ? CODES['popularity-unknown'] : undefined;
  };
}

const CODES = Object.fromEntries(
  (
    [
      ...['no-right', 'right-unknown', 'withdrawn', 'zero-duration', 'filtered'],
      ...['popularity-unknown', 'same-recording-held', 'same-recording-planned'],
    ] as PlanReason[]
  ).map((reason) => [reason, reasonCode(reason)]),
) as Record<PlanReason, number>;

/** Makes the codes of tracks that nothing refuses, in the order of their ranks: a second copy, a low score, or a tier. */
function decider(
  { seen, recordingFirst }: Pick<PlanColumns, 'seen' | 'recordingFirst'>,
  { policy }: ColumnOptions,
  heldSlots: ReadonlySet<number>,
) {
  const lowest = cutoffKey(policy);
  const isOne = policy.one_copy_per_recording;
  return (
    rank: number,
    popularity: number,
    key: number,
    slot: number,
    licensed: number,
    mine: HeldTrack | undefined,
  ): number => {
    if (popularity === 0 && mine === undefined && isOne && slot !== NO_SLOT) {
      if (heldSlots.size > 0 && heldSlots.has(slot)) return CODES['same-recording-held'];
      if (seen.has(slot)) return CODES['same-recording-planned'];
    }
    const right = mine === undefined ? licensed : RIGHT_OF_HELD[mine.right];
    const tier = popularity === 0 ? policy.tail : policy.unknown;
    const isTail = popularity === 0 || (popularity < 0 && mine === undefined);
    // A licence without adapted copies keeps the original, as no copy of it may be made smaller.
    const isOpus = isTail && tier === 'opus' && right !== 3;
    const code = (isOpus ? OPUS : 0) | (right << RIGHT_SHIFT) | (mine === undefined ? 0 : HELD);
    if (popularity === 0 && key > lowest) return LOW_SCORE | code;
    if (slot === NO_SLOT || seen.add(slot)) recordingFirst.add(rank);
    return code;
  };
}
