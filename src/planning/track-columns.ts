/**
 * What each track of a snapshot weighs and how often it is heard, by rank, and the sums over all of them. Lengths are kept
 * as tenths of a second in 16 bits; what is longer, or held and known exactly, stands beside. Memory: 3 bytes a track, 7
 * where listens are counted.
 */
import { type ModelledListens, modelledListens } from '../model/listening-model.ts';
import type { HeldTrack } from './plan-input.ts';
import type { Policy } from './policy.ts';

/** Popularity that is not known, in the column of popularity. */
const UNKNOWN = 255;
/** A length that stands beside. */
const BESIDE = 0xffff;
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
  /** 0–100, or 255 for unknown. */
  readonly popularity: Uint8Array;
  /** Takes the next row: -1 is unknown. */
  add(
    rank: number,
    popularity: number,
    listens: number,
    durationMs: number,
    mine: HeldTrack | undefined,
  ): void;
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
  const lengths = new Uint16Array(count);
  const exact = new Map<number, { original: number; opus: number }>();
  const popularities = new Uint8Array(count);
  // Bytes a tenth of a second: a kilobit is 125 bytes.
  const originalRate = sizes.original_kbps * 12.5 * sizes.overhead;
  const opusRate = sizes.opus_kbps * 12.5 * sizes.overhead;
  const unknownMs = sizes.mean_duration_s * 1000;
  const heard = counts ? countedListens(count) : modelled(popularities);
  const totals: PlanTotals = {
    ...{ tracks: 0, recordings: 0, artists: 0, listens: 0, low: 0, high: 0 },
    ...{ heard: 0, zero: 0, unknown: 0, withoutDuration: 0, withoutIsrc: 0, withoutCount: 0 },
  };
  const setBeside = (rank: number, tenths: number, mine: HeldTrack | undefined) => {
    lengths[rank] = BESIDE;
    const original = mine?.originalBytes ?? Math.ceil(originalRate * tenths);
    exact.set(rank, { original, opus: mine?.opusBytes ?? Math.ceil(opusRate * tenths) });
  };
  return {
    totals,
    popularity: popularities,
    add(rank, popularity, listens, durationMs, mine) {
      popularities[rank] = popularity < 0 ? UNKNOWN : popularity;
      const tenths = Math.ceil((durationMs < 0 ? unknownMs : durationMs) / 100);
      if (mine !== undefined || tenths >= BESIDE) setBeside(rank, tenths, mine);
      else lengths[rank] = tenths;
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
    originalBytes: (rank) =>
      lengths[rank] === BESIDE
        ? exact.get(rank)!.original
        : Math.ceil(originalRate * lengths[rank]!),
    opusBytes: (rank) =>
      lengths[rank] === BESIDE ? exact.get(rank)!.opus : Math.ceil(opusRate * lengths[rank]!),
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

function modelled(popularities: Uint8Array): HeardColumn {
  const models: ModelledListens[] = Array.from({ length: 256 }, (_, popularity) =>
    modelledListens(popularity === UNKNOWN ? null : popularity),
  );
  const listens = Float64Array.from(models, (model) => model.listens);
  const low = Float64Array.from(models, (model) => model.low);
  const high = Float64Array.from(models, (model) => model.high);
  return {
    add: () => {},
    listens: (rank) => listens[popularities[rank]!]!,
    low: (rank) => low[popularities[rank]!]!,
    high: (rank) => high[popularities[rank]!]!,
  };
}
