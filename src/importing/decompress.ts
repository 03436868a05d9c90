/**
 * Unpacks what a source was compressed with, as a stream: gzip, bzip2, zstd and xz by their first bytes, whatever the file
 * is called. Nothing is unpacked to disk, and no more is held than the format's window.
 */
import { createRequire } from 'node:module';
import { PassThrough, Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import zlib from 'node:zlib';
import { FonotecaError, messageOf } from '../base/errors.ts';
import { type FramePiece, zstdFrames } from './zstd-frames.ts';

const load = createRequire(import.meta.url);
const CHUNK_BYTES = 256 * 1024;
/** What `zstd --long=27` writes and every build of it reads by default; more would be memory for a stranger to take. */
const MOST_WINDOW_LOG = 27;
/** A real dump shrinks to a twentieth at best: what grows a thousandfold is made to take time and memory. */
const MOST_RATIO = 1000;
const RATIO_FREE_BYTES = 256 * 1024 * 1024;
const SNIFF_BYTES = 6;

type Chunks = AsyncIterable<Buffer>;
type Unpack = (chunks: Chunks) => Chunks;

interface Kind {
  readonly name: string;
  readonly magic: string;
  readonly unpack: Unpack;
  /** What is wrong with it when it fails, where what unpacks it speaks of its own insides. */
  readonly failure?: string;
}

const KINDS: readonly Kind[] = [
  { name: 'gzip', magic: '1f8b', unpack: gunzip },
  { name: 'bzip2', magic: '425a68', unpack: unbzip2, failure: 'cut short or damaged' },
  { name: 'zstd', magic: '28b52ffd', unpack: unzstd },
  { name: 'xz', magic: 'fd377a585a00', unpack: unxz, failure: 'cut short or damaged' },
];

/** The bytes of `chunks`, unpacked when they are packed, once. `SOURCE_COMPRESSION` when the packing is broken. */
export async function* decompress(chunks: Chunks): AsyncGenerator<Buffer> {
  const { head, all } = await peek(chunks, SNIFF_BYTES);
  const kind = KINDS.find(({ magic }) => head.toString('hex').startsWith(magic));
  if (!kind) {
    yield* all;
    return;
  }
  let packedBytes = 0;
  let bytes = 0;
  const counted = (async function* () {
    for await (const chunk of all) {
      packedBytes += chunk.length;
      yield chunk;
    }
  })();
  try {
    for await (const chunk of kind.unpack(counted)) {
      bytes += chunk.length;
      if (bytes > RATIO_FREE_BYTES && bytes > packedBytes * MOST_RATIO)
        throw new FonotecaError(
          'SOURCE_COMPRESSION',
          `${kind.name}: grows more than ${MOST_RATIO} times`,
        );
      yield chunk;
    }
  } catch (error) {
    if (error instanceof FonotecaError) throw error;
    const seen = `${kind.name}: ${kind.failure ?? messageOf(error)}`;
    throw new FonotecaError('SOURCE_COMPRESSION', seen, { cause: error });
  }
}

/** The first `bytes` of `chunks` (less when there are not so many) and all of them. */
export async function peek(chunks: Chunks, bytes: number): Promise<{ head: Buffer; all: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const next = await iterator.next();
    if (next.done) break;
    first.push(next.value);
    length += next.value.length;
  }
  const head = Buffer.concat(first);
  const all = (async function* () {
    if (head.length > 0) yield head;
    try {
      for (let next = await iterator.next(); !next.done; next = await iterator.next())
        yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
  return { head: head.subarray(0, bytes), all };
}

function gunzip(chunks: Chunks): Chunks {
  return through(chunks, zlib.createGunzip({ chunkSize: CHUNK_BYTES }));
}

function unbzip2(chunks: Chunks): Chunks {
  const make = load('unbzip2-stream') as () => NodeJS.ReadWriteStream;
  const old = make();
  const out = new PassThrough({ readableHighWaterMark: CHUNK_BYTES });
  // It is a stream of the first kind: it pushes, and has to be told to wait.
  old.on('error', (error: Error) => out.destroy(error));
  old.pipe(out);
  void feed(chunks, old, out);
  return out;
}

async function feed(
  chunks: Chunks,
  target: NodeJS.WritableStream,
  out: PassThrough,
): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (out.destroyed) return;
      if (!target.write(chunk))
        await new Promise<void>((resolve) => {
          target.once('drain', resolve);
          out.once('close', resolve);
        });
    }
    target.end();
  } catch (error) {
    out.destroy(error instanceof Error ? error : new Error(messageOf(error)));
  }
}

async function* unzstd(chunks: Chunks): AsyncGenerator<Buffer> {
  const pieces = zstdFrames(chunks);
  for (let first = await pieces.next(); !first.done; first = await pieces.next())
    yield* through(oneFrame(first.value, pieces), createUnzstd());
}

async function* oneFrame(
  first: FramePiece,
  rest: AsyncGenerator<FramePiece>,
): AsyncGenerator<Buffer> {
  yield first.bytes;
  for (let isLast = first.isLast; !isLast; ) {
    const next = await rest.next();
    if (next.done) return;
    yield next.value.bytes;
    isLast = next.value.isLast;
  }
}

function createUnzstd(): Transform {
  return zlib.createZstdDecompress({
    chunkSize: CHUNK_BYTES,
    params: { [zlib.constants.ZSTD_d_windowLogMax]: MOST_WINDOW_LOG },
  });
}

async function* unxz(chunks: Chunks): AsyncGenerator<Buffer> {
  const { XzReadableStream } = load('xz-decompress') as typeof import('xz-decompress');
  const packed = Readable.toWeb(Readable.from(chunks)) as unknown as ConstructorParameters<
    typeof XzReadableStream
  >[0];
  const plain = new XzReadableStream(packed) as unknown as ReadableStream<Uint8Array>;
  // Its chunks are views of memory that it uses again.
  for await (const chunk of plain) yield Buffer.from(chunk);
}

/** `chunks` through `transform`; ends of either kind reach the other. */
async function* through(chunks: Chunks, transform: Transform): AsyncGenerator<Buffer> {
  const fed = pipeline(chunks, transform);
  fed.catch(() => undefined);
  try {
    for await (const chunk of transform) yield chunk as Buffer;
    await fed;
  } finally {
    transform.destroy();
  }
}
