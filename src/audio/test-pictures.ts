/** Pictures made for tests: PNG files of every kind the format has, and plain pixels for the codecs. */
import { crc32, deflateSync } from 'node:zlib';
import type { Pixels } from './image-scale.ts';

/** How a PNG file is laid out. */
export interface PngLayout {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly depth: number;
  readonly colourType: number;
  readonly isInterlaced?: boolean;
  readonly filter?: number;
  readonly palette?: Uint8Array;
  readonly transparency?: Uint8Array;
  /** The samples of one pixel. */
  readonly pixel: (x: number, y: number) => readonly number[];
}

/** Red to the right, green downwards. */
export function gradient(widthPx: number, heightPx: number): Pixels {
  const data = new Uint8ClampedArray(widthPx * heightPx * 4);
  for (let y = 0; y < heightPx; y += 1)
    for (let x = 0; x < widthPx; x += 1)
      data.set([(x * 255) / widthPx, (y * 255) / heightPx, 64, 255], (y * widthPx + x) * 4);
  return { widthPx, heightPx, data };
}

/** One chunk of a PNG file with its CRC. */
export function pngChunk(kind: string, body: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([size, named, check]);
}

/** A PNG file laid out as told. */
export function pngFile(layout: PngLayout): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(layout.widthPx, 0);
  header.writeUInt32BE(layout.heightPx, 4);
  header.set([layout.depth, layout.colourType, 0, 0, layout.isInterlaced ? 1 : 0], 8);
  const passes = layout.isInterlaced ? ADAM7 : [[0, 0, 1, 1] as const];
  const lines = passes.flatMap((pass) => passLines(layout, pass));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...(layout.palette ? [pngChunk('PLTE', layout.palette)] : []),
    ...(layout.transparency ? [pngChunk('tRNS', layout.transparency)] : []),
    pngChunk('IDAT', deflateSync(Buffer.concat(lines))),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function passLines(
  layout: PngLayout,
  [left, top, across, down]: readonly [number, number, number, number],
): Uint8Array[] {
  const { widthPx, heightPx, depth, filter = 0, pixel } = layout;
  const lines: Uint8Array[] = [];
  let above: Uint8Array | undefined;
  for (let y = top; y < heightPx && left < widthPx; y += down) {
    const bits: string[] = [];
    for (let x = left; x < widthPx; x += across)
      for (const sample of pixel(x, y)) bits.push(sample.toString(2).padStart(depth, '0'));
    const text = bits.join('');
    const raw = Uint8Array.from({ length: Math.ceil(text.length / 8) }, (_, at) =>
      Number.parseInt(text.slice(at * 8, at * 8 + 8).padEnd(8, '0'), 2),
    );
    lines.push(filtered(raw, above, filter, Math.max(1, (pixel(0, 0).length * depth) >> 3)));
    above = raw;
  }
  return lines;
}

/** Filters 0 to 4 as ISO/IEC 15948 section 9.2 writes them. */
function filtered(
  raw: Uint8Array,
  above: Uint8Array | undefined,
  filter: number,
  stride: number,
): Uint8Array {
  const predicted = raw.map((_, at) => {
    const left = raw[at - stride] ?? 0;
    const up = above?.[at] ?? 0;
    const corner = at < stride ? 0 : (above?.[at - stride] ?? 0);
    const nearest = [left, up, corner]
      .map((value) => ({ value, off: Math.abs(left + up - corner - value) }))
      .reduce((best, one) => (one.off < best.off ? one : best)).value;
    return [0, left, up, Math.floor((left + up) / 2), nearest][filter]!;
  });
  return Uint8Array.of(filter, ...raw.map((value, at) => value - predicted[at]!));
}
