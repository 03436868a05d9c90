/**
 * A PNG picture as rows of RGBA, eight bits each, as they come out of its stream: whatever the size of the picture, a
 * row at a time is held, and all of it only where the file is interlaced.
 *
 * ISO/IEC 15948 (PNG, third edition): chunks 5.3, filters 9.2, interlacing 8.2, colour types 6.1.
 */
import { Readable } from 'node:stream';
import { crc32, createInflate } from 'node:zlib';
import { FonotecaError } from '../base/errors.ts';

/** Samples a pixel by colour type: grey, RGB, palette, grey with alpha, RGB with alpha. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** First column, first row, column step and row step of the seven passes (8.2). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const INFLATE_CHUNK_BYTES = 64 * 1024;

interface PngParts {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly depth: number;
  readonly colourType: number;
  readonly isInterlaced: boolean;
  readonly palette: Uint8Array;
  readonly transparency: Uint8Array;
  readonly data: readonly Uint8Array[];
}

/** The rows of the PNG file `bytes` from the top, each in a buffer that the next one reuses. `IMAGE_UNDECODABLE`. */
export async function* readPngRows(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const parts = readParts(bytes);
  const lines = readLines(parts.data);
  if (!parts.isInterlaced) {
    yield* readPass(parts, lines, parts.widthPx, parts.heightPx);
    return;
  }
  const whole = await readInterlaced(parts, lines);
  for (let y = 0; y < parts.heightPx; y += 1)
    yield whole.subarray(y * parts.widthPx * 4, (y + 1) * parts.widthPx * 4);
}

async function readInterlaced(parts: PngParts, lines: LineReader): Promise<Uint8Array> {
  const { widthPx, heightPx } = parts;
  const whole = new Uint8Array(widthPx * heightPx * 4);
  for (const [left, top, across, down] of ADAM7) {
    const passWidth = Math.ceil((widthPx - left) / across);
    const passHeight = Math.ceil((heightPx - top) / down);
    if (passWidth <= 0 || passHeight <= 0) continue;
    let y = top;
    for await (const row of readPass(parts, lines, passWidth, passHeight)) {
      for (let x = 0; x < passWidth; x += 1)
        whole.set(row.subarray(x * 4, x * 4 + 4), (y * widthPx + left + x * across) * 4);
      y += down;
    }
  }
  return whole;
}

function damaged(what: string): FonotecaError {
  return new FonotecaError('IMAGE_UNDECODABLE', `PNG: ${what}`);
}

/** The chunks that make the picture; all others are passed over. Critical ones must carry their CRC (5.3). */
function readParts(bytes: Uint8Array): PngParts {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let header: Buffer | undefined;
  let palette: Uint8Array = new Uint8Array(0);
  let transparency: Uint8Array = new Uint8Array(0);
  for (let at = 8; at + 12 <= view.length; ) {
    const sizeBytes = view.readUInt32BE(at);
    const kind = view.toString('latin1', at + 4, at + 8);
    const body = view.subarray(at + 8, at + 8 + sizeBytes);
    const end = at + 8 + sizeBytes;
    if (kind === 'IEND') break;
    if (end + 4 > view.length) throw damaged(`${kind} is cut off`);
    if (
      ['IHDR', 'PLTE', 'IDAT'].includes(kind) &&
      crc32(view.subarray(at + 4, end)) !== view.readUInt32BE(end)
    )
      throw damaged(`the checksum of ${kind} is wrong`);
    if (kind === 'IHDR') header ??= body;
    else if (kind === 'PLTE') palette = body;
    else if (kind === 'tRNS') transparency = body;
    else if (kind === 'IDAT') data.push(body);
    at = end + 4;
  }
  if (header?.length !== 13) throw damaged('no header');
  const [depth, colourType, interlace] = [header[8]!, header[9]!, header[12]!];
  if (!DEPTHS[colourType]?.includes(depth) || header[10] !== 0 || header[11] !== 0 || interlace > 1)
    throw damaged(`depth ${depth}, colour type ${colourType}, interlace ${interlace}`);
  return {
    widthPx: header.readUInt32BE(0),
    heightPx: header.readUInt32BE(4),
    depth,
    colourType,
    isInterlaced: interlace === 1,
    palette,
    transparency,
    data,
  };
}

/** Reads the inflated stream a stretch at a time. */
type LineReader = (sizeBytes: number) => Promise<Uint8Array>;

