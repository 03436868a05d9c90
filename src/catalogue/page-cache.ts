/**
 * Pages of several files that were read and found right, so that a page that is asked for again is not read and
 * checked again. Memory: 4 KiB a page, taken when first used.
 */

/** Reads page `number` into `room`, checks it and tells its length; throws when it is not right. */
export type FillPage = (number: number, room: Buffer) => number;

/** A bounded number of pages of any number of files. */
export interface PageCache {
  /**
   * The pages of one more file, of which there are `count`: a function from number to page, valid until as many others
   * were read as there is room for. Memory: 4 bytes a page of the file, so that a page that is held is found at once.
   */
  pagesOf(count: number, fill: FillPage): (number: number) => Buffer;
}

const PAGE_BYTES = 4096;
/** Pages of one piece of memory. */
const SLAB_PAGES = 256;
const NOWHERE = -1;

/** An empty cache of at most `pages` pages, rounded up to whole slabs of 1 MiB. */
export function startPageCache(pages: number): PageCache {
  const capacity = Math.ceil(pages / SLAB_PAGES) * SLAB_PAGES;
  const slabs: Buffer[] = [];
  /** By slot, what it holds, and where that is noted. */
  const held: Buffer[] = [];
  const tables: (Int32Array | undefined)[] = [];
  const numbers = new Uint32Array(capacity);
  const recent = new Uint8Array(capacity);
  let hand = 0;
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
    const table = tables[slot];
    if (table) table[numbers[slot]!] = NOWHERE;
    tables[slot] = undefined;
    return slot;
  };
  return {
    pagesOf(count, fill) {
      const slots = new Int32Array(count).fill(NOWHERE);
      return (number) => {
        const known = slots[number] ?? NOWHERE;
        if (known >= 0) {
          recent[known] = 1;
          return held[known]!;
        }
        const slot = takeSlot();
        const room = roomAt(slot);
        const page = room.subarray(0, fill(number, room));
        tables[slot] = slots;
        numbers[slot] = number;
        slots[number] = slot;
        held[slot] = page;
        return page;
      };
    },
  };
}
