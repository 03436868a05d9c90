/**
 * The loops of the power spectrum in WebAssembly, two doubles at a time (`real-fft.ts` says what they make).
 *
 * Complex numbers lie in blocks of two: both real parts, then both imaginary parts, 32 bytes. All addresses and sizes
 * that are passed are in bytes.
 */
import {
  advance,
  constant,
  countDown,
  get,
  integers,
  loop,
  pairs,
  prepareVectorCode,
  set,
  vectors,
} from './vector-code.ts';

type Code = number[];

const { load } = vectors;
const at = (pointer: number, offset: number): Code => [...get(pointer), ...load(offset)];
const write = (pointer: number, offset: number, value: Code): Code => [
  ...get(pointer),
  ...value,
  ...vectors.store(offset),
];
const plus = (a: Code, b: Code): Code => [...a, ...b, ...pairs.add];
const minus = (a: Code, b: Code): Code => [...a, ...b, ...pairs.subtract];
const times = (a: Code, b: Code): Code => [...a, ...b, ...pairs.multiply];
const keep = (local: number, value: Code): Code => [...value, ...set(local)];
const sum = (local: number, a: Code, b: Code) => keep(local, plus(a, b));
const difference = (local: number, a: Code, b: Code) => keep(local, minus(a, b));
const move = (pointers: readonly number[], bytes: number): Code =>
  pointers.flatMap((pointer) => advance(pointer, constant(bytes)));
/** Numbers one after the other, for local variables. */
const locals = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => first + index) as number[] & Record<number, number>;

/** Samples under a window that lies in blocks already: `weighSingles` or `weighDoubles` (IN, WINDOW, OUT, BLOCKS). */
const [IN, WINDOW, OUT, BLOCKS, SAMPLES] = locals(0, 5) as [number, number, number, number, number];
const weighSingles = loop(
  keep(SAMPLES, at(IN, 0)),
  write(OUT, 0, times(chosenSingles(0, 2), at(WINDOW, 0))),
  write(OUT, 16, times(chosenSingles(1, 3), at(WINDOW, 16))),
  move([IN], 16),
  move([WINDOW, OUT], 32),
  countDown(BLOCKS),
);
const weighDoubles = loop(
  write(OUT, 0, times(chosenDoubles(0, 2), at(WINDOW, 0))),
  write(OUT, 16, times(chosenDoubles(1, 3), at(WINDOW, 16))),
  move([IN, WINDOW, OUT], 32),
  countDown(BLOCKS),
);

function chosenSingles(first: number, second: number): Code {
  const both = [...get(SAMPLES), ...get(SAMPLES)];
  return [...both, ...vectors.pick(first, second, first, second), ...pairs.widen];
}

function chosenDoubles(first: number, second: number): Code {
  return [...at(IN, 0), ...at(IN, 16), ...pairs.pick(first, second)];
}

/**
 * One stage of radix 4, `four(FROM, TO, TURNS, COUNT, STRIDE, SPAN)`: COUNT times STRIDE bytes of each quarter, SPAN bytes
 * apart, become four strides that follow each other. TURNS: three complex factors for each of COUNT.
 */
const FOUR = {
  from: 0,
  to: 1,
  turns: 2,
  count: 3,
  stride: 4,
  span: 5,
  b: 6,
  c: 7,
  d: 8,
  to1: 9,
  to2: 10,
  to3: 11,
  left: 12,
};
const [w1r, w1i, w2r, w2i, w3r, w3i] = locals(13, 6).map(get) as Six;
const [acr, aci, amr, ami, bdr, bdi] = locals(19, 6) as SixLocals;
const [bmr, bmi, xr, xi] = locals(25, 4) as [number, number, number, number];
type Six = [Code, Code, Code, Code, Code, Code];
type SixLocals = [number, number, number, number, number, number];

