/** Random bencode values, and edits of decoded ones: what reaches the rules behind the syntax. */
import type { SeededRandom } from '../../src/base/seeded-random.ts';
import { type Bencode, type BencodeDictionary, keyFromText } from '../../src/formats/bencode.ts';
import { EDGE_NUMBERS, HOSTILE_TEXTS } from './mutations.ts';

/** Keys that torrents know, and some that they do not. */
const KEYS = [
  ...['', 'announce', 'announce-list', 'attr', 'file tree', 'files', 'info', 'length'],
  ...['meta version', 'name', 'path', 'piece layers', 'piece length', 'pieces', 'pieces root'],
  ...['private', 'root hash', 'sha1', 'symlink path', 'url-list', 'name.utf-8', 'x'],
];

/** A value of any kind, nested at most six deep. */
export function randomBencode(random: SeededRandom, depth: number): Bencode {
  const kind = random.below(depth > 5 ? 2 : 4);
  if (kind === 0) return randomNumber(random);
  if (kind === 1) return randomBytes(random);
  const count = random.below(4);
  if (kind === 2) return Array.from({ length: count }, () => randomBencode(random, depth + 1));
  const entry = (): [string, Bencode] => [randomKey(random), randomBencode(random, depth + 1)];
  return new Map(Array.from({ length: count }, entry));
}

/** `value` with one to three edits somewhere in its tree. */
export function mutateBencode(value: Bencode, random: SeededRandom): Bencode {
  let edited = value;
  for (let edits = 1 + random.below(3); edits > 0; edits -= 1) edited = editAt(edited, random);
  return edited;
}

function editAt(value: Bencode, random: SeededRandom): Bencode {
  const isInner = value instanceof Map || Array.isArray(value);
  if (!isInner || random.below(6) === 0) return editHere(value, random);
  if (Array.isArray(value)) {
    if (value.length === 0) return editHere(value, random);
    return value.with(random.below(value.length), editAt(random.pick(value), random));
  }
  const dictionary = value as BencodeDictionary;
  if (dictionary.size === 0) return editHere(value, random);
  const key = random.pick([...dictionary.keys()]);
  return new Map([...dictionary, [key, editAt(dictionary.get(key)!, random)]]);
}

function editHere(value: Bencode, random: SeededRandom): Bencode {
  if (random.below(5) === 0) return randomBencode(random, 3);
  if (typeof value === 'number')
    return random.pick([value + 1, value - 1, value * 2, randomNumber(random)].filter(isWritable));
  if (value instanceof Uint8Array) {
    const cut = random.below(value.length + 1);
    return random.pick([
      ...[randomBytes(random), value.subarray(cut), value.subarray(0, cut)],
      ...[Buffer.concat([value, value]), Buffer.from(value).fill(0)],
    ]);
  }
  if (Array.isArray(value)) {
    const extra = value.length > 0 ? random.pick(value) : randomBencode(random, 4);
    return random.pick([value.toReversed(), [...value, extra], value.slice(1), []]);
  }
  return editDictionary(value as BencodeDictionary, random);
}

function editDictionary(dictionary: BencodeDictionary, random: SeededRandom): BencodeDictionary {
  const edited = new Map(dictionary);
  const keys = [...dictionary.keys()];
  const kind = random.below(4);
  if (kind === 0 || keys.length === 0)
    return edited.set(randomKey(random), randomBencode(random, 3));
  const key = random.pick(keys);
  if (kind === 1) edited.delete(key);
  else if (kind === 2) {
    edited.delete(key);
    edited.set(randomKey(random), dictionary.get(key)!);
  } else edited.set(key, dictionary.get(random.pick(keys))!);
  return edited;
}

function randomKey(random: SeededRandom): string {
  const text = random.pick(random.below(3) === 0 ? HOSTILE_TEXTS : KEYS);
  return keyFromText(text.toWellFormed());
}

function randomNumber(random: SeededRandom): number {
  return random.pick(EDGE_NUMBERS.filter(isWritable)) * random.pick([1, 1, -1]) || 0;
}

function randomBytes(random: SeededRandom): Uint8Array {
  if (random.below(2) === 0) return Buffer.from(random.pick(HOSTILE_TEXTS).toWellFormed());
  return random.bytes(random.pick([0, 1, 20, 32, 33, 64]));
}

function isWritable(number: number): boolean {
  return Number.isSafeInteger(number) && !Object.is(number, -0);
}
