/**
 * From sixteen rows of chroma to one word of 32 bits: sixteen areas compared, each answer one of four, two bits by Gray
 * code. Shapes, places and thresholds are the constants of Chromaprint's algorithm 2 (docs/formats/fingerprint.md).
 */
import { NOTES } from './chroma.ts';

/** Rows a word is made of. */
const ROWS_OF_A_WORD = 16;

/** Which part of the rectangle is held against which. */
type Shape = 'all' | 'notes' | 'time' | 'chequer' | 'middle-notes' | 'middle-time';

interface Classifier {
  readonly shape: Shape;
  /** First note, notes high and rows wide. */
  readonly note: number;
  readonly height: number;
  readonly width: number;
  /** Below the first the answer is 0, below the second 1, below the third 2, else 3. */
  readonly thresholds: readonly [number, number, number];
}

const classifier = (
  shape: Shape,
  [note, height, width]: readonly [number, number, number],
  thresholds: readonly [number, number, number],
): Classifier => ({ shape, note, height, width, thresholds });

const CLASSIFIERS: readonly Classifier[] = [
  classifier('all', [4, 3, 15], [1.98215, 2.35817, 2.63523]),
  classifier('middle-notes', [4, 6, 15], [-1.03809, -0.651211, -0.282167]),
  classifier('notes', [0, 4, 16], [-0.298702, 0.119262, 0.558497]),
  classifier('chequer', [8, 2, 12], [-0.105439, 0.0153946, 0.135898]),
  classifier('chequer', [4, 4, 8], [-0.142891, 0.0258736, 0.200632]),
  classifier('middle-notes', [0, 3, 5], [-0.826319, -0.590612, -0.368214]),
  classifier('notes', [2, 2, 9], [-0.557409, -0.233035, 0.0534525]),
  classifier('time', [7, 3, 4], [-0.0646826, 0.00620476, 0.0784847]),
  classifier('time', [6, 2, 16], [-0.192387, -0.029699, 0.215855]),
  classifier('time', [1, 3, 2], [-0.0397818, -0.00568076, 0.0292026]),
  classifier('middle-time', [10, 1, 15], [-0.53823, -0.369934, -0.190235]),
  classifier('chequer', [6, 2, 10], [-0.124877, 0.0296483, 0.139239]),
  classifier('time', [1, 1, 14], [-0.101475, 0.0225617, 0.231971]),
  classifier('chequer', [5, 6, 4], [-0.0799915, -0.00729616, 0.063262]),
  classifier('notes', [9, 2, 12], [-0.272556, 0.019424, 0.302559]),
  classifier('chequer', [4, 2, 14], [-0.164292, -0.0321188, 0.0846339]),
];
const GRAY_CODE = [0b00, 0b01, 0b11, 0b10];

/** Sums of all notes and rows up to a place: any rectangle's sum is four look-ups. */
type IntegralImage = readonly Float64Array[];

/** A function that takes rows of chroma and gives the word of the sixteen rows that end with this one, or undefined. */
export function startClassifying(): (row: Float64Array) => number | undefined {
  const stride = NOTES + 1;
  let image: Float64Array[] = [new Float64Array(stride)];
  return (row) => {
    const last = image.at(-1)!;
    const next = new Float64Array(stride);
    let sum = 0;
    for (let note = 0; note < NOTES; note += 1) {
      sum += row[note]!;
      next[note + 1] = last[note + 1]! + sum;
    }
    image.push(next);
    if (image.length > ROWS_OF_A_WORD + 1) image = image.slice(1);
    return image.length <= ROWS_OF_A_WORD ? undefined : wordOf(image);
  };
}

function wordOf(image: IntegralImage): number {
  let word = 0;
  for (const one of CLASSIFIERS) word = (word << 2) | GRAY_CODE[answerOf(image, one)]!;
  return word >>> 0;
}

function answerOf(image: IntegralImage, one: Classifier): number {
  const value = contrastOf(image, one);
  const [low, middle, high] = one.thresholds;
  if (value < middle) return value < low ? 0 : 1;
  return value < high ? 2 : 3;
}

/** The logarithm of how much stronger the one part of the rectangle is than the rest. */
function contrastOf(image: IntegralImage, { shape, note, height, width }: Classifier): number {
  const area = (row: number, from: number, endRow: number, end: number) =>
    sumOf(image, [row, note + from], [endRow, note + end]);
  const whole = area(0, 0, width, height);
  const part = markedArea(shape, area, height, width);
  return Math.log((1 + part) / (1 + (shape === 'all' ? 0 : whole - part)));
}

type Area = (row: number, from: number, endRow: number, end: number) => number;

/** Halves and thirds of odd lengths are rounded down, as the constants were trained. */
function markedArea(shape: Shape, area: Area, height: number, width: number): number {
  const halfHeight = height >> 1;
  const halfWidth = width >> 1;
  const thirdHeight = Math.floor(height / 3);
  const thirdWidth = Math.floor(width / 3);
  switch (shape) {
    case 'all':
      return area(0, 0, width, height);
    case 'notes':
      return area(0, halfHeight, width, height);
    case 'time':
      return area(halfWidth, 0, width, height);
    case 'chequer':
      return area(0, halfHeight, halfWidth, height) + area(halfWidth, 0, width, halfHeight);
    case 'middle-notes':
      return area(0, thirdHeight, width, 2 * thirdHeight);
    case 'middle-time':
      return area(thirdWidth, 0, 2 * thirdWidth, height);
  }
}

type Corner = readonly [row: number, note: number];

function sumOf(image: IntegralImage, [row, note]: Corner, [endRow, endNote]: Corner): number {
  const upper = image[row]!;
  const lower = image[endRow]!;
  return lower[endNote]! - lower[note]! - upper[endNote]! + upper[note]!;
}
