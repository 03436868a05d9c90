/**
 * A name folded into the bytes and hashes of its terms by table: the same terms as `termsOf`, which it falls back to for
 * what a table of code units cannot tell.
 */
import {
  isUnspaced,
  MAX_NAME_TERMS,
  MAX_NAME_UNITS,
  MAX_TERM_BYTES,
  termsOf,
} from '../model/search-terms.ts';
import { FOLD, startFoldTable } from './fold-table.ts';
import { HASH_PRIME, HASH_START } from './term-table.ts';

/** The terms of the name that was read last, by number. */
export interface NameReader {
  /** UTF-8 of all terms, one after another; term `i` ends at `ends[i]`. */
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  /** FNV-1a of each term. */
  readonly hashes: Uint32Array;
  /** 1 for a character of a script without spaces. */
  readonly alone: Uint8Array;
  /** Reads a name and returns how many terms it has. */
  read(name: string): number;
}

const ALL_BYTES = MAX_NAME_TERMS * MAX_TERM_BYTES;

/** A reader with a table of its own. */
export function startNameReader(): NameReader {
  const bytes = new Uint8Array(ALL_BYTES + MAX_TERM_BYTES);
  const ends = new Uint32Array(MAX_NAME_TERMS + 1);
  const hashes = new Uint32Array(MAX_NAME_TERMS + 1);
  const alone = new Uint8Array(MAX_NAME_TERMS + 1);
  const fold = startFoldTable();
  const { kinds, values, lengths, arena } = fold;

  /** How many terms, or -1 when the table cannot tell. */
  const readFast = (name: string): number => {
    let count = 0;
    let used = 0;
    let begin = 0;
    let hash = HASH_START;
    for (let at = 0; at < name.length; at += 1) {
      const unit = name.charCodeAt(at);
      const kind = kinds[unit]! || fold.learn(unit);
      if (kind === FOLD.byte) {
        const byte = values[unit]!;
        bytes[used] = byte;
        used += 1;
        hash = Math.imul(hash ^ byte, HASH_PRIME);
        if (used - begin > MAX_TERM_BYTES) return -1;
        continue;
      }
      if (kind === FOLD.nothing) continue;
      if (kind === FOLD.apart) return -1;
      if (kind !== FOLD.bytes && used > begin) {
        ends[count] = used;
        hashes[count] = hash;
        alone[count] = 0;
        count += 1;
        begin = used;
        hash = HASH_START;
        if (count === MAX_NAME_TERMS) return count;
      }
      if (kind === FOLD.gap) continue;
      const from = values[unit]!;
      for (let next = from; next < from + lengths[unit]!; next += 1) {
        const byte = arena[next]!;
        bytes[used] = byte;
        used += 1;
        hash = Math.imul(hash ^ byte, HASH_PRIME);
      }
      if (used - begin > MAX_TERM_BYTES) return -1;
      if (kind === FOLD.alone) {
        ends[count] = used;
        hashes[count] = hash;
        alone[count] = 1;
        count += 1;
        begin = used;
        hash = HASH_START;
        if (count === MAX_NAME_TERMS) return count;
      }
    }
    if (used > begin) {
      ends[count] = used;
      hashes[count] = hash;
      alone[count] = 0;
      count += 1;
    }
    return count;
  };
  const readSlow = (name: string): number => {
    let used = 0;
    const terms = termsOf(name);
    terms.forEach((term, number) => {
      let hash = HASH_START;
      const end = used + (Buffer.from(bytes.buffer).write(term, used) as number);
      for (; used < end; used += 1) hash = Math.imul(hash ^ bytes[used]!, HASH_PRIME);
      ends[number] = used;
      hashes[number] = hash;
      alone[number] = isUnspaced(term) ? 1 : 0;
    });
    return terms.length;
  };
  return {
    bytes,
    ends,
    hashes,
    alone,
    read(name) {
      const count = readFast(name.length > MAX_NAME_UNITS ? name.slice(0, MAX_NAME_UNITS) : name);
      return count > 0 ? count : readSlow(name);
    },
  };
}