const between = (local: number, from: number, distance: number) => [
  ...get(from),
  ...get(distance),
  ...integers.add,
  ...set(local),
];
/** Writes x · w. */
const turned = (to: number, wr: Code, wi: Code): Code => [
  ...write(to, 0, minus(times(get(xr), wr), times(get(xi), wi))),
  ...write(to, 16, plus(times(get(xr), wi), times(get(xi), wr))),
];

const four = [
  ...between(FOUR.b, FOUR.from, FOUR.span),
  ...between(FOUR.c, FOUR.b, FOUR.span),
  ...between(FOUR.d, FOUR.c, FOUR.span),
  ...between(FOUR.to1, FOUR.to, FOUR.stride),
  ...between(FOUR.to2, FOUR.to1, FOUR.stride),
  ...between(FOUR.to3, FOUR.to2, FOUR.stride),
  ...loop(
    [0, 1, 2, 3, 4, 5].flatMap((index) =>
      keep(13 + index, [...get(FOUR.turns), ...pairs.spread(8 * index)]),
    ),
    [...get(FOUR.stride), ...set(FOUR.left)],
    loop(
      sum(acr, at(FOUR.from, 0), at(FOUR.c, 0)),
      sum(aci, at(FOUR.from, 16), at(FOUR.c, 16)),
      difference(amr, at(FOUR.from, 0), at(FOUR.c, 0)),
      difference(ami, at(FOUR.from, 16), at(FOUR.c, 16)),
      sum(bdr, at(FOUR.b, 0), at(FOUR.d, 0)),
      sum(bdi, at(FOUR.b, 16), at(FOUR.d, 16)),
      difference(bmr, at(FOUR.b, 0), at(FOUR.d, 0)),
      difference(bmi, at(FOUR.b, 16), at(FOUR.d, 16)),
      write(FOUR.to, 0, plus(get(acr), get(bdr))),
      write(FOUR.to, 16, plus(get(aci), get(bdi))),
      sum(xr, get(amr), get(bmi)),
      difference(xi, get(ami), get(bmr)),
      turned(FOUR.to1, w1r, w1i),
      difference(xr, get(acr), get(bdr)),
      difference(xi, get(aci), get(bdi)),
      turned(FOUR.to2, w2r, w2i),
      difference(xr, get(amr), get(bmi)),
      sum(xi, get(ami), get(bmr)),
      turned(FOUR.to3, w3r, w3i),
      move([FOUR.from, FOUR.b, FOUR.c, FOUR.d], 32),
      move([FOUR.to, FOUR.to1, FOUR.to2, FOUR.to3], 32),
      countDown(FOUR.left, 32),
    ),
    // Each target is a stride further on already.
    [FOUR.to, FOUR.to1, FOUR.to2, FOUR.to3].flatMap((to) =>
      advance(to, get(FOUR.stride), constant(3), integers.multiply),
    ),
    move([FOUR.turns], 48),
    countDown(FOUR.count),
  ),
];

/** The last stage where one of radix 2 is left, `two(FROM, TO, SPAN)`: both halves are SPAN bytes. */
const TWO = { from: 0, to: 1, span: 2, other: 3, toOther: 4, left: 5 };
const two = [
  ...between(TWO.other, TWO.from, TWO.span),
  ...between(TWO.toOther, TWO.to, TWO.span),
  ...get(TWO.span),
  ...set(TWO.left),
  ...loop(
    write(TWO.to, 0, plus(at(TWO.from, 0), at(TWO.other, 0))),
    write(TWO.toOther, 0, minus(at(TWO.from, 0), at(TWO.other, 0))),
    move([TWO.from, TWO.other, TWO.to, TWO.toOther], 16),
    countDown(TWO.left, 16),
  ),
];

/**
 * The transforms of the even and the odd places as one, `join(FROM, RE, IM, TURNS, HALF)`: real and imaginary parts apart
 * from each other now, HALF bytes of each from either half. TURNS: a block of factors for each two places.
 */
