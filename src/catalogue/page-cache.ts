/**
 * Pages of several files that were read and found right, so that a page that is asked for again is not read and
 * checked again. Memory: 4 KiB a page, taken when first used.
 */

/** Reads page `number` into `room`, checks it and tells its length; throws when it is not right. */
export type FillPage = (number: number, room: Buffer) => number;

/** A bounded number of pages of any number of files. */
export interface PageCache {
  /** The pages of one more file: a function from number to page, valid until as many others were read as there is room for. */
  pagesOf(fill: FillPage): (number: number) => Buffer;
}

const PAGE_BYTES = 4096;
/** Pages of one piece of memory. */
const SLAB_PAGES = 256;
/** Keys of a file lie this far from those of the next: no file has as many pages. */
const FILE_STRIDE = 2 ** 32;

/** An empty cache of at most `pages` pages, rounded up to whole slabs of 1 MiB. */
export function startPageCache(pages: number): PageCache {
  const capacity = Math.ceil(pages / SLAB_PAGES) * SLAB_PAGES;
  const slabs: Buffer[] = [];
  /** By slot, what it holds. */
  const held: Buffer[] = [];
  const keys = new Float64Array(capacity).fill(-1);
  const recent = new Uint8Array(capacity);
  const slotOf = new Map<number, number>();
  let hand = 0;
  let files = 0;
  const roomAt = (slot: number): Buffer => {
    const slab = Math.floor(slot / SLAB_PAGES);
    slabs[slab] ??= Buffer.allocUnsafeSlow(SLAB_PAGES * PAGE_BYTES);
    const at = (slot % SLAB_PAGES) * PAGE_BYTES;
    return slabs[slab].subarray(at, at + PAGE_BYTES);
  };
  /** A slot to use: the first from the hand on that was not asked for since the hand last passed. */
  const takeSlot = (): number => {
    while (recent[hand] === 1) {
      recent[hand] = 0;
      hand = (hand + 1) % capacity;
    }
    const slot = hand;
    hand = (hand + 1) % capacity;
    if (keys[slot]! >= 0) forget(slot);
    return slot;
  };
  const forget = (slot: number) => {
    slotOf.delete(keys[slot]!);
    keys[slot] = -1;
  };
  return {
    pagesOf(fill) {
      const base = files * FILE_STRIDE;
      files += 1;
      return (number) => {
        const key = base + number;
        const known = slotOf.get(key);
        if (known !== undefined) {
          recent[known] = 1;
          return held[known]!;
        }
        const slot = takeSlot();
        const room = roomAt(slot);
        const page = room.subarray(0, fill(number, room));
        keys[slot] = key;
        slotOf.set(key, slot);
        held[slot] = page;
        return page;
      };
    },
  };
}
