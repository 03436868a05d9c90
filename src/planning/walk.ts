/**
 * Walks the order of acquisition: takes tracks from the order and, as far as its share allows, from the reserve, and draws
 * the curve. One sequence for every budget: a plan is a beginning of it, so a larger budget never drops a track.
 */
import assert from 'node:assert/strict';
import { type Curve, columnAt, NO_STEP, startCurve } from './curve.ts';
import { mainOrder, reserveOrder } from './order.ts';
import {
  BEYOND,
  HELD,
  LOW_SCORE,
  OPUS,
  PASSED_OVER,
  RESERVE,
  RIGHT_MASK,
  RIGHT_SHIFT,
  reasonCode,
} from './plan-code.ts';
import type { PlanColumns } from './plan-columns.ts';
import { ARTIST_FIRST, codeOf, RECORDING_FIRST, withCode } from './track-words.ts';

/** What a plan may weigh; null is without limit. */
export interface PlanLimits {
  /** Published bytes. */
  readonly budgetBytes: number | null;
  /** Bytes that the operator holds: originals, and beside them what is re-encoded. */
  readonly keepBytes: number | null;
}

/** The end of a stage of the order: how many steps of the curve lead to it. */
export interface StageEnd {
  readonly name: string;
  readonly steps: number;
}

/** A plan as it was walked. The codes are those of the columns, with the reserve and the budget marked. */
export interface WalkedPlan {
  readonly codes: Uint8Array;
  /** The step of the curve with which each track is taken; `NO_STEP` for those passed over. */
  readonly stepOf: Uint16Array;
  readonly curve: Curve;
  /** Steps that are within the limits. */
  readonly cut: number;
  readonly stages: readonly StageEnd[];
}

/** Tracks that are looked at together before each is taken. */
const AHEAD = 512;
const RESERVED = RESERVE | PASSED_OVER;
const WANTED = 2 << RIGHT_SHIFT;
const DARK = 1 << RIGHT_SHIFT;
const [TRACKS, BYTES, KEEP, LISTENS, LOW, HIGH] = (
  ['tracks', 'bytes', 'keepBytes', 'listens', 'low', 'high'] as const
).map(columnAt) as [number, number, number, number, number, number];
const [RECORDINGS, ARTISTS, HELD_BYTES, DARK_TRACKS] = (
  ['recordings', 'artists', 'heldBytes', 'darkTracks'] as const
).map(columnAt) as [number, number, number, number];
const [OPUS_TRACKS, OPUS_BYTES] = [columnAt('opusTracks'), columnAt('opusBytes')];
const [RESERVE_TRACKS, RESERVE_BYTES] = [columnAt('reserveTracks'), columnAt('reserveBytes')];
const [WANTED_TRACKS, WANTED_BYTES] = [columnAt('wantedTracks'), columnAt('wantedBytes')];

