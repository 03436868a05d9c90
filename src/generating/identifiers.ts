/**
 * Ids, ISRCs and UPCs of the generated catalogue. Each follows from the number of its thing by a bijection, so that no two
 * things share one by chance; what looks random in them is as costly to keep as in real ones.
 */
import { type ByteLine, putDigits } from './byte-line.ts';
import { type Draws, mixed } from './draws.ts';

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PAIRS = 62 * 62;
/** Both letters of each number below 62². */
const PAIR_BYTES = Uint8Array.from({ length: PAIRS * 2 }, (_, at) =>
  LETTERS.charCodeAt(at % 2 === 0 ? Math.floor(at / 124) : (at >> 1) % 62),
);
/** Behind six letters of the number, four for each of these: 22 in all. */
const RANDOM_WORDS = 4;

/**
 * Appends the id of the thing of this kind and number: six letters that are a bijection of the number, and sixteen that
 * another `version` changes.
 */
export function putId(
  line: ByteLine,
  draws: Draws,
  thing: { readonly kind: number; readonly number: number; readonly version: number },
): void {
  draws.start(thing.kind ^ 0x0f0f0f0f, thing.number);
  // The first word of a sequence is no bijection, so the number itself is mixed.
  let own = mixed(thing.number ^ mixed(thing.kind)) >>> 0;
  for (let pair = 0; pair < 3; pair += 1) {
    const rest = Math.floor(own / PAIRS);
    putPair(line, own - rest * PAIRS);
    own = rest;
  }
  for (let skip = (thing.version - 1) * RANDOM_WORDS; skip > 0; skip -= 1) draws.word();
  for (let part = 0; part < RANDOM_WORDS; part += 1) {
    const word = draws.word();
    putPair(line, ((word >>> 16) * PAIRS) >>> 16);
    putPair(line, ((word & 0xffff) * PAIRS) >>> 16);
  }
}

function putPair(line: ByteLine, pair: number): void {
  line.bytes[line.at] = PAIR_BYTES[pair * 2]!;
  line.bytes[line.at + 1] = PAIR_BYTES[pair * 2 + 1]!;
  line.at += 2;
}

const COUNTRIES = 'USQZGBDEFRBRESITJPKRNLSEMXARINRUTRPLCAAU';
/** Tracks that follow one another under one registrant, as on an album. */
const RUN_BITS = 4;

/**
 * Appends the ISRC of a recording (ISO 3901): country and year say nothing of the number; registrant and designation
 * are a bijection of it, in runs of sixteen.
 */
export function putIsrc(line: ByteLine, number: number, year: number): void {
  const run = permuted28(number >>> RUN_BITS);
  const code = run * 2 ** RUN_BITS + (number & (2 ** RUN_BITS - 1));
  const country = (run % (COUNTRIES.length / 2)) * 2;
  line.bytes[line.at] = COUNTRIES.charCodeAt(country);
  line.bytes[line.at + 1] = COUNTRIES.charCodeAt(country + 1);
  let registrant = Math.floor(code / 100_000);
  for (let at = 4; at >= 2; at -= 1) {
    const rest = Math.floor(registrant / 36);
    line.bytes[line.at + at] = LETTERS.charCodeAt(registrant - rest * 36);
    registrant = rest;
  }
  line.at += 5;
  putDigits(line, year % 100, 2);
  putDigits(line, code % 100_000, 5);
}

/** Appends the twelve digits of the UPC of an album: eleven of the number, and the check digit (GS1 General Specifications 7.9). */
export function putUpc(line: ByteLine, number: number): void {
  const from = line.at;
  putDigits(line, 1, 1);
  putDigits(line, mixed(number) >>> 0, 10);
  let sum = 0;
  for (let at = 0; at < 11; at += 1) sum += (line.bytes[from + at]! - 48) * (at % 2 === 0 ? 3 : 1);
  putDigits(line, (10 - (sum % 10)) % 10, 1);
}

/** A bijection of 28 bits: multiplying by an odd number and folding high bits down can both be undone. */
function permuted28(number: number): number {
  const mask = 2 ** 28 - 1;
  let bits = Math.imul(number, 0x2545f491) & mask;
  bits ^= bits >>> 14;
  bits = Math.imul(bits, 0x6c8e9cf5) & mask;
  return bits ^ (bits >>> 14);
}
