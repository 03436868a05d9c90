/** The `.leaves` file of a volume read hash by hash (docs/formats/leaves.md): header, then 32 bytes for each 16 KiB. */
import fs from 'node:fs';
import { errnoOf, openFile, Problem } from './files.ts';
import { LEAF_BYTES } from './tree-hash.ts';

/** Leaf hashes by number. */
export interface LeavesReader {
  /** The 32 bytes of leaf `number`, good until the next call; undefined beyond the end. */
  leaf(number: number): Buffer | undefined;
  /** Whether the leaves from `number` on are those in `packed`, 32 bytes each; false also when that cannot be told at once. */
  areNext(number: number, packed: Buffer): boolean;
  close(): void;
}

const MAGIC = 'fonoteca-leaves1';
const HEADER_BYTES = 24;
const HASH_BYTES = 32;
const WINDOW_HASHES = 4096;

/** The leaves in `file` of a volume of `volumeBytes`. Throws a `Problem` when they are not of such a volume. */
export function openLeaves(file: string, volumeBytes: number): LeavesReader {
  const descriptor = openFile(file);
  const header = Buffer.alloc(HEADER_BYTES);
  const read = fs.readSync(descriptor, header, 0, HEADER_BYTES, 0);
  const { size } = fs.fstatSync(descriptor);
  const wanted = HEADER_BYTES + Math.ceil(volumeBytes / LEAF_BYTES) * HASH_BYTES;
  const fits =
    read === HEADER_BYTES &&
    header.toString('latin1', 0, MAGIC.length) === MAGIC &&
    header.readBigUInt64BE(MAGIC.length) === BigInt(volumeBytes) &&
    size === wanted;
  if (!fits) {
    fs.closeSync(descriptor);
    throw new Problem('VERIFY_LEAVES', `not the leaves of a volume of ${volumeBytes} bytes`);
  }
  const window = Buffer.alloc(Math.min(WINDOW_HASHES * HASH_BYTES, wanted - HEADER_BYTES));
  let windowAt = -1;
  const show = (number: number) => {
    const at = Math.floor(number / WINDOW_HASHES);
    if (at !== windowAt) load(descriptor, window, HEADER_BYTES + at * window.length);
    windowAt = at;
  };
  return {
    leaf(number) {
      show(number);
      const from = (number % WINDOW_HASHES) * HASH_BYTES;
      const beyond = HEADER_BYTES + number * HASH_BYTES >= size;
      return beyond ? undefined : window.subarray(from, from + HASH_BYTES);
    },
    areNext(number, packed) {
      const from = (number % WINDOW_HASHES) * HASH_BYTES;
      const isThere = HEADER_BYTES + number * HASH_BYTES + packed.length <= size;
      if (!isThere || from + packed.length > window.length) return false;
      show(number);
      return window.compare(packed, 0, packed.length, from, from + packed.length) === 0;
    },
    close: () => fs.closeSync(descriptor),
  };
}

function load(descriptor: number, window: Buffer, position: number): void {
  try {
    fs.readSync(descriptor, window, 0, window.length, position);
  } catch (error) {
    throw new Problem('VERIFY_FILE_UNREADABLE', errnoOf(error));
  }
}
