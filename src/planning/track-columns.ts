/**
 * What each track of a snapshot weighs and how often it is heard, by rank, and the sums over all of them. Memory: 4 bytes a
 * track (track-words.ts), 8 where listens are counted.
 */
import { type ModelledListens, modelledListens } from '../model/listening-model.ts';
import type { HeldTrack } from './plan-input.ts';
import type { Policy } from './policy.ts';
import {
  BESIDE,
  lengthOf,
  lengthOfTenths,
  lengthTable,
  popularityOf,
  UNKNOWN_POPULARITY,
  wordOf,
} from './track-words.ts';

const MOST_LISTENS = 0xffff_ffff;

/** Tracks, recordings, artists and listens of the whole snapshot, and what is missing of it. */
export interface PlanTotals {
  tracks: number;
  recordings: number;
  artists: number;
  listens: number;
  /** The least and the most that the listens may be: as counted, or by the model. */
  low: number;
  high: number;
  /** Tracks above popularity 0, at 0, and of unknown popularity. */
  heard: number;
  zero: number;
  unknown: number;
  withoutDuration: number;
  withoutIsrc: number;
  /** Tracks without a count of listens, where counts are used. */
  withoutCount: number;
}

/** Weights and listens by rank. */
export interface TrackColumns {
  readonly totals: PlanTotals;
  /** A word for each track, as track-words.ts has it. */
  readonly words: Uint32Array;
  /** Takes the next row without a code: -1 is unknown. */
  add(
    rank: number,
    popularity: number,
    listens: number,
    durationMs: number,
    mine: HeldTrack | undefined,
  ): void;
  /** A number made of the tracks of `ranks`, for the sake of looking: what is asked of them next is in the cache of a core. */
  touch(ranks: Uint32Array): number;
  originalBytes(rank: number): number;
  opusBytes(rank: number): number;
  listens(rank: number): number;
  low(rank: number): number;
  high(rank: number): number;
}

/** Empty columns for `count` tracks; with `counts` listens are as counted, without as modelled. */
export function createTrackColumns(
  count: number,
  { sizes }: Policy,
  counts: boolean,
): TrackColumns {
  const words = new Uint32Array(count);
  const beside = new Map<number, { original: number; opus: number }>();
  // Bytes a tenth of a second: a kilobit is 125 bytes.
  const bytesOf = (kbps: number) => (tenths: number) =>
    Math.ceil(kbps * 12.5 * sizes.overhead * tenths);
  const [originalOf, opusOf] = [bytesOf(sizes.original_kbps), bytesOf(sizes.opus_kbps)];
  const [originals, opuses] = [lengthTable(originalOf), lengthTable(opusOf)];
  const unknownMs = sizes.mean_duration_s * 1000;
  const heard = counts ? countedListens(count) : modelled(words);
  const totals: PlanTotals = {
    ...{ tracks: 0, recordings: 0, artists: 0, listens: 0, low: 0, high: 0 },
    ...{ heard: 0, zero: 0, unknown: 0, withoutDuration: 0, withoutIsrc: 0, withoutCount: 0 },
  };
  const setBeside = (rank: number, tenths: number, mine: HeldTrack) => {
    const { originalBytes: original, opusBytes = opusOf(tenths) } = mine;
    beside.set(rank, { original, opus: opusBytes });
    return BESIDE;
  };
  return {
    totals,
    words,
    add(rank, popularity, listens, durationMs, mine) {
      const tenths = Math.ceil((durationMs < 0 ? unknownMs : durationMs) / 100);
      const length = mine === undefined ? lengthOfTenths(tenths) : setBeside(rank, tenths, mine);
      words[rank] = wordOf(length, popularity);
      heard.add(rank, listens);
      totals.tracks += 1;
      if (popularity > 0) totals.heard += 1;
      else if (popularity === 0) totals.zero += 1;
      else totals.unknown += 1;
      if (durationMs < 0) totals.withoutDuration += 1;
      if (counts && listens < 0) totals.withoutCount += 1;
      totals.listens += heard.listens(rank);
      totals.low += heard.low(rank);
      totals.high += heard.high(rank);
    },
    touch(ranks) {
      // None of these looks waits for another, as they would one track after the other.
      let sum = 0;
      for (const rank of ranks) sum += words[rank]! + heard.listens(rank);
      return sum;
    },
    originalBytes(rank) {
      const length = lengthOf(words[rank]!);
      return length === BESIDE ? beside.get(rank)!.original : originals[length]!;
    },
    opusBytes(rank) {
      const length = lengthOf(words[rank]!);
      return length === BESIDE ? beside.get(rank)!.opus : opuses[length]!;
    },
    listens: heard.listens,
    low: heard.low,
    high: heard.high,
  };
}

interface HeardColumn {
  add(rank: number, listens: number): void;
  listens(rank: number): number;
  low(rank: number): number;
  high(rank: number): number;
}

/** The source's own numbers; what has none is not heard. */
function countedListens(count: number): HeardColumn {
  const counted = new Uint32Array(count);
  const beyond = new Map<number, number>();
  const listens = (rank: number) =>
    counted[rank] === MOST_LISTENS ? beyond.get(rank)! : counted[rank]!;
  return {
    add(rank, heard) {
      counted[rank] = Math.min(MOST_LISTENS, Math.max(0, heard));
      if (heard >= MOST_LISTENS) beyond.set(rank, heard);
    },
    listens,
    low: listens,
    high: listens,
  };
}

function modelled(words: Uint32Array): HeardColumn {
  const models: ModelledListens[] = Array.from({ length: 128 }, (_, popularity) =>
    modelledListens(popularity === UNKNOWN_POPULARITY ? null : popularity),
  );
  const listens = Float64Array.from(models, (model) => model.listens);
  const low = Float64Array.from(models, (model) => model.low);
  const high = Float64Array.from(models, (model) => model.high);
  return {
    add: () => {},
    listens: (rank) => listens[popularityOf(words[rank]!)]!,
    low: (rank) => low[popularityOf(words[rank]!)]!,
    high: (rank) => high[popularityOf(words[rank]!)]!,
  };
}
