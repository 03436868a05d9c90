/**
 * The instructions of WebAssembly that the loops over samples here are made of, and a module round them: assembled byte
 * by byte, so that what runs is what is written here.
 *
 * WebAssembly core specification 2.0, sections 5.4 and 5.5. Its vectors are IEEE 754 singles in a fixed order, so every
 * machine gives the same numbers.
 */

/** What is used of WebAssembly, whose types stand in the browser's library alone. */
interface WasmApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** A module that runs: its memory, and its one function. */
export interface VectorCode {
  readonly memory: { readonly buffer: ArrayBuffer };
  run(...numbers: number[]): void;
  /** Makes the memory at least so large. */
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
/** Pushes a whole number below 64. */
export const constant = (value: number): number[] => [0x41, value];
/** Repeats `body` for as long as its `branchBack` finds something other than 0. */
export const loop = (...body: number[][]): number[] => [0x03, VOID, ...body.flat(), 0x0b];
/** Goes to the beginning of the innermost loop unless 0 is on the stack. */
export const branchBack: number[] = [0x0d, 0];
/** Integers: sum, difference, product, quotient and rest; whether the first is less. All without sign. */
export const integers = {
  add: [0x6a],
  subtract: [0x6b],
  multiply: [0x6c],
  divide: [0x6e],
  remainder: [0x70],
  isLess: [0x49],
};
const vector = (code: number, ...rest: number[]) => [
  0xfd,
  ...(code < 128 ? [code] : [(code & 127) | 128, code >> 7]),
  ...rest,
];
/** Vectors of four singles; `peak` keeps the first where the second is no number. */
export const vectors = {
  zero: vector(12, ...new Array<number>(16).fill(0)),
  add: vector(228),
  multiply: vector(230),
  magnitude: vector(224),
  peak: vector(235),
  /** Unaligned reads are allowed; the alignment stated is that of a single. */
  load: (offset: number): number[] => vector(0, 2, offset),
  lane: (index: number): number[] => vector(31, index),
};
/** Singles. */
export const singles = { add: [0x92], max: [0x97], store: [0x38, 2, 0] };
/** Adds what `by` leaves on the stack to a local variable. */
export const advance = (local: number, ...by: number[][]): number[] => [
  ...get(local),
  ...by.flat(),
  ...integers.add,
  ...set(local),
];

/** A module with memory and a function of `parameters` integers, then `integerLocals` more and `vectorLocals` vectors. */
export function startVectorCode(
  shape: { parameters: number; integerLocals: number; vectorLocals: number },
  body: readonly number[],
): VectorCode {
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WasmApi })
    .WebAssembly;
  const { memory, run } = new Instance(new Module(moduleBytes(shape, body))).exports as {
    memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
    run(...numbers: number[]): void;
  };
  return {
    memory,
    run,
    reserve(bytes) {
      const missing = bytes - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    },
  };
}

function moduleBytes(
  shape: { parameters: number; integerLocals: number; vectorLocals: number },
  body: readonly number[],
): Uint8Array {
  const { parameters, integerLocals, vectorLocals } = shape;
  const code = [2, integerLocals, I32, vectorLocals, V128, ...body, 0x0b];
  const types = new Array<number>(parameters).fill(I32);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, parameters, ...types, 0]),
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
