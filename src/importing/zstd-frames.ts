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
const MAGIC_BYTES = 4;

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

interface Scan {
  state: State;
  /** Bytes still to come of what `state` names. */
  wanted: number;
  /** Bytes of a small field that came so far. */
  field: number[];
  isSkipping: boolean;
  hasChecksum: boolean;
  isLastBlock: boolean;
}

function createScan() {
  const scan: Scan = {
    state: 'magic',
    wanted: MAGIC_BYTES,
    field: [],
    isSkipping: false,
    hasChecksum: false,
    isLastBlock: false,
  };
  return {
    isBetweenFrames: () => scan.state === 'magic' && scan.field.length === 0,
    *push(chunk: Buffer): Generator<FramePiece> {
      let from = 0;
      for (let at = 0; at < chunk.length; ) {
        let isEnd = false;
        if (scan.state === 'body') {
          const taken = Math.min(scan.wanted, chunk.length - at);
          scan.wanted -= taken;
          at += taken;
          if (scan.wanted > 0) continue;
          if (scan.isSkipping) {
            expect(scan, 'magic', MAGIC_BYTES);
            from = at;
            continue;
          }
          isEnd = endBlock(scan);
        } else {
          scan.field.push(chunk[at]!);
          at += 1;
          if (scan.field.length < scan.wanted) continue;
          isEnd = endField(scan);
        }
        if (isEnd) {
          yield { bytes: chunk.subarray(from, at), isLast: true };
          from = at;
        }
      }
      if (from < chunk.length && !(scan.isSkipping && scan.state !== 'magic'))
        yield { bytes: chunk.subarray(from), isLast: false };
    },
  };
}

function expect(scan: Scan, state: State, wanted: number): void {
  scan.state = state;
  scan.wanted = wanted;
  scan.field = [];
}

/** After a block; whether the frame ends with it. */
function endBlock(scan: Scan): boolean {
  if (!scan.isLastBlock) expect(scan, 'block', BLOCK_HEADER_BYTES);
  else if (scan.hasChecksum) expect(scan, 'checksum', CHECKSUM_BYTES);
  else {
    expect(scan, 'magic', MAGIC_BYTES);
    return true;
  }
  return false;
}

/** After a whole field; whether the frame ends with it. */
function endField(scan: Scan): boolean {
  const value = scan.field.reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0);
  switch (scan.state) {
    case 'magic':
      scan.isSkipping = (value & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC;
      if (!scan.isSkipping && value !== FRAME_MAGIC)
        throw new FonotecaError('SOURCE_COMPRESSION', 'zstd: no frame where one should begin');
      if (scan.isSkipping) expect(scan, 'skip-size', MAGIC_BYTES);
      else expect(scan, 'descriptor', 1);
      return false;
    case 'skip-size':
      expect(scan, value === 0 ? 'magic' : 'body', value || MAGIC_BYTES);
      return false;
    case 'descriptor': {
      scan.hasChecksum = (value & 4) !== 0;
      const isSingle = (value & 32) !== 0;
      const sizeBytes = CONTENT_SIZE_BYTES[value >> 6]! || (isSingle ? 1 : 0);
      expect(scan, 'header', (isSingle ? 0 : 1) + DICTIONARY_BYTES[value & 3]! + sizeBytes);
      return false;
    }
    case 'header':
      expect(scan, 'block', BLOCK_HEADER_BYTES);
      return false;
    case 'block':
      return startBlock(scan, value);
    default:
      expect(scan, 'magic', MAGIC_BYTES);
      return true;
  }
}

function startBlock(scan: Scan, header: number): boolean {
  scan.isLastBlock = (header & 1) === 1;
  const kind = (header >> 1) & 3;
  if (kind === RESERVED_BLOCK)
    throw new FonotecaError('SOURCE_COMPRESSION', 'zstd: a block of no kind');
  const size = kind === RLE_BLOCK ? 1 : header >> 3;
  if (size === 0) return endBlock(scan);
  expect(scan, 'body', size);
  return false;
}
