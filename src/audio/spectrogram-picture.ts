/**
 * A picture of some sound: time to the right, frequency upwards on a logarithmic axis, loudness as colour.
 *
 * 1,024 by 384 pixels; 40 Hz to 20 kHz; -90 to -10 dBFS in matplotlib's palette "inferno" (CC0), which grows in
 * lightness evenly. The length of the sound need not be known: columns are joined two by two when there are too many.
 */
import type { Picture } from '../formats/png-encode.ts';
import { startSoundFrames } from './features/sound-frames.ts';

/** Size of every picture. */
export const SPECTROGRAM_SIZE = { width: 1024, height: 384 } as const;

/** A picture being drawn. */
export interface SpectrogramDrawing {
  /** Takes a block of any length, one array a channel. */
  push(channels: readonly Float32Array[]): void;
  /** The picture; black where there was no sound. */
  finish(): Picture;
}

const { width: WIDTH, height: HEIGHT } = SPECTROGRAM_SIZE;
const LOWEST_HZ = 40;
const HIGHEST_HZ = 20_000;
/** Long enough to part the notes of a bass. */
const FRAMES = { seconds: 0.0929, topHz: HIGHEST_HZ };
const FLOOR_DB = -90;
const CEILING_DB = -10;
/** Every column of the picture is made of two to four of these, or of less than one when the sound is short. */
const MAX_COLUMNS = 4 * WIDTH;
/** Every ninth part of the palette; between them colours are mixed. */
const PALETTE = [
  0x000004, 0x1b0c41, 0x4a0c6b, 0x781c6d, 0xa52c60, 0xcf4446, 0xed6925, 0xfb9b06, 0xf7d13d,
  0xfcffa4,
];

/** A picture of sound of `rateHz`. */
export function startSpectrogram(rateHz: number): SpectrogramDrawing {
  const columns = new Float32Array(MAX_COLUMNS * HEIGHT);
  let used = 0;
  let filled = 0;
  let framesEach = 1;
  const frames = startSoundFrames(
    rateHz,
    ({ magnitudes }) => {
      if (used === MAX_COLUMNS && filled === 0) {
        joinPairs(columns);
        used /= 2;
        framesEach *= 2;
      }
      if (filled === 0) used += 1;
      addColumn(columns.subarray((used - 1) * HEIGHT, used * HEIGHT), magnitudes, edges);
      filled = (filled + 1) % framesEach;
    },
    FRAMES,
  );
  const edges = rowEdges(frames.binHz);
  return {
    push: frames.push,
    finish: () => paint(columns, used),
  };
}

/** The frequency at the lower edge of each row in bins, from the lowest row up, and the upper edge of the last. */
function rowEdges(binHz: number): Float64Array {
  return Float64Array.from(
    { length: HEIGHT + 1 },
    (_, row) => (LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (row / HEIGHT)) / binHz,
  );
}

/** Raises each row to the largest magnitude between its edges; rows narrower than a bin lie on the line between two. */
function addColumn(column: Float32Array, magnitudes: Float64Array, edges: Float64Array): void {
  for (let row = 0; row < HEIGHT; row += 1) {
    const low = edges[row]!;
    const first = Math.ceil(low);
    const end = Math.min(magnitudes.length, Math.ceil(edges[row + 1]!));
    let largest = 0;
    for (let bin = first; bin < end; bin += 1) largest = Math.max(largest, magnitudes[bin]!);
    if (first >= end && first < magnitudes.length) {
      const part = low - Math.floor(low);
      largest = (1 - part) * magnitudes[Math.floor(low)]! + part * magnitudes[first]!;
    }
    if (largest > column[row]!) column[row] = largest;
  }
}

/** Each two columns as one, the larger of both, in the first half; the second half is cleared. */
function joinPairs(columns: Float32Array): void {
  for (let column = 0; column < MAX_COLUMNS / 2; column += 1)
    for (let row = 0; row < HEIGHT; row += 1) {
      const [left, right] = [2 * column * HEIGHT + row, (2 * column + 1) * HEIGHT + row];
      columns[column * HEIGHT + row] = Math.max(columns[left]!, columns[right]!);
    }
  columns.fill(0, columns.length / 2);
}

function paint(columns: Float32Array, used: number): Picture {
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let x = 0; x < WIDTH; x += 1) {
    const first = Math.floor((x * used) / WIDTH);
    const end = Math.max(first + 1, Math.floor(((x + 1) * used) / WIDTH));
    for (let row = 0; row < HEIGHT; row += 1) {
      let magnitude = 0;
      for (let column = first; column < end; column += 1)
        magnitude = Math.max(magnitude, columns[column * HEIGHT + row]!);
      const share = (20 * Math.log10(magnitude) - FLOOR_DB) / (CEILING_DB - FLOOR_DB);
      rgb.set(colourOf(share), ((HEIGHT - 1 - row) * WIDTH + x) * 3);
    }
  }
  return { width: WIDTH, height: HEIGHT, rgb };
}

function colourOf(share: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, share)) * (PALETTE.length - 1);
  const index = Math.min(PALETTE.length - 2, Math.floor(place));
  const mix = (shift: number) => {
    const [low, high] = [PALETTE[index]!, PALETTE[index + 1]!].map((one) => (one >> shift) & 255);
    return Math.round(low! + (high! - low!) * (place - index));
  };
  return [mix(16), mix(8), mix(0)];
}
