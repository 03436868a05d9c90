/**
 * The files in a tar, one after another, as it streams by: ustar, pax and GNU long names. Only the last part of a name is
 * used, and only to tell what a file is; nothing is written under it. Links, folders and devices are passed over.
 * Spec: POSIX.1-2017 pax, "ustar Interchange Format".
 */
import { FonotecaError } from '../base/errors.ts';
import { peek } from './decompress.ts';

/** A file of a source: its name without folders, and its bytes, which must be read before the next one is asked for. */
export interface SourceMember {
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
}

const BLOCK_BYTES = 512;
const MOST_HEADER_BYTES = 64 * 1024;
const MAGIC_AT = 257;

/** The files in `chunks` when that is a tar, else `chunks` itself under `name`. `SOURCE_TAR` when it is broken. */
export async function* membersOf(
  name: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<SourceMember> {
  const { head, all } = await peek(chunks, BLOCK_BYTES);
  if (head.toString('latin1', MAGIC_AT, MAGIC_AT + 5) !== 'ustar') {
    yield { name, chunks: all };
    return;
  }
  const bytes = createByteReader(all);
  let longName: string | undefined;
  for (
    let header = await bytes.take(BLOCK_BYTES);
    !isEnd(header);
    header = await bytes.take(BLOCK_BYTES)
  ) {
    const { kind, sizeBytes, name: shortName } = parseHeader(header);
    const padding = (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
    if (kind === 'x' || kind === 'g' || kind === 'L') {
      if (sizeBytes > MOST_HEADER_BYTES) throw broken(`a header of ${sizeBytes} bytes`);
      const text = (await bytes.take(sizeBytes)).toString('utf8');
      await bytes.take(padding);
      if (kind === 'L') longName = text.replace(/\0.*$/s, '');
      else if (kind === 'x') longName = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1] ?? longName;
      continue;
    }
    const body = bytes.stream(sizeBytes);
    if (kind === '0' || kind === '\0') {
      yield { name: lastPart(longName ?? shortName), chunks: body };
    }
    for await (const _ of body);
    await bytes.take(padding);
    longName = undefined;
  }
}

function isEnd(header: Buffer): boolean {
  return header.length === 0 || header.every((byte) => byte === 0);
}

function parseHeader(block: Buffer): { kind: string; sizeBytes: number; name: string } {
  const text = (from: number, to: number) => block.toString('utf8', from, to).replace(/\0.*$/s, '');
  const stated = Number.parseInt(text(148, 156).trim(), 8);
  let sum = 0;
  for (let at = 0; at < BLOCK_BYTES; at++) sum += at >= 148 && at < 156 ? 32 : block[at]!;
  if (block.length !== BLOCK_BYTES || stated !== sum)
    throw broken('a header whose checksum does not fit');
  return { kind: String.fromCharCode(block[156]!), sizeBytes: sizeOf(block), name: text(0, 100) };
}

/** Octal digits, or with the first bit set a number of eleven bytes, as GNU tar writes what is larger than 8 GiB. */
function sizeOf(block: Buffer): number {
  if (block[124]! & 0x80) {
    const size = Number(block.readBigUInt64BE(128));
    if (block[124] !== 0x80 || !Number.isSafeInteger(size)) throw broken('a size beyond reason');
    return size;
  }
  const digits = block.toString('latin1', 124, 136).replaceAll(/[\0 ]/g, '');
  if (!/^[0-7]{1,12}$/.test(digits)) throw broken('a size that is no number');
  return Number.parseInt(digits, 8);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function createByteReader(chunks: AsyncIterable<Buffer>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  /** Some bytes, at most `most`; none at the end. */
  const some = async (most: number): Promise<Buffer> => {
    while (rest.length === 0) {
      const next = await iterator.next();
      if (next.done) return rest;
      rest = next.value;
    }
    const taken = rest.subarray(0, most);
    rest = rest.subarray(taken.length);
    return taken;
  };
  return {
    /** Exactly `count` bytes; none when the file is over. */
    async take(count: number): Promise<Buffer> {
      const parts: Buffer[] = [];
      for (let left = count; left > 0; ) {
        const part = await some(left);
        if (part.length === 0) {
          if (parts.length === 0) return part;
          throw broken('ends in the middle');
        }
        parts.push(part);
        left -= part.length;
      }
      return Buffer.concat(parts);
    },
    /** `count` bytes as they come; what its reader leaves is to be read by another. */
    stream(count: number): AsyncIterable<Buffer> {
      let left = count;
      const next = async (): Promise<IteratorResult<Buffer>> => {
        if (left === 0) return { done: true, value: undefined };
        const part = await some(left);
        if (part.length === 0) throw broken('ends in the middle');
        left -= part.length;
        return { done: false, value: part };
      };
      return { [Symbol.asyncIterator]: () => ({ next }) };
    },
  };
}

function broken(seen: string): FonotecaError {
  return new FonotecaError('SOURCE_COMPRESSION', `tar: ${seen}`);
}
