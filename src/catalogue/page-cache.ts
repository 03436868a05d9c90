/**
 * Pages of several files that were read and found right, so that a page that is asked for again is not read and
 * checked again. Memory: 4 KiB a page, taken when first used.
 */

/** Reads page `number` into `room`, checks it and tells its length; throws when it is not right. */
export type FillPage = (number: number, room: Buffer) => number;

/** A bounded number of pages of any number of files. */
export interface PageCache {
  /**
   * The pages of one more file: a function from number to page, valid until as many others were read as there is room for.
   * Memory does not grow with the file.
   */
  pagesOf(fill: FillPage): (number: number) => Buffer;
}

const PAGE_BYTES = 4096;
/** Pages of one piece of memory. */
const SLAB_PAGES = 256;
/** Most pages of a file, 512 GiB, so that file and page are one number. */
const FILE_PAGES = 2 ** 27;
/** Pages of a file that are found without a look at all that are held: those in which a question goes to and fro. */
const NEAR_PAGES = 64;

/** An empty cache of at most `pages` pages, rounded up to whole slabs of 1 MiB. */
export function startPageCache(pages: number): PageCache {
  const capacity = Math.ceil(pages / SLAB_PAGES) * SLAB_PAGES;
  const slabs: Buffer[] = [];
  /** By slot, what it holds: file and page as one number, or -1. */
  const held: Buffer[] = [];
  const keys = new Float64Array(capacity).fill(-1);
  const slots = new Map<number, number>();
  const recent = new Uint8Array(capacity);
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
    slots.delete(keys[slot]!);
    keys[slot] = -1;
    return slot;
  };
  const read = (key: number, fill: (room: Buffer) => number): number => {
    const slot = takeSlot();
    const room = roomAt(slot);
    held[slot] = room.subarray(0, fill(room));
    keys[slot] = key;
    slots.set(key, slot);
    return slot;
  };
  return {
    pagesOf(fill) {
      const first = files * FILE_PAGES;
      files += 1;
      const near = new Int32Array(NEAR_PAGES);
      return (number) => {
        const key = first + number;
        const at = number % NEAR_PAGES;
        let slot = near[at] ?? 0;
        if (keys[slot] !== key) {
          const known = slots.get(key);
          slot = known ?? read(key, (room) => fill(number, room));
          near[at] = slot;
          if (known === undefined) return held[slot]!;
        }
        recent[slot] = 1;
        return held[slot]!;
      };
    },
  };
}
