/**
 * A filter over words (a blocked Bloom filter): "not there" is certain, "perhaps there" is wrong once in a hundred times. It
 * makes trying every possible typing error cheap. Memory: 10 to 20 bits a word.
 */

/** The bits, and how many blocks of 512 they are. */
export interface WordFilter {
  readonly bits: Uint32Array;
  readonly blocks: number;
}

const BLOCK_WORDS = 16;
const BLOCK_BITS = 512;
/** Bits wanted for each word of the vocabulary. */
const BITS_PER_WORD = 12;
const BITS_SET = 5;

/** An empty filter for at most `words` words. */
export function createWordFilter(words: number): WordFilter {
  const blocks = Math.max(1, Math.ceil((words * BITS_PER_WORD) / BLOCK_BITS));
  return { bits: new Uint32Array(blocks * BLOCK_WORDS), blocks };
}

/** The filter of these bits. */
export function filterOf(bytes: Uint8Array): WordFilter {
  const bits = new Uint32Array(new Uint8Array(bytes).buffer);
  return { bits, blocks: bits.length / BLOCK_WORDS };
}

/** Notes the word with this hash (FNV-1a). */
export function noteWord({ bits, blocks }: WordFilter, hash: number): void {
  const start = blockOf(hash, blocks) * BLOCK_WORDS;
  let rest = mixed(hash);
  for (let bit = 0; bit < BITS_SET; bit += 1) {
    bits[start + ((rest >>> 5) & 15)]! |= 1 << (rest & 31);
    rest = Math.imul(rest, 0x9e3779b1) ^ (rest >>> 9);
  }
}

/** False when no word with this hash was noted. */
export function mayHold({ bits, blocks }: WordFilter, hash: number): boolean {
  const start = blockOf(hash, blocks) * BLOCK_WORDS;
  let rest = mixed(hash);
  for (let bit = 0; bit < BITS_SET; bit += 1) {
    if ((bits[start + ((rest >>> 5) & 15)]! & (1 << (rest & 31))) === 0) return false;
    rest = Math.imul(rest, 0x9e3779b1) ^ (rest >>> 9);
  }
  return true;
}

function blockOf(hash: number, blocks: number): number {
  const spread = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> 0;
  return Math.floor((spread / 2 ** 32) * blocks);
}

function mixed(hash: number): number {
  let value = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  value ^= value >>> 16;
  return Math.imul(value, 0x27d4eb2d) ^ (value >>> 15);
}
