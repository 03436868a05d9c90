/**
 * Proofs about a transparency log: that an entry is in it, and that a larger log only adds to a smaller one.
 *
 * Input: subtree hashes and sizes. Output: lists of hashes, and their check. Spec: RFC 6962 2.1.1 and 2.1.2; the checks
 * are those of RFC 9162 2.1.3.2 and 2.1.4.2.
 */
import { FonotecaError } from '../base/errors.ts';
import {
  emptyLogRoot,
  LOG_HASH_BYTES,
  logNodeHash,
  rangeRoot,
  type SubtreeHashes,
} from './tlog-hash.ts';

/** Size and root of a log. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Levels of the largest log that is looked at, a million million entries: logarithms of its sizes are exact. */
const MAX_LEVELS = 40;
/** Most entries of a log. */
export const MAX_LOG_SIZE: number = 2 ** MAX_LEVELS;

/** The hashes that lead from leaf `index` to the root of the tree of `size` leaves, the lowest first. */
export function inclusionProof(hashes: SubtreeHashes, index: number, size: number): Uint8Array[] {
  if (!isSize(size) || !isSize(index) || index >= size)
    throw wrong(`entry ${index} of a log of ${size}`);
  const proof: Uint8Array[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      proof.push(rangeRoot(hashes, middle, end));
      end = middle;
    } else {
      proof.push(rangeRoot(hashes, start, middle));
      start = middle;
    }
  }
  return proof.reverse();
}

/**
 * Nothing, when `proof` leads from the leaf hash `leaf` at `index` to `head`. Throws `LOG_PROOF_WRONG` otherwise. (RFC 9162 2.1.3.2)
 */
export function verifyInclusion(
  { leaf, index, head }: { leaf: Uint8Array; index: number; head: TreeHead },
  proof: readonly Uint8Array[],
): void {
  requireForm(proof, head);
  if (!isSize(index) || index >= head.size) throw wrong(`entry ${index} of a log of ${head.size}`);
  let [at, last, root] = [index, head.size - 1, leaf];
  for (const hash of proof) {
    if (last === 0) throw wrong('hashes too many');
    if (at % 2 === 1 || at === last) {
      root = logNodeHash(hash, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)];
    } else root = logNodeHash(root, hash);
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) throw wrong('hashes too few');
  requireSame(root, head.root, 'root');
}

/** The hashes that show that the tree of `newSize` leaves begins with that of `oldSize`; none when one of them is empty or both are one. */
export function consistencyProof(
  hashes: SubtreeHashes,
  oldSize: number,
  newSize: number,
): Uint8Array[] {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize)
    throw wrong(`from ${oldSize} to ${newSize}`);
  if (oldSize === 0 || oldSize === newSize) return [];
  const proof: Uint8Array[] = [];
  let [start, end] = [0, newSize];
  while (end !== oldSize) {
    const middle = start + splitOf(end - start);
    if (oldSize <= middle) {
      proof.push(rangeRoot(hashes, middle, end));
      end = middle;
    } else {
      proof.push(rangeRoot(hashes, start, middle));
      start = middle;
    }
  }
  // The subtree that both trees share at the end is known to whoever knows the old root, when it is the whole old tree.
  if (start > 0) proof.push(rangeRoot(hashes, start, end));
  return proof.reverse();
}

/**
 * Nothing, when `proof` shows that the log of head `to` begins with that of head `from`. Throws `LOG_PROOF_WRONG`
 * otherwise, also when `from` is the larger. (RFC 9162 2.1.4.2)
 */
export function verifyConsistency(
  { from, to }: { from: TreeHead; to: TreeHead },
  proof: readonly Uint8Array[],
): void {
  requireForm(proof, from);
  requireForm(proof, to);
  if (from.size > to.size) throw wrong(`from ${from.size} to ${to.size}`);
  if (from.size === 0) requireSame(from.root, emptyLogRoot(), 'root of the empty log');
  if (from.size === to.size) requireSame(from.root, to.root, 'root');
  if (from.size === 0 || from.size === to.size) {
    if (proof.length > 0) throw wrong('hashes too many');
    return;
  }
  const isPerfect = 2 ** Math.floor(Math.log2(from.size)) === from.size;
  const path = isPerfect ? [from.root, ...proof] : proof;
  let [at, last] = [from.size - 1, to.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let older = path[0];
  let newer = path[0];
  if (!older || !newer) throw wrong('hashes too few');
  for (const hash of path.slice(1)) {
    if (last === 0) throw wrong('hashes too many');
    if (at % 2 === 1 || at === last) {
      older = logNodeHash(hash, older);
      newer = logNodeHash(hash, newer);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)];
    } else newer = logNodeHash(newer, hash);
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) throw wrong('hashes too few');
  requireSame(older, from.root, 'older root');
  requireSame(newer, to.root, 'newer root');
}

/** The largest power of two below `count`, which is 2 or more (RFC 6962 2.1). */
function splitOf(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= MAX_LOG_SIZE;
}

function requireForm(proof: readonly Uint8Array[], { size, root }: TreeHead): void {
  if (!isSize(size)) throw wrong(`a log of ${size}`);
  if (proof.length > 2 * MAX_LEVELS) throw wrong(`${proof.length} hashes`);
  if ([root, ...proof].some(({ length }) => length !== LOG_HASH_BYTES))
    throw wrong(`a hash that is not ${LOG_HASH_BYTES} bytes long`);
}

function requireSame(seen: Uint8Array, wanted: Uint8Array, what: string): void {
  if (Buffer.compare(seen, wanted) !== 0)
    throw wrong(`${what} ${Buffer.from(seen).toString('hex')}`);
}

function wrong(seen: string): FonotecaError {
  return new FonotecaError('LOG_PROOF_WRONG', seen);
}
