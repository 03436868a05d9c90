/**
 * A column of whole numbers from 0 to 2^53 − 1 being written in as few bytes as four plain ways allow: all the same, packed in bits with
 * the few large ones apart, runs, steps. Read by number-reader.ts. Layout: docs/formats/catalogue-files.md.
 */
import type { BlockWriter } from './block-bytes.ts';

/** How a column is written: a byte in front of it. */
export const WAYS = { same: 0, packed: 1, runs: 2, steps: 3 } as const;
/** Bits of the largest number. */
export const MOST_BITS = 53;
/** The largest number that is written as steps: they may go down, which costs them a bit. */
export const MOST_STEP = 2 ** 51;
/** Bits of the places of a number kept apart, about. */
const APART_BITS = 8;
/** What a nested column costs at least. */
const NESTED_BITS = 40;

/** Appends `values` to `writer`. */
export function putNumbers(writer: BlockWriter, values: readonly number[]): void {
  putBest(writer, values, true);
}

function putBest(writer: BlockWriter, values: readonly number[], mayNest: boolean): void {
  const first = values[0] ?? 0;
  let runs = 1;
  let most = 0;
  for (let at = 1; at < values.length; at += 1) if (values[at] !== values[at - 1]) runs += 1;
  for (let at = 0; at < values.length; at += 1) if (values[at]! > most) most = values[at]!;
  if (runs === 1) {
    writer.byte(WAYS.same);
    writer.varint(first);
    return;
  }
  const packing = planPacking(values);
  const few = mayNest && runs * 2 <= values.length ? runsOf(values, runs) : undefined;
  const fewBits = few ? costOfRuns(few) : Number.POSITIVE_INFINITY;
  const steps = most < MOST_STEP ? stepsOf(values) : undefined;
  const stepBits = steps ? planPacking(steps).bits + NESTED_BITS : Number.POSITIVE_INFINITY;
  if (few && fewBits < packing.bits && fewBits <= stepBits) {
    writer.byte(WAYS.runs);
    writer.varint(runs);
    putPacked(writer, few.lengths, planPacking(few.lengths));
    putBest(writer, few.values, false);
  } else if (steps && stepBits < packing.bits) {
    writer.byte(WAYS.steps);
    writer.varint(first);
    putPacked(writer, steps, planPacking(steps));
  } else {
    writer.byte(WAYS.packed);
    putPacked(writer, values, packing);
  }
}

/** Each difference from the value before, so that small ones of either sign are small numbers. */
function stepsOf(values: readonly number[]): number[] {
  const steps = new Array<number>(values.length - 1);
  for (let at = 1; at < values.length; at += 1) {
    const step = values[at]! - values[at - 1]!;
    steps[at - 1] = step < 0 ? -step * 2 - 1 : step * 2;
  }
  return steps;
}

interface Runs {
  /** One less than how many values each run has. */
  readonly lengths: readonly number[];
  readonly values: readonly number[];
}

function runsOf(all: readonly number[], count: number): Runs {
  const lengths = new Array<number>(count);
  const values = new Array<number>(count);
  let run = 0;
  let from = 0;
  for (let at = 1; at <= all.length; at += 1) {
    if (at < all.length && all[at] === all[from]) continue;
    lengths[run] = at - from - 1;
    values[run] = all[from]!;
    run += 1;
    from = at;
  }
  return { lengths, values };
}

function costOfRuns({ lengths, values }: Runs): number {
  const steps = values.length > 1 ? planPacking(stepsOf(values)).bits + NESTED_BITS : 0;
  return planPacking(lengths).bits + Math.min(planPacking(values).bits, steps) + NESTED_BITS;
}

/** How a column is packed: `least` taken off, `width` bits each, the rest of those that need more apart. */
interface Packing {
  readonly least: number;
  readonly width: number;
  readonly apart: number;
  /** What it takes, about. */
  readonly bits: number;
}

const counts = new Uint32Array(MOST_BITS + 1);

function planPacking(values: readonly number[]): Packing {
  let least = values[0] ?? 0;
  for (let at = 1; at < values.length; at += 1) if (values[at]! < least) least = values[at]!;
  counts.fill(0);
  let widest = 0;
  for (let at = 0; at < values.length; at += 1) {
    const width = bitsOf(values[at]! - least);
    counts[width]! += 1;
    if (width > widest) widest = width;
  }
  let best = { least, width: widest, apart: 0, bits: values.length * widest };
  let apart = 0;
  for (let width = widest - 1; width >= 0; width -= 1) {
    apart += counts[width + 1]!;
    const bits = values.length * width + apart * (widest - width + APART_BITS) + NESTED_BITS;
    if (bits < best.bits) best = { least, width, apart, bits };
  }
  return best;
}

function bitsOf(value: number): number {
  return value < 2 ** 31 ? 32 - Math.clz32(value) : 63 - Math.clz32(Math.floor(value / 2 ** 31));
}

function putPacked(
  writer: BlockWriter,
  values: readonly number[],
  { least, width, apart }: Packing,
): void {
  const scale = 2 ** width;
  writer.varint(least);
  writer.byte(width);
  writer.varint(apart);
  writer.packed(values, least, width);
  if (apart === 0) return;
  const gaps: number[] = [];
  const highs: number[] = [];
  let last = -1;
  for (let at = 0; at < values.length; at += 1) {
    const high = Math.floor((values[at]! - least) / scale);
    if (high === 0) continue;
    gaps.push(at - last - 1);
    highs.push(high - 1);
    last = at;
  }
  putWhole(writer, gaps);
  putWhole(writer, highs);
}

/** Packed with none apart. */
function putWhole(writer: BlockWriter, values: readonly number[]): void {
  let widest = 0;
  for (const value of values) widest = Math.max(widest, bitsOf(value));
  putPacked(writer, values, { least: 0, width: widest, apart: 0, bits: 0 });
}
