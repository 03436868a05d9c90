/**
 * The power spectrum of real samples: a complex transform of half the length (Stockham, radix 4 with one last step of
 * radix 2 where the length asks for it), then the two halves told apart.
 */

/** A transform of one length. */
export interface PowerSpectrum {
  /** Squared magnitudes of the bins `first` to `end` - 1 of `samples`, into `power` at the same places. */
  measure(samples: Float64Array, power: Float64Array, first: number, end: number): void;
}

interface Pair {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** The transform of `length` samples, a power of two from 8 on. */
export function createPowerSpectrum(length: number): PowerSpectrum {
  const half = length / 2;
  const turns = twiddles(length);
  const pairs: [Pair, Pair] = [pairOf(half), pairOf(half)];
  return {
    measure(samples, power, first, end) {
      const [{ re, im }] = pairs;
      for (let at = 0; at < half; at += 1) {
        re[at] = samples[2 * at]!;
        im[at] = samples[2 * at + 1]!;
      }
      split(transform(pairs, turns), turns, power, first, end);
    },
  };
}

function pairOf(length: number): Pair {
  return { re: new Float64Array(length), im: new Float64Array(length) };
}

/** cos and -sin of each `length`-th part of a full turn. */
function twiddles(length: number): Pair {
  const turns = pairOf(length);
  for (let at = 0; at < length; at += 1) {
    turns.re[at] = Math.cos((2 * Math.PI * at) / length);
    turns.im[at] = -Math.sin((2 * Math.PI * at) / length);
  }
  return turns;
}

/** Runs every stage, each from one pair into the other; the pair the last one wrote. */
function transform(pairs: readonly [Pair, Pair], turns: Pair): Pair {
  const length = pairs[0].re.length;
  let [from, to] = pairs;
  let stride = 1;
  for (let rest = length; rest > 1; ) {
    if (rest >= 4) stepOfFour(from, to, rest, stride, turns);
    else stepOfTwo(from, to, stride);
    stride *= rest >= 4 ? 4 : 2;
    rest /= rest >= 4 ? 4 : 2;
    [from, to] = [to, from];
  }
  return from;
}

/** One stage of radix 4: `stride` transforms of `rest` points become four times as many of a quarter. */
function stepOfFour(from: Pair, to: Pair, rest: number, stride: number, turns: Pair): void {
  const { re: xr, im: xi } = from;
  const { re: yr, im: yi } = to;
  const quarter = rest / 4;
  const span = quarter * stride;
  const turn = turns.re.length / rest;
  for (let p = 0; p < quarter; p += 1) {
    const w1r = turns.re[p * turn]!;
    const w1i = turns.im[p * turn]!;
    const w2r = turns.re[2 * p * turn]!;
    const w2i = turns.im[2 * p * turn]!;
    const w3r = turns.re[3 * p * turn]!;
    const w3i = turns.im[3 * p * turn]!;
    const source = p * stride;
    const target = 4 * p * stride;
    for (let q = 0; q < stride; q += 1) {
      const a = source + q;
      const b = a + span;
      const c = b + span;
      const d = c + span;
      const acr = xr[a]! + xr[c]!;
      const aci = xi[a]! + xi[c]!;
      const amr = xr[a]! - xr[c]!;
      const ami = xi[a]! - xi[c]!;
      const bdr = xr[b]! + xr[d]!;
      const bdi = xi[b]! + xi[d]!;
      const bmr = xr[b]! - xr[d]!;
      const bmi = xi[b]! - xi[d]!;
      const y = target + q;
      yr[y] = acr + bdr;
      yi[y] = aci + bdi;
      const r1 = amr + bmi;
      const i1 = ami - bmr;
      yr[y + stride] = r1 * w1r - i1 * w1i;
      yi[y + stride] = r1 * w1i + i1 * w1r;
      const r2 = acr - bdr;
      const i2 = aci - bdi;
      yr[y + 2 * stride] = r2 * w2r - i2 * w2i;
      yi[y + 2 * stride] = r2 * w2i + i2 * w2r;
      const r3 = amr - bmi;
      const i3 = ami + bmr;
      yr[y + 3 * stride] = r3 * w3r - i3 * w3i;
      yi[y + 3 * stride] = r3 * w3i + i3 * w3r;
    }
  }
}

function stepOfTwo(from: Pair, to: Pair, stride: number): void {
  for (let a = 0; a < stride; a += 1) {
    const b = a + stride;
    const [ar, ai, br, bi] = [from.re[a]!, from.im[a]!, from.re[b]!, from.im[b]!];
    to.re[a] = ar + br;
    to.im[a] = ai + bi;
    to.re[b] = ar - br;
    to.im[b] = ai - bi;
  }
}

/** Bin k of the real transform is E + w·O, E and O being the spectra of the even and the odd samples. */
function split(
  { re, im }: Pair,
  turns: Pair,
  power: Float64Array,
  first: number,
  end: number,
): void {
  const half = re.length;
  for (let bin = first; bin < end; bin += 1) {
    const at = bin % half;
    const mirror = (half - at) % half;
    const evenRe = (re[at]! + re[mirror]!) / 2;
    const evenIm = (im[at]! - im[mirror]!) / 2;
    const oddRe = (im[at]! + im[mirror]!) / 2;
    const oddIm = (re[mirror]! - re[at]!) / 2;
    const wr = turns.re[bin]!;
    const wi = turns.im[bin]!;
    const x = evenRe + wr * oddRe - wi * oddIm;
    const y = evenIm + wr * oddIm + wi * oddRe;
    power[bin] = x * x + y * y;
  }
}
