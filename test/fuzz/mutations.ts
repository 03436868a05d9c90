/**
 * Mutations that get past the first look: besides flipped bytes, edge numbers in their usual encodings, words of the
 * format, blocks moved and doubled, and halves of two inputs joined.
 */
import { mutate, type SeededRandom } from '../../src/base/seeded-random.ts';

/** What a format offers to its mutations. */
export interface MutationHints {
  /** Words of the format. */
  readonly tokens?: readonly (string | Uint8Array)[];
  /** Another valid input, to join halves with. */
  readonly other?: Uint8Array;
}

/** Whole numbers at which something changes. */
export const EDGE_NUMBERS: readonly number[] = [
  0,
  1,
  2,
  7,
  8,
  63,
  64,
  127,
  128,
  255,
  256,
  511,
  512,
  65_535,
  65_536,
  0x7fffffff,
  0x80000000,
  0xffffffff,
  0x100000000,
  0o77777777777,
  0o100000000000,
  2 ** 53 - 1,
  2 ** 53,
];

/** Texts that have broken programs. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  '.',
  '..',
  '/',
  '//',
  '../a',
  'a/../b',
  '/etc/passwd',
  'a\\b',
  'C:',
  'c:\\x',
  'CON',
  'nul.txt',
  'a.',
  'a ',
  ' a',
  '\0',
  'a\0b',
  '\n',
  '\r\n',
  '\u2028',
  '\u202e',
  '\ufeff',
  '\ufffd',
  '\uffff',
  '\ud800',
  '\udc00x',
  'A\u030a',
  '\u00c5',
  '\u{1f3b5}',
  '__proto__',
  'constructor',
  '=1+1',
  '-rf',
  '%2e%2e',
  '%00',
  '&lt;',
  '<script>',
  ']]>',
  '"',
  "'",
  '$(x)',
  'x'.repeat(256),
  'é'.repeat(200),
  'a/'.repeat(70),
  '-0',
  '1e400',
  'NaN',
  '9007199254740993',
  'aux',
  'İ',
  'ı',
  'ß',
  'ﬁ',
];

/** Longest input a mutation makes. */
const MAX_MUTANT_BYTES = 256 * 1024;

/** A copy of `bytes` with one to four edits. */
export function mutateBytes(
  bytes: Uint8Array,
  random: SeededRandom,
  hints: MutationHints = {},
): Uint8Array {
  let edited: Uint8Array = bytes;
  for (let edits = 1 + random.below(4); edits > 0; edits -= 1) edited = edit(edited, random, hints);
  return edited === bytes ? mutate(bytes, random) : edited;
}

/** `text` with one to three edits, some of them by characters that no bytes of UTF-8 give. */
export function mutateText(text: string, random: SeededRandom, tokens: readonly string[]): string {
  if (random.below(3) > 0)
    return Buffer.from(mutateBytes(Buffer.from(text), random, { tokens })).toString(
      random.below(4) === 0 ? 'latin1' : 'utf8',
    );
  let edited = text;
  for (let edits = 1 + random.below(3); edits > 0; edits -= 1) {
    const at = random.below(edited.length + 1);
    const end = at + random.below(4);
    edited = edited.slice(0, at) + random.pick(HOSTILE_TEXTS) + edited.slice(end);
  }
  return edited;
}

function edit(bytes: Uint8Array, random: SeededRandom, hints: MutationHints): Uint8Array {
  const at = random.below(bytes.length + 1);
  const block = bytes.subarray(at, at + 1 + random.below(64));
  const kind = random.below(10);
  if (kind < 3 || bytes.length === 0) return mutate(bytes, random);
  if (kind === 3) return numberText(bytes, at, random);
  if (kind === 4) return overwrite(bytes, at, numberBytes(random));
  if (kind === 5) return splice(bytes, random.below(bytes.length + 1), 0, block);
  if (kind === 6) {
    const times = random.pick([2, 3, 17, 64]);
    const doubled = Buffer.concat(Array.from({ length: times }, () => block));
    return splice(bytes, at, 0, doubled);
  }
  if (kind === 7 && hints.other) {
    const from = random.pick([at, random.below(hints.other.length + 1)]);
    return limited(Buffer.concat([bytes.subarray(0, at), hints.other.subarray(from)]));
  }
  const token = Buffer.from(random.pick([...(hints.tokens ?? []), ...HOSTILE_TEXTS]));
  return kind === 8 ? splice(bytes, at, 0, token) : overwrite(bytes, at, token);
}

/** Puts an edge number in place of the digits at or after `at`. */
function numberText(bytes: Uint8Array, at: number, random: SeededRandom): Uint8Array {
  const text = Buffer.from(bytes.subarray(at, at + 4096)).toString('latin1');
  const digits = /\d+/.exec(text);
  if (!digits) return mutate(bytes, random);
  const number = random.pick(EDGE_NUMBERS) * random.pick([1, 1, 1, -1]);
  const shown = random.pick([String(number), number.toString(8), `0${number}`, `${number}.0`]);
  return splice(bytes, at + digits.index, digits[0].length, Buffer.from(shown));
}

function numberBytes(random: SeededRandom): Uint8Array {
  const bytes = Buffer.alloc(8);
  const number = BigInt(random.pick(EDGE_NUMBERS)) - BigInt(random.below(2));
  if (random.below(2) === 0) bytes.writeBigInt64BE(number);
  else bytes.writeBigInt64LE(number);
  const length = random.pick([1, 2, 4, 8]);
  return random.below(2) === 0 ? bytes.subarray(0, length) : bytes.subarray(8 - length);
}

function overwrite(bytes: Uint8Array, at: number, token: Uint8Array): Uint8Array {
  return splice(bytes, at, token.length, token);
}

function splice(bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array {
  return limited(Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]));
}

function limited(bytes: Uint8Array): Uint8Array {
  return bytes.length > MAX_MUTANT_BYTES ? bytes.subarray(0, MAX_MUTANT_BYTES) : bytes;
}
