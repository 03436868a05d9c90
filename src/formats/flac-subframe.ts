/**
 * One channel of a FLAC frame: constant, verbatim, fixed or linear prediction with Rice-coded residuals
 * (RFC 9639 section 9.2). Integer arithmetic throughout; sums that could pass 32 bits are made in doubles, which are
 * exact here: 33-bit samples, 15-bit coefficients and 32 terms stay below 2^53.
 */
import {
  type BitCursor,
  FrameStop,
  type SampleArray,
  takeBits,
  takeRice,
  takeSigned,
  takeUnary,
} from './flac-bits.ts';

/** Decodes one subframe of `depthBits` a sample into `out[0, blockSize)`. */
export function decodeSubframe(
  cursor: BitCursor,
  out: SampleArray,
  blockSize: number,
  depthBits: number,
): void {
  const header = takeBits(cursor, 8);
  if (header & 0x80) throw new FrameStop('fault', 'a subframe without its zero bit');
  const type = (header >> 1) & 63;
  const wastedBits = header & 1 ? takeUnary(cursor) + 1 : 0;
  const bits = depthBits - wastedBits;
  if (bits < 1) throw new FrameStop('fault', `${wastedBits} wasted bits of ${depthBits}`);
  if (type === 0) out.fill(takeSigned(cursor, bits), 0, blockSize);
  else if (type === 1) takeSamples(cursor, out, blockSize, bits);
  else if (type >= 8 && type <= 12) decodeFixed(cursor, out, { blockSize, bits, order: type - 8 });
  else if (type >= 32) decodeLinear(cursor, out, { blockSize, bits, order: type - 31 });
  else throw new FrameStop('fault', `reserved subframe type ${type}`);
  if (wastedBits > 0) {
    const factor = 2 ** wastedBits;
    for (let index = 0; index < blockSize; index++) out[index] = out[index]! * factor;
  }
}

interface Shape {
  readonly blockSize: number;
  readonly bits: number;
  readonly order: number;
}

function takeSamples(cursor: BitCursor, out: SampleArray, count: number, bits: number): void {
  for (let index = 0; index < count; index++) out[index] = takeSigned(cursor, bits);
}

function decodeFixed(cursor: BitCursor, out: SampleArray, shape: Shape): void {
  const { blockSize, order } = shape;
  if (order > blockSize) throw new FrameStop('fault', 'a predictor longer than its block');
  takeSamples(cursor, out, order, shape.bits);
  takeResidual(cursor, out, blockSize, order);
  if (order === 0) return;
  let [a, b, c, d] = [0, 0, 0, 0];
  // a, b, c and d are the four samples before, the nearest first.
  for (let index = 0; index < blockSize; index++) {
    let value = out[index]!;
    if (index >= order) {
      if (order === 1) value += a;
      else if (order === 2) value += 2 * a - b;
      else if (order === 3) value += 3 * a - 3 * b + c;
      else value += 4 * a - 6 * b + 4 * c - d;
      out[index] = value;
    }
    d = c;
    c = b;
    b = a;
    a = value;
  }
}

function decodeLinear(cursor: BitCursor, out: SampleArray, shape: Shape): void {
  const { blockSize, order, bits } = shape;
  if (order > blockSize) throw new FrameStop('fault', 'a predictor longer than its block');
  takeSamples(cursor, out, order, bits);
  const precision = takeBits(cursor, 4) + 1;
  if (precision === 16) throw new FrameStop('fault', 'a forbidden coefficient precision');
  const shift = takeSigned(cursor, 5);
  if (shift < 0) throw new FrameStop('fault', 'a negative prediction shift');
  const coefficients = new Int32Array(order);
  let magnitude = 0;
  for (let index = 0; index < order; index++) {
    coefficients[index] = takeSigned(cursor, precision);
    magnitude += Math.abs(coefficients[index]!);
  }
  takeResidual(cursor, out, blockSize, order);
  if (magnitude * 2 ** (bits - 1) < 2 ** 31 && out instanceof Int32Array)
    predictNarrow(out, blockSize, coefficients, shift);
  else predictWide(out, blockSize, coefficients, shift);
}

function predictNarrow(
  out: Int32Array,
  blockSize: number,
  coefficients: Int32Array,
  shift: number,
): void {
  const order = coefficients.length;
  for (let index = order; index < blockSize; index++) {
    let sum = 0;
    for (let tap = 0, at = index - 1; tap < order; tap++, at--)
      sum = (sum + Math.imul(coefficients[tap]!, out[at]!)) | 0;
    out[index] = out[index]! + (sum >> shift);
  }
}

function predictWide(
  out: SampleArray,
  blockSize: number,
  coefficients: Int32Array,
  shift: number,
): void {
  const order = coefficients.length;
  const scale = 2 ** -shift;
  for (let index = order; index < blockSize; index++) {
    let sum = 0;
    for (let tap = 0, at = index - 1; tap < order; tap++, at--)
      sum += coefficients[tap]! * out[at]!;
    out[index] = out[index]! + Math.floor(sum * scale);
  }
}

/** Residuals in partitions, each with its own Rice parameter or, by the escape code, in plain bits. */
function takeResidual(cursor: BitCursor, out: SampleArray, blockSize: number, order: number): void {
  const method = takeBits(cursor, 2);
  if (method > 1) throw new FrameStop('fault', 'a reserved residual coding');
  const parameterBits = 4 + method;
  const escapeCode = (1 << parameterBits) - 1;
  const partitionOrder = takeBits(cursor, 4);
  const partitionSize = blockSize >> partitionOrder;
  if (partitionSize << partitionOrder !== blockSize || partitionSize < order)
    throw new FrameStop('fault', `a block of ${blockSize} in 2^${partitionOrder} partitions`);
  for (let to = partitionSize, from = order; to <= blockSize; from = to, to += partitionSize) {
    const parameter = takeBits(cursor, parameterBits);
    if (parameter < escapeCode) {
      takeRice(cursor, out, { from, to }, parameter);
      continue;
    }
    const plainBits = takeBits(cursor, 5);
    for (let index = from; index < to; index++) out[index] = takeSigned(cursor, plainBits);
  }
}
