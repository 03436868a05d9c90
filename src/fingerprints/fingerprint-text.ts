/**
 * A fingerprint as text: the compressed form that `fpcalc` prints and AcoustID takes, and the plain words in base64 as
 * an archive records them. Layout: docs/formats/fingerprint.md.
 */
import { FonotecaError } from '../base/errors.ts';

const ALGORITHM = 1;
const HEADER_BYTES = 4;
/** The largest gap of three bits; what is larger goes on in five bits of its own. */
const LONG_GAP = 7;
const WORD_BITS = 32;
/** Words of 120 s are 948; other programs may take longer sound. */
const MAX_WORDS = 65_536;

/** `words` as `fpcalc` prints them: base64url without padding, algorithm 2 by its number in the library, 1. */
export function toAcoustidText(words: Uint32Array): string {
  const gaps: number[] = [];
  const rests: number[] = [];
  let before = 0;
  for (const word of words) {
    let last = 0;
    for (let bit = 1; bit <= WORD_BITS; bit += 1) {
      if ((((word ^ before) >>> (bit - 1)) & 1) === 0) continue;
      gaps.push(Math.min(LONG_GAP, bit - last));
      if (bit - last >= LONG_GAP) rests.push(bit - last - LONG_GAP);
      last = bit;
    }
    gaps.push(0);
    before = word;
  }
  const count = words.length;
  const header = [ALGORITHM, count >>> 16, (count >>> 8) & 255, count & 255];
  const bytes = [...header, ...packBits(gaps, 3), ...packBits(rests, 5)];
  return Buffer.from(bytes).toString('base64url');
}

/** The words of the compressed form. `FINGERPRINT_MALFORMED` for any other text, padding and trailing bytes included. */
export function parseAcoustidText(text: string): Uint32Array<ArrayBuffer> {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw malformed('not base64url in its shortest form');
  if (bytes.length < HEADER_BYTES) throw malformed(`${bytes.length} bytes`);
  if (bytes[0] !== ALGORITHM) throw malformed(`algorithm ${bytes[0]! + 1}`);
  const count = bytes.readUIntBE(1, 3);
  if (count > MAX_WORDS) throw malformed(`${count} words`);
  const words = readWords(bytes.subarray(HEADER_BYTES), count);
  if (toAcoustidText(words) !== text) throw malformed('bytes that no fingerprint has');
  return words;
}

/** `words` as an archive records them: each in four bytes, the lowest first, all in base64. */
export function toRecordedText(words: Uint32Array): string {
  const bytes = Buffer.alloc(words.length * 4);
  for (const [at, word] of words.entries()) bytes.writeUInt32LE(word, at * 4);
  return bytes.toString('base64');
}

/** The words an archive recorded. `FINGERPRINT_MALFORMED` when they are not whole words in base64. */
export function parseRecordedText(text: string): Uint32Array<ArrayBuffer> {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw malformed('not base64');
  if (bytes.length % 4 !== 0) throw malformed(`${bytes.length} bytes`);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32LE(at * 4));
}

/** Numbers of `width` bits one after another, the lowest bit first, the last byte filled with zeros. */
function packBits(values: readonly number[], width: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((values.length * width) / 8));
  for (const [index, value] of values.entries())
    for (let bit = 0; bit < width; bit += 1) {
      const at = index * width + bit;
      bytes[at >> 3]! |= ((value >> bit) & 1) << (at & 7);
    }
  return bytes;
}

function readWords(bytes: Uint8Array, count: number): Uint32Array<ArrayBuffer> {
  const gapAt = (index: number, width: number, from: number) => {
    let value = 0;
    for (let bit = 0; bit < width; bit += 1) {
      const at = from * 8 + index * width + bit;
      if (at >> 3 >= bytes.length) throw malformed('fewer words than stated');
      value |= ((bytes[at >> 3]! >> (at & 7)) & 1) << bit;
    }
    return value;
  };
  const gaps: number[] = [];
  for (let ends = 0, index = 0; ends < count; index += 1) {
    gaps.push(gapAt(index, 3, 0));
    if (gaps.at(-1) === 0) ends += 1;
  }
  const restsFrom = Math.ceil((gaps.length * 3) / 8);
  const words = new Uint32Array(count);
  let [word, at, bit, rests] = [0, 0, 0, 0];
  for (const gap of gaps) {
    if (gap === 0) {
      words[at] = word;
      [at, bit] = [at + 1, 0];
      continue;
    }
    bit += gap;
    if (gap === LONG_GAP) bit += gapAt(rests++, 5, restsFrom);
    if (bit > WORD_BITS) throw malformed(`bit ${bit} of a word`);
    word ^= 1 << (bit - 1);
  }
  return words;
}

function malformed(seen: string): FonotecaError {
  return new FonotecaError('FINGERPRINT_MALFORMED', seen);
}