function readLines(data: readonly Uint8Array[]): LineReader {
  const inflate = Readable.from(data).pipe(createInflate({ chunkSize: INFLATE_CHUNK_BYTES }));
  const chunks = inflate[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let held: Uint8Array = new Uint8Array(0);
  return async (sizeBytes) => {
    const line = new Uint8Array(sizeBytes);
    for (let at = 0; at < sizeBytes; ) {
      if (held.length === 0) {
        const next = await chunks.next().catch(() => ({ done: true, value: undefined }));
        if (next.done || !next.value) throw damaged('the picture is cut off');
        held = next.value;
      }
      const part = held.subarray(0, sizeBytes - at);
      line.set(part, at);
      at += part.length;
      held = held.subarray(part.length);
    }
    return line;
  };
}

async function* readPass(
  parts: PngParts,
  lines: LineReader,
  widthPx: number,
  heightPx: number,
): AsyncGenerator<Uint8Array> {
  const bits = SAMPLES[parts.colourType]! * parts.depth;
  const stride = Math.max(1, bits >> 3);
  const row = new Uint8Array(widthPx * 4);
  let above = new Uint8Array(Math.ceil((widthPx * bits) / 8));
  for (let y = 0; y < heightPx; y += 1) {
    const line = await lines(1 + above.length);
    const now = line.subarray(1);
    unfilter(line[0]!, now, above, stride);
    toRgba(parts, now, row);
    yield row;
    above = new Uint8Array(now);
  }
}

/** Undoes the filter of one line in place (9.2). */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, stride: number): void {
  if (filter > 4) throw damaged(`filter ${filter}`);
  if (filter === 0) return;
  for (let i = 0; i < line.length; i += 1) {
    const left = i < stride ? 0 : line[i - stride]!;
    const up = above[i]!;
    if (filter === 1) line[i] = line[i]! + left;
    else if (filter === 2) line[i] = line[i]! + up;
    else if (filter === 3) line[i] = line[i]! + ((left + up) >> 1);
    else line[i] = line[i]! + paeth(left, up, i < stride ? 0 : above[i - stride]!);
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [
    Math.abs(guess - left),
    Math.abs(guess - up),
    Math.abs(guess - corner),
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** One line's samples as RGBA. A colour named by tRNS is transparent (11.3.1.1); of 16 bits the upper eight are kept. */
function toRgba(parts: PngParts, line: Uint8Array, row: Uint8Array): void {
  const { colourType, depth } = parts;
  const samples = SAMPLES[colourType]!;
  const sample = sampleReader(line, depth);
  const max = depth === 16 ? 255 : 2 ** depth - 1;
  const clear = colourType === 3 ? [] : clearColour(parts);
  const isColour = samples >= 3;
  for (let x = 0; x < row.length / 4; x += 1) {
    const at = x * 4;
    const first = sample(x * samples);
    if (colourType === 3) {
      row.set(paletteEntry(parts, first), at);
      continue;
    }
    const grey = Math.round((first * 255) / max);
    row[at] = grey;
    row[at + 1] = isColour ? sample(x * samples + 1) : grey;
    row[at + 2] = isColour ? sample(x * samples + 2) : grey;
    const isClear =
      clear.length > 0 && clear.every((value, index) => sample(x * samples + index) === value);
    row[at + 3] = samples % 2 === 0 ? sample(x * samples + samples - 1) : isClear ? 0 : 255;
  }
}

function sampleReader(line: Uint8Array, depth: number): (index: number) => number {
  if (depth === 8) return (index) => line[index]!;
  if (depth === 16) return (index) => line[index * 2]!;
  const perByte = 8 / depth;
  return (index) =>
    (line[Math.floor(index / perByte)]! >> (8 - depth - (index % perByte) * depth)) &
    (2 ** depth - 1);
}

function clearColour({ transparency, colourType, depth }: PngParts): number[] {
  const wanted = SAMPLES[colourType]!;
  if (transparency.length < wanted * 2 || colourType > 2) return [];
  return Array.from({ length: wanted }, (_, index) =>
    depth === 16 ? transparency[index * 2]! : transparency[index * 2 + 1]!,
  );
}

function paletteEntry({ palette, transparency }: PngParts, index: number): number[] {
  const at = index * 3;
  if (at + 3 > palette.length) throw damaged(`colour ${index} is not in the palette`);
  return [palette[at]!, palette[at + 1]!, palette[at + 2]!, transparency[index] ?? 255];
}
