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
  /** Its path in the tar that it is from; undefined where there is none. */
  readonly inTar: string | undefined;
  readonly chunks: AsyncIterable<Buffer>;
}

const BLOCK_BYTES = 512;
const MOST_HEADER_BYTES = 64 * 1024;
const MAGIC_AT = 257;

/** The files in `chunks` when that is a tar, else `chunks` itself under `name`. `SOURCE_COMPRESSION` when it is broken. */
export async function* membersOf(
  name: string,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<SourceMember> {
  const { head, all } = await peek(chunks, BLOCK_BYTES);
  if (head.toString('latin1', MAGIC_AT, MAGIC_AT + 5) !== 'ustar') {
    yield { name, inTar: undefined, chunks: all };
    return;
  }
  const bytes = createByteReader(all);
  let said: Said = {};
  for (;;) {
    const header = await bytes.take(BLOCK_BYTES);
    if (header.length === 0) throw broken('ends without its end mark');
    if (isEnd(header)) break;
    const kind = kindOf(header);
    if (kind === 'x' || kind === 'g' || kind === 'L') {
      const sizeBytes = sizeOf(header);
      if (sizeBytes > MOST_HEADER_BYTES) throw broken(`a header of ${sizeBytes} bytes`);
      const text = (await bytes.take(sizeBytes)).toString('utf8');
      await bytes.take(paddingOf(sizeBytes));
      if (kind === 'L') said = { ...said, path: text.replace(/\0.*$/s, '') };
      else if (kind === 'x') said = { ...said, ...paxOf(text) };
      continue;
    }
    const sizeBytes = said.sizeBytes ?? sizeOf(header);
    const inTar = said.path ?? nameOf(header);
    const body = bytes.stream(sizeBytes);
    if (kind === '0' || kind === '\0') yield { name: lastPart(inTar), inTar, chunks: body };
    for await (const _ of body);
    await bytes.take(paddingOf(sizeBytes));
    said = {};
  }
  // What packed the tar has an end of its own, behind the tar's.
  await bytes.drain();
}

/** What headers before a member say of it: more than fits into its own. */
interface Said {
  readonly path?: string;
  readonly sizeBytes?: number;
}

/** The records of a pax header that are of use, each `length key=value` and a line's end. */
function paxOf(text: string): Said {
  const path = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];
  const size = /(?:^|\n)\d+ size=([^\n]*)\n/.exec(text)?.[1];
  if (size !== undefined && !(/^\d{1,16}$/.test(size) && Number.isSafeInteger(Number(size))))
    throw broken('a size that is no number');
  return {
    ...(path !== undefined && { path }),
    ...(size !== undefined && { sizeBytes: Number(size) }),
  };
}

function paddingOf(sizeBytes: number): number {
  return (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

function isEnd(header: Buffer): boolean {
  return header.every((byte) => byte === 0);
}

/** What the header of a member says it is: `0` a file, `x`, `g` and `L` more of the header of the next one. */
function kindOf(block: Buffer): string {
  const stated = Number.parseInt(textIn(block, 148, 156).trim(), 8);
  let sum = 0;
  for (let at = 0; at < BLOCK_BYTES; at++) sum += at >= 148 && at < 156 ? 32 : block[at]!;
  if (stated !== sum) throw broken('a header whose checksum does not fit');
  return String.fromCharCode(block[156]!);
}

/** The path in a header; only POSIX's own has more of it in front. */
function nameOf(block: Buffer): string {
  const isPosix = block.toString('latin1', MAGIC_AT, MAGIC_AT + 6) === 'ustar\0';
  const front = isPosix ? textIn(block, 345, 500) : '';
  return (front === '' ? '' : `${front}/`) + textIn(block, 0, 100);
}

function textIn(block: Buffer, from: number, to: number): string {
  return block.toString('utf8', from, to).replace(/\0.*$/s, '');
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
    /** Reads to the end. */
    async drain(): Promise<void> {
      for (rest = Buffer.alloc(0); !(await iterator.next()).done; );
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
