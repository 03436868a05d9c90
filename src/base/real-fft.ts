/**
 * The power spectrum of real samples under a window: a complex transform of half the length (Stockham, radix 4, with a
 * step of radix 2 where the length asks for it), then the even and the odd samples told apart. In WebAssembly, in doubles
 * whose sums have a fixed order, so that every machine gives the same numbers.
 *
 * Two doubles go together: the even and the odd places are transformed beside each other and joined at the end.
 */
import { prepareFftCode } from './real-fft-code.ts';

/** A transform of one length, with memory of its own. */
export interface PowerSpectrum<Samples> {
  /** Where the samples are to be written; they stay as they are. */
  readonly samples: Samples;
  /** Squared magnitudes by bin, as far as they were measured last. */
  readonly power: Float64Array;
  /** Measures the bins `first` to `end` - 1 of the samples under the window; what other bins say is nothing. */
  measure(first: number, end: number): void;
}

interface Stage {
  readonly turnsAt: number;
  readonly count: number;
  readonly stride: number;
}

const DOUBLE = 8;
/** Of two complex numbers. */
const BLOCK = 32;
const SAMPLE_KINDS = { singles: Float32Array, doubles: Float64Array } as const;
type Kind = keyof typeof SAMPLE_KINDS;

const start = prepareFftCode();

/** The transform of samples of that kind; there are as many as `window` has factors: a power of two from 8 on. */
export function createPowerSpectrum<K extends Kind>(
  kind: K,
  window: Float64Array,
): PowerSpectrum<InstanceType<(typeof SAMPLE_KINDS)[K]>> {
  const length = window.length;
  const half = length / 2;
  const { memory, run, reserve } = start();
  // Reads and writes of two may go one beyond what is asked for: a block lies between any two parts.
  let used = BLOCK;
  const place = (doubles: number): number => {
    const at = used;
    used += doubles * DOUBLE + BLOCK;
    return at;
  };
  const [samplesAt, windowAt, reAt, imAt, powerAt] = [length, length, half, half, half + 2].map(
    place,
  ) as [number, number, number, number, number];
  const blocksAt = [place(length), place(length)] as const;
  const [joinAt, splitAt] = [place(half), place(length)];
  const plan = planStages(half / 2, place);
  reserve(used);
  const write = (at: number, values: ArrayLike<number>) =>
    new Float64Array(memory.buffer, at).set(values);
  // `split` tells twice the spectrum.
  write(windowAt, inBlocks(window.map((factor) => factor / 2)));
  write(joinAt, turnsInBlocks(half, half / 2));
  write(splitAt, turnsInBlocks(length, half));
  for (const { turnsAt, count } of plan.stages) write(turnsAt, turnsOfFour(count));

  const transform = () => {
    let [from, to] = blocksAt as [number, number];
    for (const { turnsAt, count, stride } of plan.stages) {
      run.four(from, to, turnsAt, count, stride * 2 * DOUBLE, count * stride * 2 * DOUBLE);
      [from, to] = [to, from];
    }
    if (plan.endsWithTwo) {
      run.two(from, to, half * DOUBLE);
      [from, to] = [to, from];
    }
    run.join(from, reAt, imAt, joinAt, (half / 2) * DOUBLE);
  };
  const weigh = kind === 'singles' ? run.weighSingles : run.weighDoubles;
  const power = new Float64Array(memory.buffer, powerAt, half + 1);
  const re = new Float64Array(memory.buffer, reAt, half);
  const im = new Float64Array(memory.buffer, imAt, half);
  return {
    samples: new SAMPLE_KINDS[kind](memory.buffer, samplesAt, length) as InstanceType<
      (typeof SAMPLE_KINDS)[K]
    >,
    power,
    measure(first, end) {
      weigh(samplesAt, windowAt, blocksAt[0], length / 4);
      transform();
      // From an even bin on: factors lie in blocks of two. Bin 0 is written anew below.
      const even = first - (first % 2);
      const steps = Math.ceil((Math.min(end, half) - even) / 2);
      const mirror = (half - even - 1) * DOUBLE;
      const offset = even * DOUBLE;
      if (steps > 0)
        run.split(
          ...[reAt + offset, imAt + offset, reAt + mirror, imAt + mirror],
          ...[splitAt + 2 * offset, powerAt + offset, steps],
        );
      power[0] = (2 * (re[0]! + im[0]!)) ** 2;
      power[half] = (2 * (re[0]! - im[0]!)) ** 2;
    },
  };
}

/** The stages of two transforms of `length` points beside each other. */
function planStages(length: number, place: (doubles: number) => number) {
  const stages: Stage[] = [];
  let stride = 2;
  let rest = length;
  for (; rest >= 4; rest /= 4, stride *= 4)
    stages.push({ turnsAt: place((6 * rest) / 4), count: rest / 4, stride });
  return { stages, endsWithTwo: rest === 2 };
}

/** cos and -sin of `part` full turns. */
function turn(part: number): [number, number] {
  return [Math.cos(2 * Math.PI * part), -Math.sin(2 * Math.PI * part)];
}

/** The factors of a stage of radix 4: for each of `count` places those of one, two and three times its part of a turn. */
function turnsOfFour(count: number): number[] {
  return Array.from({ length: count }, (_, p) =>
    [1, 2, 3].flatMap((times) => turn((times * p) / (4 * count))),
  ).flat();
}

/** The first `count` factors of `length`, two real parts and two imaginary parts at a time. */
function turnsInBlocks(length: number, count: number): Float64Array {
  const factors = Array.from({ length: count }, (_, at) => turn(at / length));
  return inBlocks(factors.flat());
}

/** Each two numbers after one another as a complex number, in blocks of two of them. */
function inBlocks(values: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: values.length }, (_, at) => {
    const [block, place] = [at - (at % 4), at % 4];
    return values[block + [0, 2, 1, 3][place]!]!;
  });
}
