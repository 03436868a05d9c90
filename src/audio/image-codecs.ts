/**
 * Pictures in and out of their formats: JPEG and WebP by codecs in WebAssembly, a fresh instance for each picture, and
 * PNG by a reader of our own. Runs inside the worker; what a picture is and how large was told by its header before.
 */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import decodeJpeg, { init as startJpegDecoder } from '@jsquash/jpeg/decode.js';
import encodeJpegPixels, { init as startJpegEncoder } from '@jsquash/jpeg/encode.js';
import decodeWebp, { init as startWebpDecoder } from '@jsquash/webp/decode.js';
import { FonotecaError } from '../base/errors.ts';
import type { ImageHeader } from './image-header.ts';
import { readPngRows } from './image-png.ts';
import type { Pixels } from './image-scale.ts';

/** Nobody sees the step from the picture it was made of, at a third of the size of quality 95. */
const JPEG_QUALITY = 85;

/** A decoded picture: RGBA rows from the top, each good until the next; JPEG is turned as its EXIF note says. */
export interface DecodedImage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rows: AsyncIterable<Uint8Array> | Iterable<Uint8ClampedArray>;
}

/** The picture in `bytes` whose header is `header`. `IMAGE_FORMAT_UNSUPPORTED` for GIF; `IMAGE_UNDECODABLE`. */
export async function decodeImage(bytes: Uint8Array, header: ImageHeader): Promise<DecodedImage> {
  const { widthPx, heightPx, mime } = header;
  if (mime === 'image/png') return { widthPx, heightPx, rows: readPngRows(bytes) };
  if (mime === 'image/gif') throw new FonotecaError('IMAGE_FORMAT_UNSUPPORTED', 'a GIF picture');
  const codec = mime === 'image/jpeg' ? JPEG_DECODER : WEBP_DECODER;
  const { width, height, data } = await decodeWhole(bytes, codec);
  // What was capped was the size in the header.
  if (width * height !== widthPx * heightPx || data.length !== width * height * 4)
    throw new FonotecaError(
      'IMAGE_UNDECODABLE',
      `${width}×${height} where ${widthPx}×${heightPx} were told`,
    );
  return { widthPx: width, heightPx: height, rows: rowsOf(data, width) };
}

/** `pixels` as a JPEG file: progressive, without metadata, the same bytes each time. */
export async function encodeJpeg({ widthPx, heightPx, data }: Pixels): Promise<Uint8Array> {
  await startJpegEncoder(freshInstance('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'));
  const image = { width: widthPx, height: heightPx, data, colorSpace: 'srgb' };
  const file = await encodeJpegPixels(image as never, { quality: JPEG_QUALITY });
  return new Uint8Array(file);
}

interface WholeImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

interface WasmDecoder {
  readonly start: (options: never) => Promise<void>;
  readonly wasm: string;
  readonly decode: (bytes: ArrayBuffer) => Promise<unknown>;
}

const JPEG_DECODER: WasmDecoder = {
  start: startJpegDecoder,
  wasm: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  decode: (bytes) => decodeJpeg(bytes, { preserveOrientation: true }),
};
const WEBP_DECODER: WasmDecoder = {
  start: startWebpDecoder,
  wasm: '@jsquash/webp/codec/dec/webp_dec.wasm',
  decode: (bytes) => decodeWebp(bytes),
};

async function decodeWhole(bytes: Uint8Array, codec: WasmDecoder): Promise<WholeImage> {
  const pixels = catchPixels();
  try {
    await codec.start(freshInstance(codec.wasm));
    // The codecs measure the whole buffer behind a view, so they get one of the picture alone.
    const { width, height } = (await codec.decode(new Uint8Array(bytes).buffer)) as WholeImage;
    return { width, height, data: pixels.release() };
  } catch {
    // A codec throws numbers and pointers that tell nobody anything.
    throw new FonotecaError('IMAGE_UNDECODABLE', 'the decoder gave up');
  } finally {
    pixels.restore();
  }
}

/** What an allocator may write into a stretch that was let go lies within so many bytes of its ends. */
const ALLOCATOR_BYTES = 256;

/**
 * Keeps a codec from copying its pixels, which would take as much memory again: it makes a `Uint8ClampedArray` of a view of
 * its own memory and lets go of that. Nothing runs in the codec afterwards, so the view stays as it was but for its ends.
 */
function catchPixels() {
  const scope = globalThis as { Uint8ClampedArray: unknown };
  const real = Uint8ClampedArray;
  let caught: Uint8ClampedArray | undefined;
  let ends: { readonly head: Uint8ClampedArray; readonly tail: Uint8ClampedArray } | undefined;
  scope.Uint8ClampedArray = function take({ buffer, byteOffset, byteLength }: Uint8Array) {
    caught = new real(buffer, byteOffset, byteLength);
    const tailAt = Math.max(0, byteLength - ALLOCATOR_BYTES);
    ends = { head: caught.slice(0, ALLOCATOR_BYTES), tail: caught.slice(tailAt) };
    return caught;
  };
  return {
    release(): Uint8ClampedArray {
      if (!caught || !ends) throw new FonotecaError('IMAGE_UNDECODABLE', 'no pixels came out');
      caught.set(ends.head);
      caught.set(ends.tail, caught.length - ends.tail.length);
      return caught;
    },
    restore(): void {
      scope.Uint8ClampedArray = real;
    },
  };
}

function* rowsOf(data: Uint8ClampedArray, width: number): Generator<Uint8ClampedArray> {
  for (let at = 0; at < data.length; at += width * 4) yield data.subarray(at, at + width * 4);
}

/** What is used of WebAssembly, whose types stand in the browser's library alone. */
interface WasmApi {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}
const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WasmApi })
  .WebAssembly;
const compiled = new Map<string, object>();

/** Options with which a codec starts in memory of its own; the code is compiled once. */
function freshInstance(file: string): never {
  const module =
    compiled.get(file) ?? new Module(fs.readFileSync(fileURLToPath(import.meta.resolve(file))));
  compiled.set(file, module);
  const instantiateWasm = (imports: object, use: (instance: object) => void) => {
    const instance = new Instance(module, imports);
    use(instance);
    return instance.exports;
  };
  // The packages' own types of this are of a browser.
  return { instantiateWasm } as never;
}