const JOIN = { from: 0, re: 1, im: 2, turns: 3, half: 4, reOther: 5, imOther: 6, left: 7 };
const [oddR, oddI, turnedR, turnedI, evenR, evenI] = locals(8, 6) as SixLocals;
const picked = (offset: number, lane: number): Code => [
  ...at(JOIN.from, offset),
  ...at(JOIN.from, offset + 32),
  ...pairs.pick(lane, lane + 2),
];
const join = [
  ...between(JOIN.reOther, JOIN.re, JOIN.half),
  ...between(JOIN.imOther, JOIN.im, JOIN.half),
  ...get(JOIN.half),
  ...set(JOIN.left),
  ...loop(
    [...keep(evenR, picked(0, 0)), ...keep(oddR, picked(0, 1))],
    [...keep(evenI, picked(16, 0)), ...keep(oddI, picked(16, 1))],
    difference(turnedR, times(get(oddR), at(JOIN.turns, 0)), times(get(oddI), at(JOIN.turns, 16))),
    sum(turnedI, times(get(oddR), at(JOIN.turns, 16)), times(get(oddI), at(JOIN.turns, 0))),
    write(JOIN.re, 0, plus(get(evenR), get(turnedR))),
    write(JOIN.im, 0, plus(get(evenI), get(turnedI))),
    write(JOIN.reOther, 0, minus(get(evenR), get(turnedR))),
    write(JOIN.imOther, 0, minus(get(evenI), get(turnedI))),
    move([JOIN.re, JOIN.im, JOIN.reOther, JOIN.imOther], 16),
    move([JOIN.turns], 32),
    move([JOIN.from], 64),
    countDown(JOIN.left, 16),
  ),
];

/**
 * The power of twice E + w·O, two bins at a time, `split(RE, IM, MIRROR_RE, MIRROR_IM, TURNS, POWER, STEPS)`, E and O being the spectra of the even and the odd samples. The mirrors go down. TURNS: a block for each two bins.
 */
const SPLIT = { re: 0, im: 1, mirrorRe: 2, mirrorIm: 3, turns: 4, power: 5, steps: 6 };
const [splitOddR, splitOddI, x, y, mirrorR, mirrorI] = locals(7, 6) as SixLocals;
const mirrored = (pointer: number): Code => [
  ...at(pointer, 0),
  ...at(pointer, 0),
  ...pairs.pick(1, 0),
];
const split = loop(
  [...keep(mirrorR, mirrored(SPLIT.mirrorRe)), ...keep(mirrorI, mirrored(SPLIT.mirrorIm))],
  sum(splitOddR, at(SPLIT.im, 0), get(mirrorI)),
  difference(splitOddI, get(mirrorR), at(SPLIT.re, 0)),
  difference(
    x,
    plus(plus(at(SPLIT.re, 0), get(mirrorR)), times(at(SPLIT.turns, 0), get(splitOddR))),
    times(at(SPLIT.turns, 16), get(splitOddI)),
  ),
  sum(
    y,
    plus(minus(at(SPLIT.im, 0), get(mirrorI)), times(at(SPLIT.turns, 0), get(splitOddI))),
    times(at(SPLIT.turns, 16), get(splitOddR)),
  ),
  write(SPLIT.power, 0, plus(times(get(x), get(x)), times(get(y), get(y)))),
  move([SPLIT.re, SPLIT.im, SPLIT.power], 16),
  move([SPLIT.mirrorRe, SPLIT.mirrorIm], -16),
  move([SPLIT.turns], 32),
  countDown(SPLIT.steps),
);

/** A way to start the loops, each time with memory of its own. */
export const prepareFftCode = () =>
  prepareVectorCode({
    weighSingles: { parameters: 4, integerLocals: 0, vectorLocals: 1, body: weighSingles },
    weighDoubles: { parameters: 4, integerLocals: 0, vectorLocals: 0, body: weighDoubles },
    four: { parameters: 6, integerLocals: 7, vectorLocals: 16, body: four },
    two: { parameters: 3, integerLocals: 3, vectorLocals: 0, body: two },
    join: { parameters: 5, integerLocals: 3, vectorLocals: 6, body: join },
    split: { parameters: 7, integerLocals: 0, vectorLocals: 6, body: split },
  });
