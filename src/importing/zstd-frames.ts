/**
 * Cuts zstd data into its frames without unpacking it: Node's decompressor ends with the first one, and files made in
 * parallel have many. Spec: RFC 8878 3.1.
 */
import { FonotecaError } from '../base/errors.ts';

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const BLOCK_HEADER_BYTES = 3;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
const CHECKSUM_BYTES = 4;

/** What is to be read next of a frame. */
type State = 'magic' | 'skip-size' | 'descriptor' | 'header' | 'block' | 'body' | 'checksum';

/** A piece of a frame; `isLast` with the one that ends it. */
export interface FramePiece {
  readonly bytes: Buffer;
  readonly isLast: boolean;
}

/** The pieces of the frames in `chunks`; skippable frames are left out. `SOURCE_COMPRESSION` when it is no zstd. */
export async function* zstdFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<FramePiece> {
  const scan = createScan();
  for await (const chunk of chunks) yield* scan.push(chunk);
  if (!scan.isBetweenFrames())
    throw new FonotecaError('SOURCE_COMPRESSION', 'zstd: ends inside a frame');
}

function createScan() {
  let state: State = 'magic';
  let wanted = 4;
  /** Bytes of a small field that came so far. */
  let field: number[] = [];
  let isSkipping = false;
  let hasChecksum = false;
  let isLastBlock = false;
  const expect = (next: State, bytes: number) => {
    state = next;
    wanted = bytes;
    field = [];
  };
  const endBlock = (): boolean => {
    if (!isLastBlock) expect('block', BLOCK_HEADER_BYTES);
    else if (hasChecksum) expect('checksum', CHECKSUM_BYTES);
    else {
      expect('magic', 4);
      return true;
    }
    return false;
  };
  /** Takes a whole field; returns whether it ended a frame. */
  const fieldDone = (): boolean => {
    const value = field.reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0);
    if (state === 'magic') {
      isSkipping = (value & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC;
      if (!isSkipping && value !== FRAME_MAGIC)
        throw new FonotecaError('SOURCE_COMPRESSION', 'zstd: no frame where one should begin');
      if (isSkipping) expect('skip-size', 4);
      else expect('descriptor', 1);
    } else if (state === 'skip-size') expect(value === 0 ? 'magic' : 'body', value || 4);
    else if (state === 'descriptor') {
      hasChecksum = (value & 4) !== 0;
      const isSingle = (value & 32) !== 0;
      const sizeBytes = CONTENT_SIZE_BYTES[value >> 6]! || (isSingle ? 1 : 0);
      expect('header', (isSingle ? 0 : 1) + DICTIONARY_BYTES[value & 3]! + sizeBytes);
    } else if (state === 'header') expect('block', BLOCK_HEADER_BYTES);
    else if (state === 'block') {
      isLastBlock = (value & 1) === 1;
      const kind = (value >> 1) & 3;
      if (kind === RESERVED_BLOCK)
        throw new FonotecaError('SOURCE_COMPRESSION', 'zstd: a block of no kind');
      const size = kind === RLE_BLOCK ? 1 : value >> 3;
      if (size === 0) return endBlock();
      expect('body', size);
    } else {
      expect('magic', 4);
      return true;
    }
    return false;
  };
  return {
    isBetweenFrames: () => state === 'magic' && field.length === 0,
    *push(chunk: Buffer): Generator<FramePiece> {
      let from = 0;
      for (let at = 0; at < chunk.length; ) {
        let isEnd = false;
        if (state === 'body') {
          const taken = Math.min(wanted, chunk.length - at);
          wanted -= taken;
          at += taken;
          if (wanted > 0) continue;
          if (isSkipping) {
            expect('magic', 4);
            from = at;
            continue;
          }
          isEnd = endBlock();
        } else {
          field.push(chunk[at]!);
          at += 1;
          if (field.length < wanted) continue;
          isEnd = fieldDone();
        }
        if (isEnd) {
          yield { bytes: chunk.subarray(from, at), isLast: true };
          from = at;
        }
      }
      if (from < chunk.length && !(isSkipping && state !== 'magic'))
        yield { bytes: chunk.subarray(from), isLast: false };
    },
  };
}
