/**
 * What each UTF-16 code unit becomes when a name is folded, learnt from `termsOf` one by one and then read from a table:
 * some hundred times as fast as folding each name by itself, and the same by construction and by test.
 */
import { isUnspaced, termsOf } from '../model/search-terms.ts';

/** What a code unit is to a name. */
export const FOLD = {
  unknown: 0,
  /** Stands between terms. */
  gap: 1,
  /** Leaves nothing: a diacritic. */
  nothing: 2,
  /** A single byte of a term. */
  byte: 3,
  /** Several bytes of a term. */
  bytes: 4,
  /** A term by itself, of a script without spaces. */
  alone: 5,
  /** Cannot be told by itself: half of a pair of surrogates, a ligature of several words. */
  apart: 6,
} as const;

/** The table. `kinds[unit]` is `FOLD.unknown` until `learn(unit)` was called. */
export interface FoldTable {
  readonly kinds: Uint8Array;
  /** Of a `FOLD.byte` the byte; of `FOLD.bytes` and `FOLD.alone` where its bytes begin in `arena`. */
  readonly values: Uint32Array;
  readonly lengths: Uint8Array;
  readonly arena: Uint8Array;
  /** 1 for a mark that may change places with the one before it. */
  readonly turns: Uint8Array;
  learn(unit: number): number;
}

const UNITS = 65_536;
/** Three bytes for most of them; a code unit that becomes more is told apart. */
const ARENA_BYTES = UNITS * 6;
const LAST_ASCII = 0x7f;
const WORD = /[\p{L}\p{M}\p{N}]/u;
/** A mark behind which every mark that has a place of its own (a combining class) goes in a normal form, but for a few overlays. */
const FIRST_OF_MARKS = '\u0334';

/** An empty table: 784 KiB. */
export function startFoldTable(): FoldTable {
  const table = {
    kinds: new Uint8Array(UNITS),
    values: new Uint32Array(UNITS),
    lengths: new Uint8Array(UNITS),
    arena: new Uint8Array(ARENA_BYTES),
    turns: new Uint8Array(UNITS),
  };
  let used = 0;
  return {
    ...table,
    learn(unit) {
      const { kind, bytes } = foldOf(unit);
      const fits = used + bytes.length <= ARENA_BYTES;
      table.kinds[unit] = fits ? kind : FOLD.apart;
      table.turns[unit] = hasPlace(String.fromCharCode(unit)) ? 1 : 0;
      if (kind === FOLD.byte) table.values[unit] = bytes[0]!;
      else if (fits && bytes.length > 0) {
        table.values[unit] = used;
        table.lengths[unit] = bytes.length;
        table.arena.set(bytes, used);
        used += bytes.length;
      }
      return table.kinds[unit]!;
    },
  };
}

function foldOf(unit: number): { kind: number; bytes: Uint8Array } {
  const nothing = new Uint8Array(0);
  const character = String.fromCharCode(unit);
  if (unit >= 0xd800 && unit <= 0xdfff) return { kind: FOLD.apart, bytes: nothing };
  // Between letters it shows whether it parts them.
  const terms = termsOf(`a${character}a`);
  if (terms.length === 2 && terms[0] === 'a' && terms[1] === 'a')
    return { kind: FOLD.gap, bytes: nothing };
  if (terms.length === 1 && terms[0] === 'aa') return { kind: FOLD.nothing, bytes: nothing };
  const parts = [...character.normalize('NFKD')];
  if (!parts.some((part) => WORD.test(part))) return { kind: FOLD.apart, bytes: nothing };
  // Only a mark by itself is put in its place by a reader; parts of another character may turn as well.
  const isTurning = parts.some((part) => hasPlace(part) && termsOf(`a${part}a`)[0] !== 'aa');
  if (isTurning && parts.length > 1) return { kind: FOLD.apart, bytes: nothing };
  const [first, middle] = terms;
  if (terms.length === 3 && first === 'a' && terms[2] === 'a' && isUnspaced(middle!))
    return { kind: FOLD.alone, bytes: Buffer.from(middle!) };
  if (terms.length !== 1) return { kind: FOLD.apart, bytes: nothing };
  const bytes = Buffer.from(first!.slice(1, -1));
  if (bytes.length === 1 && bytes[0]! <= LAST_ASCII) return { kind: FOLD.byte, bytes };
  return { kind: FOLD.bytes, bytes };
}

/** Whether `character` is a mark that a normal form puts in its place among other marks. */
function hasPlace(character: string): boolean {
  const two = character + FIRST_OF_MARKS;
  return two.normalize('NFD') === FIRST_OF_MARKS + character && character !== FIRST_OF_MARKS;
}

/** Whether two marks, one behind the other, change places in a normal form. */
export function changePlaces(first: number, second: number): boolean {
  const two = String.fromCharCode(first, second);
  return two.normalize('NFD') !== two;
}