/** The plan over `columns` within `limits`. Changes `columns`, and lets go of their keys. Memory: 11 bytes a track beside them. */
export function walk(columns: PlanColumns, limits: PlanLimits): WalkedPlan {
  const order = mainOrder(columns);
  const reserve = reserveOrder(columns);
  columns.keys = new Uint16Array(0);
  columns.copies = new Uint8Array(0);
  const { words, policy } = columns;
  const stepOf = new Uint16Array(words.length).fill(NO_STEP);
  const curve = startCurve();
  const take = taker(columns, stepOf, curve);
  const { share } = policy.reserve;
  const { now } = curve;
  const budget = limits.budgetBytes ?? Number.POSITIVE_INFINITY;
  const keep = limits.keepBytes ?? Number.POSITIVE_INFINITY;
  const stages: StageEnd[] = [];
  let cut: number | undefined;
  let [mainAt, reserveAt, touchedAt, sum] = [0, 0, 0, 0];
  // The reserve leaves its mark in the word, which is needed next anyway.
  const isTaken = (rank: number) => (codeOf(words[rank]!) & RESERVED) === RESERVE;
  const fits = (code: number, rank: number) => {
    const original = columns.originalBytes(rank);
    const bytes = code & OPUS ? columns.opusBytes(rank) : original;
    const kept = code & OPUS ? original + bytes : original;
    return now[BYTES]! + bytes <= budget && now[KEEP]! + kept <= keep;
  };
  const taking = (code: number, rank: number) => {
    if (cut === undefined && !fits(code, rank)) cut = curve.close();
    take(cut === undefined ? code : code | BEYOND, rank);
  };
  for (;;) {
    while (reserveAt < reserve.length && stepOf[reserve[reserveAt]!] !== NO_STEP) reserveAt += 1;
    if (reserveAt < reserve.length) {
      const rank = reserve[reserveAt]!;
      const code = (codeOf(words[rank]!) & ~LOW_SCORE) | RESERVE;
      const bytes = code & OPUS ? columns.opusBytes(rank) : columns.originalBytes(rank);
      if (now[RESERVE_BYTES]! + bytes <= share * (now[BYTES]! + bytes)) {
        taking(code, rank);
        continue;
      }
    }
    while (mainAt < order.ranks.length && isTaken(order.ranks[mainAt]!)) mainAt += 1;
    while (stages.length < order.stages.length && mainAt >= order.stages[stages.length]!.end)
      stages.push({ name: order.stages[stages.length]!.name, steps: curve.close() });
    if (mainAt === order.ranks.length) break;
    if (mainAt >= touchedAt) {
      touchedAt = mainAt + AHEAD;
      sum += columns.touch(order.ranks.subarray(mainAt, touchedAt));
    }
    const rank = order.ranks[mainAt]!;
    taking(codeOf(words[rank]!), rank);
    mainAt += 1;
  }
  assert.ok(sum >= 0);
  const steps = curve.close();
  return { codes: codesOf(words), stepOf, curve: curve.finish(), cut: cut ?? steps, stages };
}

/** The codes of a plan: what nothing took, since its score is too low, has that for its reason. */
function codesOf(words: Uint32Array): Uint8Array {
  const codes = new Uint8Array(words.length);
  const low = reasonCode('low-priority');
  for (let rank = 0; rank < words.length; rank += 1) {
    const code = codeOf(words[rank]!);
    codes[rank] = code >= LOW_SCORE ? low : code;
  }
  return codes;
}

/** Takes a track into the step that is open, and adds it to the curve. */
function taker(columns: PlanColumns, stepOf: Uint16Array, curve: ReturnType<typeof startCurve>) {
  const { words } = columns;
  const { now } = curve;
  return (code: number, rank: number): void => {
    const word = words[rank]!;
    words[rank] = withCode(word, code);
    stepOf[rank] = curve.steps;
    const original = columns.originalBytes(rank);
    const isOpus = (code & OPUS) !== 0;
    const bytes = isOpus ? columns.opusBytes(rank) : original;
    now[TRACKS]! += 1;
    now[BYTES]! += bytes;
    now[KEEP]! += isOpus ? original + bytes : original;
    now[LISTENS]! += columns.listens(rank);
    now[LOW]! += columns.low(rank);
    now[HIGH]! += columns.high(rank);
    if (word & RECORDING_FIRST) now[RECORDINGS]! += 1;
    if (word & ARTIST_FIRST) now[ARTISTS]! += 1;
    if (isOpus) {
      now[OPUS_TRACKS]! += 1;
      now[OPUS_BYTES]! += bytes;
    }
    if (code & RESERVE) {
      now[RESERVE_TRACKS]! += 1;
      now[RESERVE_BYTES]! += bytes;
    }
    if ((code & RIGHT_MASK) === WANTED) {
      now[WANTED_TRACKS]! += 1;
      now[WANTED_BYTES]! += bytes;
    }
    if ((code & RIGHT_MASK) === DARK) now[DARK_TRACKS]! += 1;
    if (code & HELD) now[HELD_BYTES]! += bytes;
    curve.taken();
  };
}
