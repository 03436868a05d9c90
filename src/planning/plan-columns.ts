/**
 * The columns of a plan by rank: what each track weighs, is heard and may become, before anything is ordered. Made in one
 * pass over the snapshot. Memory while it reads: 6 bytes a track, 4 where listens are counted, 4 where rarity is asked for,
 * 5.3 for recordings, and 10 an artist and 2 an album; 6 to 11 bytes a track are left of it.
 */
import type { PlanReason } from '../model/status.ts';
import type { NumberBlock } from '../tables/tables.ts';
import { createFirsts, type Firsts, setOfFirsts } from './firsts.ts';
import { HELD, LOW_SCORE, OPUS, PASSED_OVER, RIGHT_SHIFT, reasonCode } from './plan-code.ts';
import {
  checkOrder,
  type HeldTrack,
  isrcsSql,
  LISTENS_AT,
  MARK_BITS,
  type PlanSource,
  POPULARITY_AT,
  REFUSED_RIGHT,
  RIGHT_AT,
  TAKEN_BIT,
  tracksSql,
} from './plan-input.ts';
import type { Policy } from './policy.ts';
import { copiesByRank } from './rare-tracks.ts';
import { BitSet, createRecordingSlots, NO_SLOT, type RecordingSlots } from './recording-slots.ts';
import { cutoffKey, popularityKey } from './score.ts';
import { type AlbumColumns, type ArtistColumns, readAlbums, readArtists } from './side-columns.ts';
import { createTrackColumns, type TrackColumns } from './track-columns.ts';
import { ARTIST_FIRST, RECORDING_FIRST, withCode } from './track-words.ts';

/** Columns by rank; the words hold the code of each track before ordering and budget. */
export interface PlanColumns extends TrackColumns {
  readonly policy: Policy;
  /** The place in the order of popularity: 0 above popularity 0, then by score, then unknown. */
  keys: Uint16Array;
  /** Where rarity is asked for: how many tracks carry the recording, at most 127; 0 for a track that is not to be asked. */
  copies: Uint8Array;
  /** Tracks that are the first of their place, language, album among those that may be planned; empty where nothing asks. */
  readonly placeFirst: BitSet;
  readonly languageFirst: BitSet;
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

const WANTED = 2;
const PLACES = 65_536;
const LANGUAGES = 32_768;
/** Rows whose recordings are looked up together: what that brings from memory is still in the cache of a core after. */
const ROWS_AT_ONCE = 1024;
const ISRCS_AT_ONCE = 10_000;
const RIGHT_OF_HELD = { free: 0, dark: 1, 'no-derivatives': 3 } as const;

/** The columns of `source` under `options`. One pass over tracks, albums and artists each. */
export async function readColumns(
  source: PlanSource,
  options: ColumnOptions,
): Promise<PlanColumns> {
  const { policy, counts } = options;
  const count = source.rows.tracks;
  const artists = await readArtists(source, policy);
  const albums = await readAlbums(source, policy);
  const tracks = createTrackColumns(count, policy, counts);
  const heldIsrcs = [...new Set(source.held.flatMap(isrcsHeld))];
  const recordings = createRecordingSlots(count + heldIsrcs.length);
  const heldSlots = await slotsOfHeld(source, heldIsrcs, recordings);
  const isRare = policy.order === 'rarity' || policy.reserve.share > 0;
  const isCovered = policy.order === 'coverage';
  const keys = new Uint16Array(count);
  const slots = new Uint32Array(isRare ? count : 0);
  const firsts = {
    artist: createFirsts(source.rows.artists),
    place: createFirsts(isRare || isCovered ? PLACES : 0),
    language: createFirsts(isCovered ? LANGUAGES : 0),
    album: createFirsts(isCovered ? source.rows.albums : 0),
  };
  const reader = blockReader(
    { tracks, keys, slots, recordings, artists, albums, firsts },
    { options, heldSlots, held: source.held, artistCount: source.rows.artists },
  );
  const sql = await tracksSql(source, policy, options);
  for await (const block of source.tables.numbers(sql, counts ? 7 : 6)) reader(block);
  recordings.seal();
  for (const rank of firsts.artist.found()) tracks.words[rank]! |= ARTIST_FIRST;
  const placeFirst = setOfFirsts(firsts.place, isRare || isCovered ? count : 0);
  const languageFirst = setOfFirsts(firsts.language, isCovered ? count : 0);
  const albumFirst = setOfFirsts(firsts.album, isCovered ? count : 0);
  const copies = copiesByRank(tracks.words, { slots, recordings, policy });
  return { ...tracks, policy, keys, copies, placeFirst, languageFirst, albumFirst };
}

/** What was withdrawn is held for nobody, so that another track of its recording may still be wanted. */
function isrcsHeld({ withdrawn, isrcs }: HeldTrack): readonly string[] {
  return withdrawn ? [] : isrcs;
}

async function slotsOfHeld(
  { tables }: PlanSource,
  isrcs: readonly string[],
  recordings: RecordingSlots,
): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for (let at = 0; at < isrcs.length; at += ISRCS_AT_ONCE) {
    const sql = isrcsSql(isrcs.slice(at, at + ISRCS_AT_ONCE));
    for await (const { rows, columns } of tables.numbers(sql, 2)) {
      const slots = new Uint32Array(rows);
      recordings.slotsOf(columns[0]!, columns[1]!, slots);
      for (const slot of slots) found.add(slot);
    }
  }
  return found;
}

/** What a row is read into. */
interface Room {
  readonly tracks: TrackColumns;
  readonly keys: Uint16Array;
  readonly slots: Uint32Array;
  readonly recordings: RecordingSlots;
  readonly artists: ArtistColumns;
  readonly albums: AlbumColumns;
  readonly firsts: Readonly<Record<'artist' | 'place' | 'language' | 'album', Firsts>>;
}

