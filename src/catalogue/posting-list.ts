/**
 * A list of postings being written: blocks of 128, and behind a list of several blocks the last document and the end of
 * each, so that most blocks need not be read. Layout: docs/formats/search-index.md.
 */
import { FIELD_BITS } from './posting-run.ts';
import { putVarint } from './varint.ts';

/** Postings of a block. */
export const BLOCK_POSTINGS = 128;
/** Bytes of a block's entry in the skip table: last document and end. They never lie across two pages. */
export const SKIP_BYTES = 8;

/** One list after another. */
export interface PostingListWriter {
  /** Starts a list; `withFields` keeps three bits of fields in every posting. */
  begin(withFields: boolean): void;
  /** Appends document × 8 + fields. */
  add(posting: number): void;
  /** Ends the list; returns its bytes, which are a multiple of 8 when it has more than one block. */
  end(): number;
}

/** A writer of lists to `write`, which stands at `position()`. */
export function startPostingLists(
  write: (bytes: Uint8Array) => void,
  position: () => number,
): PostingListWriter {
  const block = new Uint8Array(BLOCK_POSTINGS * 5);
  let skips = new Uint32Array(1024);
  let skipCount = 0;
  let used = 0;
  let inBlock = 0;
  let blocks = 0;
  let listBytes = 0;
  let last = 0;
  let fields = true;
  const endBlock = () => {
    write(block.subarray(0, used));
    listBytes += used;
    if (skipCount + 2 > skips.length) {
      const larger = new Uint32Array(skips.length * 2);
      larger.set(skips);
      skips = larger;
    }
    skips[skipCount] = last >>> FIELD_BITS;
    skips[skipCount + 1] = listBytes;
    skipCount += 2;
    used = 0;
    inBlock = 0;
    blocks += 1;
  };
  return {
    begin(withFields) {
      fields = withFields;
      [last, listBytes, skipCount, blocks] = [0, 0, 0, 0];
    },
    add(posting) {
      const difference = fields ? posting - last : (posting - last) >>> FIELD_BITS;
      used = putVarint(block, used, difference);
      last = posting & ~7;
      inBlock += 1;
      if (inBlock === BLOCK_POSTINGS) endBlock();
    },
    end() {
      if (inBlock > 0) endBlock();
      if (blocks < 2) return listBytes;
      const padding = (SKIP_BYTES - (position() % SKIP_BYTES)) % SKIP_BYTES;
      write(new Uint8Array(padding));
      write(new Uint8Array(skips.buffer, 0, skipCount * 4));
      return listBytes + padding + skipCount * 4;
    },
  };
}
