/**
 * The instructions of WebAssembly that the loops over samples here are made of, and a module round them: assembled byte
 * by byte, so that what runs is what is written here.
 *
 * WebAssembly core specification 2.0, sections 5.4 and 5.5. Its vectors are IEEE 754 numbers in a fixed order, so every
 * machine gives the same numbers.
 */

/** What is used of WebAssembly, whose types stand in the browser's library alone. */
interface WasmApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** A function of integers. */
export interface VectorFunction {
  readonly parameters: number;
  /** Local variables after the parameters: integers, then vectors. */
  readonly integerLocals: number;
  readonly vectorLocals: number;
  readonly body: readonly number[];
}

/** A module that runs: its memory, and its functions. */
export interface VectorCode<Name extends string> {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly run: Readonly<Record<Name, (...numbers: number[]) => void>>;
  /** Makes the memory at least so large; views of it made before are lost when it grows. */
  reserve(bytes: number): void;
}

const PAGE_BYTES = 65_536;
const I32 = 0x7f;
const V128 = 0x7b;
const VOID = 0x40;

/** Pushes a local variable. */
export const get = (local: number): number[] => [0x20, local];
/** Pops into a local variable. */
export const set = (local: number): number[] => [0x21, local];
/** Pushes a whole number. */
export const constant = (value: number): number[] => [0x41, ...signedLeb128(value)];
/** Repeats `body` for as long as its `branchBack` finds something other than 0. */
export const loop = (...body: number[][]): number[] => [0x03, VOID, ...body.flat(), 0x0b];
/** Goes to the beginning of the innermost loop unless 0 is on the stack. */
export const branchBack: number[] = [0x0d, 0];
/** Integers: sum, difference, product, quotient and rest; whether the first is less; one from memory. All without sign. */
export const integers = {
  add: [0x6a],
  subtract: [0x6b],
  multiply: [0x6c],
  divide: [0x6e],
  remainder: [0x70],
  isLess: [0x49],
  load: (offset: number): number[] => [0x28, 2, ...leb128(offset)],
};
const vector = (code: number, ...rest: number[]) => [0xfd, ...leb128(code), ...rest];
/** Vectors of four singles; `peak` keeps the first where the second is no number. */
export const vectors = {
  zero: vector(12, ...new Array<number>(16).fill(0)),
  add: vector(228),
  subtract: vector(229),
  multiply: vector(230),
  magnitude: vector(224),
  peak: vector(235),
  /** Unaligned reads and writes are allowed; the alignment stated is that of a single. */
  load: (offset: number): number[] => vector(0, 2, ...leb128(offset)),
  store: (offset: number): number[] => vector(11, 2, ...leb128(offset)),
  /** One single in all four places. */
  spread: (offset: number): number[] => vector(9, 2, ...leb128(offset)),
  lane: (index: number): number[] => vector(31, index),
  /** Four of the eight singles of two vectors. */
  pick: (...lanes: readonly number[]): number[] => vector(13, ...bytesOfLanes(lanes, 4)),
};
/** Vectors of two doubles; loads and stores are those of `vectors`. */
export const pairs = {
  add: vector(240),
  subtract: vector(241),
  multiply: vector(242),
  /** One double in both places. */
  spread: (offset: number): number[] => vector(10, 3, ...leb128(offset)),
  lane: (index: number): number[] => vector(33, index),
  /** Two of the four doubles of two vectors. */
  pick: (...lanes: readonly number[]): number[] => vector(13, ...bytesOfLanes(lanes, 8)),
  /** The first two singles of a vector as doubles. */
  widen: vector(95),
};
/** Singles. */
export const singles = { add: [0x92], max: [0x97], store: [0x38, 2, 0] };
/** Doubles. */
export const doubles = { add: [0xa0], store: [0x39, 3, 0] };
/** Adds what `by` leaves on the stack to a local variable. */
export const advance = (local: number, ...by: number[][]): number[] => [
  ...get(local),
  ...by.flat(),
  ...integers.add,
  ...set(local),
];
/** Takes `by` from a local variable, and goes to the beginning of the innermost loop unless that leaves 0. */
export const countDown = (local: number, by = 1): number[] => [
  ...get(local),
  ...constant(by),
  ...integers.subtract,
  ...set(local),
  ...get(local),
  ...branchBack,
];

/** A way to start `functions` any number of times, each with memory of its own; they are compiled once. */
export function prepareVectorCode<Name extends string>(
  functions: Readonly<Record<Name, VectorFunction>>,
): () => VectorCode<Name> {
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WasmApi })
    .WebAssembly;
  let module: object | undefined;
  return () => {
    module ??= new Module(moduleBytes(functions));
    const { memory, ...run } = new Instance(module).exports as VectorCode<Name>['run'] & {
      memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
    };
    return {
      memory,
      run: run as unknown as VectorCode<Name>['run'],
      reserve(bytes) {
        const missing = bytes - memory.buffer.byteLength;
        if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
      },
    };
  };
}

function moduleBytes(functions: Readonly<Record<string, VectorFunction>>): Uint8Array {
  const all = Object.entries<VectorFunction>(functions);
  const types = all.map(([, { parameters }]) => [
    ...[0x60, parameters],
    ...new Array<number>(parameters).fill(I32),
    0,
  ]);
  const names = all.map(([name], index) => [name.length, ...Buffer.from(name), 0, index]);
  const codes = all.map(([, { integerLocals, vectorLocals, body }]) => {
    const code = [2, integerLocals, I32, vectorLocals, V128, ...body, 0x0b];
    return [...leb128(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(
      3,
      all.map((_, index) => [index]),
    ),
    ...section(5, [[0, 1]]),
    ...section(7, [[6, ...Buffer.from('memory'), 2, 0], ...names]),
    ...section(10, codes),
  ]);
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = [...leb128(items.length), ...items.flat()];
  return [id, ...leb128(content.length), ...content];
}

function bytesOfLanes(lanes: readonly number[], size: number): number[] {
  return lanes.flatMap((lane) => Array.from({ length: size }, (_, byte) => lane * size + byte));
}

function leb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb128(value >> 7)];
}

function signedLeb128(value: number): number[] {
  const byte = value & 127;
  const rest = value >> 7;
  return (rest === 0 && byte < 64) || (rest === -1 && byte >= 64)
    ? [byte]
    : [byte | 128, ...signedLeb128(rest)];
}
