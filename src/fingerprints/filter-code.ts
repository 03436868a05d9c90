/** The inner loop of the conversion to 11,025 Hz in WebAssembly: sums of products of samples and taps, in doubles. */
import {
  advance,
  constant,
  countDown,
  doubles,
  get,
  integers,
  loop,
  pairs,
  prepareVectorCode,
  set,
  type VectorCode,
  vectors,
} from '../base/vector-code.ts';

/** Parameters of the function, then its local variables. */
const [PLACES, OUT, COUNT, QUADS] = [0, 1, 2, 3];
const [SAMPLE, TAP, LEFT] = [4, 5, 6];
const [EVEN, ODD] = [7, 8];
const SUMS = [EVEN!, ODD!];
const QUAD_BYTES = 32;

/**
 * `convolve(PLACES, OUT, COUNT, QUADS)`: for each of COUNT pairs of addresses, of samples and of taps, in whole numbers of
 * four bytes, the sum of four times QUADS products.
 */
const convolve = loop(
  [...get(PLACES!), ...integers.load(0), ...set(SAMPLE!)],
  [...get(PLACES!), ...integers.load(4), ...set(TAP!)],
  [...get(QUADS!), ...set(LEFT!), ...SUMS.flatMap((sum) => [...vectors.zero, ...set(sum)])],
  loop(
    SUMS.flatMap((sum, index) => [
      ...[...get(sum), ...get(SAMPLE!), ...vectors.load(16 * index)],
      ...[...get(TAP!), ...vectors.load(16 * index), ...pairs.multiply, ...pairs.add, ...set(sum)],
    ]),
    [SAMPLE!, TAP!].flatMap((pointer) => advance(pointer, constant(QUAD_BYTES))),
    countDown(LEFT!),
  ),
  [...get(EVEN!), ...get(ODD!), ...pairs.add, ...set(EVEN!)],
  [...get(OUT!), ...get(EVEN!), ...pairs.lane(0), ...get(EVEN!), ...pairs.lane(1)],
  [...doubles.add, ...doubles.store],
  advance(OUT!, constant(8)),
  advance(PLACES!, constant(8)),
  countDown(COUNT!),
);

/** A way to start it, each time with memory of its own. */
export const startFilterCode: () => VectorCode<'convolve'> = prepareVectorCode({
  convolve: { parameters: 4, integerLocals: 3, vectorLocals: 2, body: convolve },
});
