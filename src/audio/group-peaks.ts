/** The largest magnitude in each stretch of samples, in WebAssembly (`base/vector-code.ts`). */
import {
  advance,
  constant,
  countDown,
  get,
  loop,
  prepareVectorCode,
  set,
  singles,
  type VectorCode,
  vectors,
} from '../base/vector-code.ts';

/** Parameters of the function, then its local variables. */
const IN = 0;
const OUT = 1;
const GROUPS = 2;
const VECTORS = 3;
const LEFT = 4;
const BEST = 5;

const lane = (index: number) => [...get(BEST), ...vectors.lane(index)];

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

const start = prepareVectorCode({
  peaks: { parameters: 4, integerLocals: 1, vectorLocals: 1, body: BODY },
});
let code: VectorCode<'peaks'> | undefined;

/** A value for each `groupSamples` (a multiple of four) of `samples`; a shorter rest has none. What is no number does not count. */
export function groupPeaks(samples: Float32Array, groupSamples: number): Float32Array<ArrayBuffer> {
  const groups = Math.floor(samples.length / groupSamples);
  if (groups === 0) return new Float32Array(0);
  code ??= start();
  const used = groups * groupSamples * 4;
  code.reserve(used + groups * 4);
  new Float32Array(code.memory.buffer).set(samples.subarray(0, groups * groupSamples));
  code.run.peaks(0, used, groups, groupSamples / 4);
  return new Float32Array(code.memory.buffer, used, groups).slice();
}
