/**
 * A column of whole numbers being read where it lies: one number is told without making those beside it. A column stands where
 * it was asked last, so that asking upwards costs a step each. What is written: number-column.ts.
 */
import { BlockError, type BlockReader, bitsAt } from './block-bytes.ts';
import { MOST_BITS, MOST_STEP, WAYS } from './number-column.ts';

/** A column of numbers. */
export interface Numbers {
  /** The number at a place, which must be one of its own. `BlockError`. */
  readonly at: (place: number) => number;
  /** No number is below this. */
  readonly least: number;
  /** Whether all of them are `least`. */
  readonly isSame: boolean;
}

/** The next `count` numbers of `reader`, which is then behind them. `BlockError`. */
export function openNumbers(reader: BlockReader, count: number): Numbers {
  return openBest(reader, count, true);
}

/** What `value` makes of the first `count` numbers, added up. */
export function sumOf(numbers: Numbers, count: number, value: (number: number) => number): number {
  return sumBefore(numbers, value)(count);
}

/** What `value` makes of the numbers before a place, added up. */
export function sumBefore(
  { at, least, isSame }: Numbers,
  value: (number: number) => number,
): (place: number) => number {
  if (isSame) return (place) => place * value(least);
  let here = 0;
  let sum = 0;
  return (place) => {
    if (place < here) here = sum = 0;
    for (; here < place; here += 1) sum += value(at(here));
    return sum;
  };
}

function openBest(reader: BlockReader, count: number, mayNest: boolean): Numbers {
  const way = reader.byte();
  if (way === WAYS.same) {
    const value = reader.varint();
    return { at: () => value, least: value, isSame: true };
  }
  if (way === WAYS.packed) return openPacked(reader, count, true);
  if (way === WAYS.steps) return openSteps(reader, count);
  if (way !== WAYS.runs || !mayNest) throw new BlockError(`a column of kind ${way}`);
  return openRuns(reader, count);
}

function openRuns(reader: BlockReader, count: number): Numbers {
  const runs = reader.varint();
  if (runs > count) throw new BlockError(`${runs} runs of ${count} values`);
  const lengths = openPacked(reader, runs, true);
  const values = openBest(reader, runs, false);
  let run = -1;
  let from = 0;
  let end = 0;
  const at = (place: number) => {
    if (place < from) {
      run = -1;
      end = 0;
    }
    while (place >= end) {
      run += 1;
      if (run >= runs) throw new BlockError('runs that are too short');
      from = end;
      end += lengths.at(run) + 1;
    }
    return values.at(run);
  };
  return { at, least: values.least, isSame: false };
}

function openSteps(reader: BlockReader, count: number): Numbers {
  const first = reader.varint();
  if (count === 0) throw new BlockError('steps of nothing');
  const steps = openPacked(reader, count - 1, true);
  let here = 0;
  let value = first;
  const at = (place: number) => {
    if (place < here) {
      here = 0;
      value = first;
    }
    for (; here < place; here += 1) {
      const step = steps.at(here);
      value += step % 2 === 1 ? -(step + 1) / 2 : step / 2;
      if (!(value >= 0 && value <= MOST_STEP)) throw new BlockError('a step out of bounds');
    }
    return value;
  };
  return { at, least: 0, isSame: false };
}

function openPacked(reader: BlockReader, count: number, mayNest: boolean): Numbers {
  const least = reader.varint();
  const width = reader.byte();
  const apart = reader.varint();
  if (width > MOST_BITS || apart > count || (apart > 0 && !mayNest))
    throw new BlockError('a packed column that cannot be');
  const { all } = reader;
  const first = reader.skip(Math.ceil((count * width) / 8)) * 8;
  const low = (place: number) => checked(least + bitsAt(all, first + place * width, width));
  if (apart === 0) return { at: low, least, isSame: false };
  const gaps = openPacked(reader, apart, false);
  const highs = openPacked(reader, apart, false);
  // Of those that have more bits the first that is not before the place asked last.
  let next = 0;
  let nextPlace = gaps.at(0);
  let last = 0;
  const at = (place: number) => {
    if (place < last) {
      next = 0;
      nextPlace = gaps.at(0);
    }
    last = place;
    while (nextPlace < place) {
      next += 1;
      nextPlace = next < apart ? nextPlace + 1 + gaps.at(next) : count;
    }
    const high = nextPlace === place ? (highs.at(next) + 1) * 2 ** width : 0;
    return checked(low(place) + high);
  };
  return { at, least, isSame: false };
}

function checked(value: number): number {
  if (value > Number.MAX_SAFE_INTEGER) throw new BlockError('a number of more than 53 bits');
  return value;
}
