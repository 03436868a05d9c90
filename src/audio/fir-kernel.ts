/**
 * The inner loop of the resampler: sums of products of samples and filter taps, eight at a time, in WebAssembly
 * (`base/vector-code.ts`). The order of the sums is fixed by the code.
 */
import assert from 'node:assert/strict';
import {
  advance,
  branchBack,
  constant,
  get,
  integers,
  loop,
  prepareVectorCode,
  set,
  singles,
  vectors,
} from '../base/vector-code.ts';

/** Rows of taps, of which each output sample takes one. */
export interface TapRows {
  /** Rows one after the other. */
  readonly taps: Float32Array;
  /** Taps a row; a multiple of eight. */
  readonly width: number;
  readonly phases: number;
  /** How many phases forward each output sample lies behind the one before. */
  readonly step: number;
}

/** Filters by one set of rows. */
export interface FirKernel {
  /**
   * `count` output samples of `input`: sample *i* is the sum of `width` samples of the input, from where
   * `firstPhase` + *i* · `step` phases lie, times the row of the rest.
   */
  run(input: Float32Array, firstPhase: number, count: number): Float32Array<ArrayBuffer>;
}

const ALIGNMENT = 16;

/** A kernel for `rows`, in memory of its own that grows to the longest input. */
export function startFirKernel({ taps, width, phases, step }: TapRows): FirKernel {
  assert.equal(width % 8, 0, 'eight taps at a time');
  const { memory, run, reserve } = start();
  const inputAt = Math.ceil(taps.byteLength / ALIGNMENT) * ALIGNMENT;
  reserve(inputAt);
  new Float32Array(memory.buffer).set(taps);
  return {
    run(input, firstPhase, count) {
      const outputAt = inputAt + Math.ceil(input.byteLength / ALIGNMENT) * ALIGNMENT;
      reserve(outputAt + count * 4);
      new Float32Array(memory.buffer, inputAt).set(input);
      if (count > 0) run.filter(inputAt, outputAt, count, firstPhase, phases, step, width * 4);
      return new Float32Array(memory.buffer, outputAt, count).slice();
    },
  };
}

/** Parameters of `run`, then its local variables. */
const IN = 0;
const OUT = 1;
const COUNT = 2;
const PHASE = 3;
const PHASES = 4;
const STEP = 5;
const ROW_BYTES = 6;
const SAMPLE = 7;
const TAP = 8;
const ROW_END = 9;
const SUM = 10;
const OTHER_SUM = 11;

const accumulate = (sum: number, offset: number) => [
  ...get(sum),
  ...get(SAMPLE),
  ...vectors.load(offset),
  ...get(TAP),
  ...vectors.load(offset),
  ...vectors.multiply,
  ...vectors.add,
  ...set(sum),
];
const lane = (index: number) => [...get(SUM), ...vectors.lane(index)];

const BODY = loop(
  [...get(IN), ...set(SAMPLE)],
  [...get(ROW_BYTES), ...get(PHASE), ...integers.multiply, ...set(TAP)],
  [...get(TAP), ...get(ROW_BYTES), ...integers.add, ...set(ROW_END)],
  [...vectors.zero, ...set(SUM), ...vectors.zero, ...set(OTHER_SUM)],
  loop(
    accumulate(SUM, 0),
    accumulate(OTHER_SUM, 16),
    advance(SAMPLE, constant(32)),
    advance(TAP, constant(32)),
    [...get(TAP), ...get(ROW_END), ...integers.isLess, ...branchBack],
  ),
  [...get(SUM), ...get(OTHER_SUM), ...vectors.add, ...set(SUM)],
  [...get(OUT), ...lane(0), ...lane(1), ...singles.add],
  [...lane(2), ...lane(3), ...singles.add, ...singles.add, ...singles.store],
  advance(OUT, constant(4)),
  advance(PHASE, get(STEP)),
  advance(IN, get(PHASE), get(PHASES), integers.divide, constant(4), integers.multiply),
  [...get(PHASE), ...get(PHASES), ...integers.remainder, ...set(PHASE)],
  [...get(COUNT), ...constant(1), ...integers.subtract, ...set(COUNT)],
  [...get(COUNT), ...branchBack],
);
const start = prepareVectorCode({
  filter: { parameters: 7, integerLocals: 3, vectorLocals: 2, body: BODY },
});
