/**
 * The inner loop of the resampler as WebAssembly with 128-bit vectors, assembled here byte by byte: sums of products of
 * samples and filter taps, eight at a time.
 *
 * WebAssembly's vectors are IEEE 754 singles, and the order of the sums is fixed by the code, so every machine gives the
 * same samples (WebAssembly core specification 2.0, sections 4.3.3 and 5.4).
 */
import assert from 'node:assert/strict';

/** What is used of WebAssembly, whose types stand in the browser's library alone. */
interface WasmApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  run(...numbers: number[]): void;
}

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

const PAGE_BYTES = 65_536;
const ALIGNMENT = 16;

/** A kernel for `rows`, in memory of its own that grows to the longest input. */
export function startFirKernel({ taps, width, phases, step }: TapRows): FirKernel {
  assert.equal(width % 8, 0, 'eight taps at a time');
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WasmApi })
    .WebAssembly;
  const { memory, run } = new Instance(new Module(moduleBytes())).exports as Exports;
  const inputAt = Math.ceil(taps.byteLength / ALIGNMENT) * ALIGNMENT;
  const reserve = (bytes: number) => {
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
  };
  reserve(inputAt);
  new Float32Array(memory.buffer).set(taps);
  return {
    run(input, firstPhase, count) {
      const outputAt = inputAt + Math.ceil(input.byteLength / ALIGNMENT) * ALIGNMENT;
      reserve(outputAt + count * 4);
      new Float32Array(memory.buffer, inputAt).set(input);
      if (count > 0) run(inputAt, outputAt, count, firstPhase, phases, step, width * 4);
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

const I32 = 0x7f;
const V128 = 0x7b;
const VOID = 0x40;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const constant = (value: number) => [0x41, value];
const loop = (...body: number[][]) => [0x03, VOID, ...body.flat(), 0x0b];
const branchBack = [0x0d, 0];
const add = [0x6a];
const subtract = [0x6b];
const multiply = [0x6c];
const divide = [0x6e];
const remainder = [0x70];
const isLess = [0x49];
const vector = (code: number, ...rest: number[]) => [
  0xfd,
  ...(code < 128 ? [code] : [(code & 127) | 128, code >> 7]),
  ...rest,
];
/** Unaligned reads are allowed; the alignment stated is that of a single. */
const load = (offset: number) => vector(0, 2, offset);
const zero = vector(12, ...new Array<number>(16).fill(0));
const addVectors = vector(228);
const multiplyVectors = vector(230);
const lane = (index: number) => vector(31, index);
const addSingles = [0x92];
const storeSingle = [0x38, 2, 0];

const advance = (local: number, ...by: number[][]) => [
  ...get(local),
  ...by.flat(),
  ...add,
  ...set(local),
];
const accumulate = (sum: number, offset: number) => [
  ...get(sum),
  ...get(SAMPLE),
  ...load(offset),
  ...get(TAP),
  ...load(offset),
  ...multiplyVectors,
  ...addVectors,
  ...set(sum),
];

const BODY = loop(
  [...get(IN), ...set(SAMPLE)],
  [...get(ROW_BYTES), ...get(PHASE), ...multiply, ...set(TAP)],
  [...get(TAP), ...get(ROW_BYTES), ...add, ...set(ROW_END)],
  [...zero, ...set(SUM), ...zero, ...set(OTHER_SUM)],
  loop(
    accumulate(SUM, 0),
    accumulate(OTHER_SUM, 16),
    advance(SAMPLE, constant(32)),
    advance(TAP, constant(32)),
    [...get(TAP), ...get(ROW_END), ...isLess, ...branchBack],
  ),
  [...get(SUM), ...get(OTHER_SUM), ...addVectors, ...set(SUM)],
  [...get(OUT), ...get(SUM), ...lane(0), ...get(SUM), ...lane(1), ...addSingles],
  [...get(SUM), ...lane(2), ...get(SUM), ...lane(3), ...addSingles, ...addSingles, ...storeSingle],
  advance(OUT, constant(4)),
  advance(PHASE, get(STEP)),
  advance(IN, get(PHASE), get(PHASES), divide, constant(4), multiply),
  [...get(PHASE), ...get(PHASES), ...remainder, ...set(PHASE)],
  [...get(COUNT), ...constant(1), ...subtract, ...set(COUNT)],
  [...get(COUNT), ...branchBack],
);

/** A module with one page of memory and `run`; the rows lie at its beginning. */
function moduleBytes(): Uint8Array {
  const code = [2, 3, I32, 2, V128, ...BODY, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 7, ...new Array<number>(7).fill(I32), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...exported('memory', 2), ...exported('run', 0)]),
    ...section(10, [1, ...leb128(code.length), ...code]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb128(content.length), ...content];
}

function exported(name: string, kind: number): number[] {
  return [name.length, ...Buffer.from(name), kind, 0];
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >> 7)];
}
