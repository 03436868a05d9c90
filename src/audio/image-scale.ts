/**
 * A picture made smaller, row by row: what is transparent goes on white, large steps are averaged in whole boxes, the
 * rest is a Lanczos filter of three lobes. Nothing is made larger. Input and output are 8-bit RGBA rows from the top.
 */

/** Pixels as an encoder takes them. */
export interface Pixels {
  readonly widthPx: number;
  readonly heightPx: number;
  /** RGBA, row by row. */
  readonly data: Uint8ClampedArray;
}

/** A picture being scaled: all its rows in, the smaller picture out. */
export interface Scaling {
  push(row: Uint8Array | Uint8ClampedArray): void;
  finish(): Pixels;
}

const LOBES = 3;

/** The size of a picture of `widthPx` by `heightPx` within a square of `sidePx`, never larger than it is. */
export function fitWithin(
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
  sidePx: number,
): { widthPx: number; heightPx: number } {
  const scale = Math.min(1, sidePx / Math.max(widthPx, heightPx));
  return {
    widthPx: Math.max(1, Math.round(widthPx * scale)),
    heightPx: Math.max(1, Math.round(heightPx * scale)),
  };
}

/** A scaling of `from` into a square of `sidePx`. */
export function startScaling(
  from: { readonly widthPx: number; readonly heightPx: number },
  sidePx: number,
): Scaling {
  const to = fitWithin(from, sidePx);
  // A Lanczos over many source pixels costs much and shows no more than one over averaged boxes of half a step.
  const box = Math.max(
    1,
    Math.floor(Math.min(from.widthPx / to.widthPx, from.heightPx / to.heightPx) / 2),
  );
  const boxed = { width: Math.ceil(from.widthPx / box), height: Math.ceil(from.heightPx / box) };
  const across = tapsOf(boxed.width, to.widthPx, from.widthPx / box / to.widthPx);
  const down = tapsOf(boxed.height, to.heightPx, from.heightPx / box / to.heightPx);
  const data = new Uint8ClampedArray(to.widthPx * to.heightPx * 4);
  const sums = new Float32Array(boxed.width * 3);
  const open = new Map<number, Float32Array>();
  let [row, boxedRow, inBox] = [0, 0, 0];
  let firstOpen = 0;

  const settle = (out: number) => {
    const line = open.get(out) ?? new Float32Array(to.widthPx * 3);
    open.delete(out);
    for (let x = 0; x < to.widthPx; x += 1) {
      const at = (out * to.widthPx + x) * 4;
      for (let channel = 0; channel < 3; channel += 1) data[at + channel] = line[x * 3 + channel]!;
      data[at + 3] = 255;
    }
  };
  const filterRow = () => {
    average(sums, { box, inBox, widthPx: from.widthPx });
    const narrow = narrowed(sums, across, to.widthPx);
    for (let out = firstOpen; out < to.heightPx && down[out]!.first <= boxedRow; out += 1) {
      const { first, weights } = down[out]!;
      const weight = weights[boxedRow - first];
      if (weight === undefined) continue;
      const line = open.get(out) ?? new Float32Array(to.widthPx * 3);
      open.set(out, line);
      for (let i = 0; i < line.length; i += 1) line[i]! += weight * narrow[i]!;
    }
    boxedRow += 1;
    inBox = 0;
    sums.fill(0);
    for (; firstOpen < to.heightPx && lastOf(down[firstOpen]!) < boxedRow; firstOpen += 1)
      settle(firstOpen);
  };
  return {
    push(pixels) {
      addRow(sums, pixels, box);
      row += 1;
      inBox += 1;
      if (inBox === box || row === from.heightPx) filterRow();
    },
    finish() {
      for (; firstOpen < to.heightPx; firstOpen += 1) settle(firstOpen);
      return { ...to, data };
    },
  };
}

/** The source pixels of one target pixel, from `first` on, and how much each counts. */
interface Taps {
  readonly first: number;
  readonly weights: Float32Array;
}

function lastOf({ first, weights }: Taps): number {
  return first + weights.length - 1;
}

/** Taps of `targets` pixels over `sources`, `ratio` source pixels to a target pixel; what lies outside is left out. */
function tapsOf(sources: number, targets: number, ratio: number): Taps[] {
  const reach = LOBES * Math.max(1, ratio);
  return Array.from({ length: targets }, (_, target) => {
    const centre = (target + 0.5) * ratio - 0.5;
    const first = Math.min(sources - 1, Math.max(0, Math.ceil(centre - reach)));
    const last = Math.max(first, Math.min(sources - 1, Math.floor(centre + reach)));
    const weights = Float32Array.from({ length: last - first + 1 }, (_unused, index) =>
      lanczos((first + index - centre) / Math.max(1, ratio)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

function lanczos(x: number): number {
  if (x === 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const at = Math.PI * x;
  return (LOBES * Math.sin(at) * Math.sin(at / LOBES)) / (at * at);
}

/** Adds a row, laid on white, to the boxes it falls into. */
function addRow(sums: Float32Array, row: Uint8Array | Uint8ClampedArray, box: number): void {
  const pixels = row.length >> 2;
  for (let x = 0; x < pixels; x += 1) {
    const alpha = row[x * 4 + 3]! / 255;
    const at = (box === 1 ? x : Math.floor(x / box)) * 3;
    for (let channel = 0; channel < 3; channel += 1)
      sums[at + channel]! += 255 + (row[x * 4 + channel]! - 255) * alpha;
  }
}

/** Sums into means: the last box of a row, and the last row of boxes, may be narrower. */
function average(
  sums: Float32Array,
  { box, inBox, widthPx }: { box: number; inBox: number; widthPx: number },
): void {
  for (let x = 0; x < sums.length / 3; x += 1) {
    const count = inBox * Math.min(box, widthPx - x * box);
    for (let channel = 0; channel < 3; channel += 1) sums[x * 3 + channel]! /= count;
  }
}

function narrowed(line: Float32Array, across: readonly Taps[], widthPx: number): Float32Array {
  const narrow = new Float32Array(widthPx * 3);
  for (let x = 0; x < widthPx; x += 1) {
    const { first, weights } = across[x]!;
    let [red, green, blue] = [0, 0, 0];
    for (let i = 0; i < weights.length; i += 1) {
      const at = (first + i) * 3;
      const weight = weights[i]!;
      red += weight * line[at]!;
      green += weight * line[at + 1]!;
      blue += weight * line[at + 2]!;
    }
    narrow[x * 3] = red;
    narrow[x * 3 + 1] = green;
    narrow[x * 3 + 2] = blue;
  }
  return narrow;
}
