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
import { changePlaces, FOLD, type FoldTable, startFoldTable } from './fold-table.ts';
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
  const fold = startFoldTable();
  const terms = {
    bytes: new Uint8Array(ALL_BYTES + MAX_TERM_BYTES),
    ends: new Uint32Array(MAX_NAME_TERMS + 1),
    hashes: new Uint32Array(MAX_NAME_TERMS + 1),
    alone: new Uint8Array(MAX_NAME_TERMS + 1),
  };
  return {
    ...terms,
    read(name) {
      const clipped = name.length > MAX_NAME_UNITS ? name.slice(0, MAX_NAME_UNITS) : name;
      const count = readByTable(fold, terms, clipped);
      return count > 0 ? count : readByRule(terms, name);
    },
  };
}

type Terms = Omit<NameReader, 'read'>;

/** How many terms, or -1 when the table cannot tell. */
function readByTable(fold: FoldTable, terms: Terms, name: string): number {
  const { kinds, values, lengths, arena, turns } = fold;
  const { bytes } = terms;
  let count = 0;
  let used = 0;
  let begin = 0;
  let hash = HASH_START;
  /** Where the last mark is that the next may change places with, or what leaves nothing behind it, and that mark. */
  let turnAt = -2;
  let turn = 0;
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
    if (kind === FOLD.nothing) {
      if (turnAt === at - 1) turnAt = at;
      continue;
    }
    if (kind === FOLD.apart) return -1;
    if (turns[unit]) {
      if (turnAt === at - 1 && changePlaces(turn, unit)) return -1;
      turnAt = at;
      turn = unit;
    }
    if (kind !== FOLD.bytes && used > begin) {
      count = endTerm(terms, count, { end: used, hash, alone: 0 });
      if (count === MAX_NAME_TERMS) return count;
      [begin, hash] = [used, HASH_START];
    }
    if (kind === FOLD.gap) continue;
    for (let from = values[unit]!, end = from + lengths[unit]!; from < end; from += 1) {
      const byte = arena[from]!;
      bytes[used] = byte;
      used += 1;
      hash = Math.imul(hash ^ byte, HASH_PRIME);
    }
    if (used - begin > MAX_TERM_BYTES) return -1;
    if (kind === FOLD.alone) {
      count = endTerm(terms, count, { end: used, hash, alone: 1 });
      // A mark behind the last term might change places with it.
      if (count === MAX_NAME_TERMS) return turns[unit] ? -1 : count;
      [begin, hash] = [used, HASH_START];
    }
  }
  return used > begin ? endTerm(terms, count, { end: used, hash, alone: 0 }) : count;
}

function endTerm(
  { ends, hashes, alone }: Terms,
  count: number,
  term: { end: number; hash: number; alone: number },
): number {
  ends[count] = term.end;
  hashes[count] = term.hash;
  alone[count] = term.alone;
  return count + 1;
}

function readByRule(terms: Terms, name: string): number {
  const room = Buffer.from(terms.bytes.buffer);
  let used = 0;
  const found = termsOf(name);
  for (const [number, term] of found.entries()) {
    let hash = HASH_START;
    const end = used + room.write(term, used);
    for (; used < end; used += 1) hash = Math.imul(hash ^ room[used]!, HASH_PRIME);
    endTerm(terms, number, { end, hash, alone: isUnspaced(term) ? 1 : 0 });
  }
  return found.length;
}