/** What rows are read with. */
interface Rules {
  readonly options: ColumnOptions;
  readonly heldSlots: ReadonlySet<number>;
  readonly held: readonly HeldTrack[];
  readonly artistCount: number;
}

/** Makes the reader of blocks of `tracksSql`, which come one after the other from rank 0. */
function blockReader(room: Room, rules: Rules): (block: NumberBlock) => void {
  const { tracks, keys, recordings, artists, albums, firsts } = room;
  const { totals, words } = tracks;
  const { held, options } = rules;
  const byRank = new Map(held.map((track) => [track.rank, track]));
  const artistsKnown = new BitSet(rules.artistCount);
  const refuse = refuser(options);
  const decide = decider(recordings, rules);
  const isRare = room.slots.length > 0;
  const { order } = options.policy;
  const [offersPlace, offersAlbum] = [isRare || order === 'coverage', order === 'coverage'];
  const slots = new Uint32Array(ROWS_AT_ONCE);
  let first = 0;
  return ({ rows, columns }) => {
    const [packed, durations, albumRanks, artistRanks, low, high, heard] = columns as Uint32Array[];
    for (let row = 0; row < rows; row += 1) {
      const at = row % ROWS_AT_ONCE;
      if (at === 0) {
        const to = Math.min(rows, row + ROWS_AT_ONCE);
        const some = slots.subarray(0, to - row);
        recordings.slotsOf(low!.subarray(row, to), high!.subarray(row, to), some);
        if (isRare) room.slots.set(some, first + row);
      }
      const rank = first + row;
      const flags = packed![row]!;
      checkOrder(flags & MARK_BITS, rank);
      const popularity = ((flags >>> POPULARITY_AT) & 127) - 1;
      const durationMs = durations![row]! - 1;
      const right = (flags >>> RIGHT_AT) & 7;
      const album = albumRanks![row]! - 1;
      const artist = artistRanks![row]! - 1;
      const listens = heard ? (flags >>> LISTENS_AT) * 2 ** 32 + heard[row]! - 1 : -1;
      const mine = byRank.size === 0 ? undefined : byRank.get(rank);
      const slot = slots[at]!;
      tracks.add(rank, popularity, listens, durationMs, mine);
      if (slot === NO_SLOT) totals.withoutIsrc += 1;
      if (slot === NO_SLOT || recordings.count(slot)) totals.recordings += 1;
      if (artist >= 0 && artistsKnown.add(artist)) totals.artists += 1;
      const isTaken =
        (flags & TAKEN_BIT) !== 0 &&
        (artist < 0 ? artists.taken.unknown : artists.taken.has(artist)) &&
        (album < 0 ? albums.taken.unknown : albums.taken.has(album));
      const ofArtist = artist < 0 ? 0 : artists.scores[artist]!;
      const key = popularityKey(popularity, ofArtist + (album < 0 ? 0 : albums.scores[album]!));
      keys[rank] = key;
      const reason = refuse(popularity, durationMs, right, isTaken, mine);
      const code = reason ?? decide(popularity, key, slot, right, mine);
      let word = withCode(words[rank]!, code);
      if (code < PASSED_OVER && (slot === NO_SLOT || recordings.plan(slot)))
        word |= RECORDING_FIRST;
      words[rank] = word;
      // What is passed over for its score may still come in by the reserve, and then be the first of its artist.
      if (code >= PASSED_OVER && code < LOW_SCORE) continue;
      if (artist >= 0) firsts.artist.offer(artist, key, rank);
      if (offersPlace && artist >= 0 && artists.places[artist]! > 0)
        firsts.place.offer(artists.places[artist]!, key, rank);
      if (!offersAlbum || album < 0) continue;
      firsts.album.offer(album, key, rank);
      const language = albums.languages[album]!;
      if (language > 0) firsts.language.offer(language, key, rank);
    }
    first += rows;
  };
}

/** Makes the code of the first reason that passes a track over whatever else there is, or undefined. No object for a row. */
function refuser({ policy, rights }: ColumnOptions) {
  return (
    popularity: number,
    durationMs: number,
    right: number,
    isTaken: boolean,
    mine: HeldTrack | undefined,
  ): number | undefined => {
    if (mine?.withdrawn) return CODES.withdrawn;
    if (mine === undefined && right === REFUSED_RIGHT) return CODES['no-right'];
    if (!isTaken) return CODES.filtered;
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
function decider(recordings: RecordingSlots, { options, heldSlots }: Rules) {
  const { policy } = options;
  const lowest = cutoffKey(policy);
  const isOne = policy.one_copy_per_recording;
  return (
    popularity: number,
    key: number,
    slot: number,
    licensed: number,
    mine: HeldTrack | undefined,
  ): number => {
    if (popularity === 0 && mine === undefined && isOne && slot !== NO_SLOT) {
      if (heldSlots.size > 0 && heldSlots.has(slot)) return CODES['same-recording-held'];
      if (recordings.isPlanned(slot)) return CODES['same-recording-planned'];
    }
    const right = mine === undefined ? licensed : RIGHT_OF_HELD[mine.right];
    const tier = popularity === 0 ? policy.tail : policy.unknown;
    const isTail = popularity === 0 || (popularity < 0 && mine === undefined);
    // A licence without adapted copies keeps the original, as no copy of it may be made smaller.
    const isOpus = isTail && tier === 'opus' && right !== 3;
    const code = (isOpus ? OPUS : 0) | (right << RIGHT_SHIFT) | (mine === undefined ? 0 : HELD);
    return popularity === 0 && key > lowest ? LOW_SCORE | code : code;
  };
}
