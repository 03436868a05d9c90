/**
 * Sound at half its rate: a half-band filter of 19 taps, flat to 0.16 of the incoming rate and -60 dB from 0.34 on. In
 * WebAssembly, four samples at a time.
 */
import {
  advance,
  constant,
  countDown,
  get,
  loop,
  prepareVectorCode,
  set,
  vectors,
} from '../../base/vector-code.ts';

/** A filter being fed. */
export interface Halving {
  /** Where the next samples are to be written. */
  readonly samples: Float32Array;
  /** Half as many samples as the first `count` of those, an even number; the array is used again. */
  halve(count: number): Float32Array;
}

const REACH = 9;
/** Taps at the odd distances 1, 3 … 9 from the middle; those at even distances are zero, the middle is a half. */
const ODD_TAPS = [1, 3, 5, 7, 9].map((distance) => {
  const turn = (Math.PI * distance) / (REACH + 1);
  const blackman = 0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
  return (Math.sin((Math.PI * distance) / 2) / (Math.PI * distance)) * blackman;
});
const SCALE = 0.5 + 2 * ODD_TAPS.reduce((sum, tap) => sum + tap, 0);
const TAPS = [0.5, ...ODD_TAPS].map((tap) => tap / SCALE);
const SINGLE = 4;
/** Whole vectors are read and written, so each part has room behind it. */
const ROOM = 32;

const load = (local: number, offset: number) => [...get(local), ...vectors.load(offset)];
const twoLoads = [...load(0, 0), ...load(0, 16)];
/** `part(IN, EVEN, ODD, VECTORS)`: the even and the odd samples apart. */
const part = loop(
  [...get(1), ...twoLoads, ...vectors.pick(0, 2, 4, 6), ...vectors.store(0)],
  [...get(2), ...twoLoads, ...vectors.pick(1, 3, 5, 7), ...vectors.store(0)],
  advance(0, constant(32)),
  [1, 2].flatMap((local) => advance(local, constant(16))),
  countDown(3),
);

/** `filter(EVEN, ODD, OUT, TAPS, VECTORS)`: the taps at odd distances from a middle that is odd fall on even samples. */
const FIRST_TAP = 5;
const filter = [
  ...TAPS.flatMap((_, index) => [
    ...get(3),
    ...vectors.spread(SINGLE * index),
    ...set(FIRST_TAP + index),
  ]),
  ...loop(
    [...get(2), ...load(1, 4 * SINGLE), ...get(FIRST_TAP), ...vectors.multiply],
    ODD_TAPS.flatMap((_, index) => [
      ...load(0, (4 - index) * SINGLE),
      ...load(0, (5 + index) * SINGLE),
      ...vectors.add,
      ...get(FIRST_TAP + 1 + index),
      ...vectors.multiply,
      ...vectors.add,
    ]),
    vectors.store(0),
    [0, 1, 2].flatMap((local) => advance(local, constant(16))),
    countDown(4),
  ),
];
const start = prepareVectorCode({
  part: { parameters: 4, integerLocals: 0, vectorLocals: 0, body: part },
  filter: { parameters: 5, integerLocals: 0, vectorLocals: 6, body: filter },
});

/** A filter that takes at most `capacity` samples at a time, an even number. */
export function startHalving(capacity: number): Halving {
  const { memory, run, reserve } = start();
  const lineBytes = (2 * REACH + capacity) * SINGLE;
  const tapsAt = 0;
  const lineAt = ROOM;
  const evenAt = lineAt + lineBytes + ROOM;
  const oddAt = evenAt + lineBytes / 2 + ROOM;
  const outAt = oddAt + lineBytes / 2 + ROOM;
  reserve(outAt + (capacity / 2) * SINGLE + ROOM);
  new Float32Array(memory.buffer, tapsAt).set(TAPS);
  // The samples that the filter still reaches back to, then the next ones.
  const line = new Float32Array(memory.buffer, lineAt, 2 * REACH + capacity);
  const out = new Float32Array(memory.buffer, outAt, capacity / 2);
  return {
    samples: line.subarray(2 * REACH),
    halve(count) {
      run.part(lineAt, evenAt, oddAt, Math.ceil((2 * REACH + count) / 8));
      run.filter(evenAt, oddAt, outAt, tapsAt, Math.ceil(count / 8));
      line.copyWithin(0, count, count + 2 * REACH);
      return count === capacity ? out : out.subarray(0, count / 2);
    },
  };
}
