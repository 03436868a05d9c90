/** The largest magnitude in each stretch of samples, in WebAssembly (`vector-code.ts`). */
import {
  advance,
  branchBack,
  constant,
  get,
  integers,
  loop,
  set,
  singles,
  startVectorCode,
  type VectorCode,
  vectors,
} from './vector-code.ts';

/** Parameters of the function, then its local variables. */
const IN = 0;
const OUT = 1;
const GROUPS = 2;
const VECTORS = 3;
const LEFT = 4;
const BEST = 5;

const lane = (index: number) => [...get(BEST), ...vectors.lane(index)];
const countDown = (local: number) => [
  ...get(local),
  ...constant(1),
  ...integers.subtract,
  ...set(local),
  ...get(local),
  ...branchBack,
];

const BODY = loop(
  [...vectors.zero, ...set(BEST), ...get(VECTORS), ...set(LEFT)],
  loop(
    [...get(BEST), ...get(IN), ...vectors.load(0), ...vectors.magnitude],
    [...vectors.peak, ...set(BEST)],
    advance(IN, constant(16)),
    countDown(LEFT),
  ),
  [...get(OUT), ...lane(0), ...lane(1), ...singles.max],
  [...lane(2), ...lane(3), ...singles.max, ...singles.max, ...singles.store],
  advance(OUT, constant(4)),
  countDown(GROUPS),
);

let code: VectorCode | undefined;

/** A value for each `groupSamples` (a multiple of four) of `samples`; a shorter rest has none. What is no number does not count. */
export function groupPeaks(samples: Float32Array, groupSamples: number): Float32Array<ArrayBuffer> {
  const groups = Math.floor(samples.length / groupSamples);
  if (groups === 0) return new Float32Array(0);
  code ??= startVectorCode({ parameters: 4, integerLocals: 1, vectorLocals: 1 }, BODY);
  const used = groups * groupSamples * 4;
  code.reserve(used + groups * 4);
  new Float32Array(code.memory.buffer).set(samples.subarray(0, groups * groupSamples));
  code.run(0, used, groups, groupSamples / 4);
  return new Float32Array(code.memory.buffer, used, groups).slice();
}
