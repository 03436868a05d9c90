import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareBytes,
  escapingPathReason,
  parseSafePath,
  toSafeName,
  unsafePathReason,
} from './safe-path.ts';
import { seededRandom } from './seeded-random.ts';

const REFUSED = [
  '',
  '/etc/passwd',
  '../x',
  'a/../b',
  'a/./b',
  'a//b',
  'a/',
  '/',
  '.',
  '..',
  'C:/x',
  'C:x',
  'a\\b',
  'a\u0000b',
  'a\nb',
  'a\u0085b',
  'a.',
  'a ',
  'x/a ./y',
  'con',
  'NUL',
  'com1.txt',
  'lpt9',
  'aux.flac',
  'a*b',
  'a?b',
  'a"b',
  'a<b',
  'a|b',
  'cafe\u0301',
  '\ud800',
  'x\u202ey',
  'x\u2028y',
  `${'a/'.repeat(64)}b`,
  'a'.repeat(256),
  'ä'.repeat(128),
  Array.from({ length: 40 }, () => 'a'.repeat(120)).join('/'),
];
const TAKEN = [
  'a',
  'Artist/Album (2016)/01 Título.flac',
  '-rf',
  '%d',
  '$(id)',
  'a b/c',
  '..a',
  'a..b',
  '.hidden',
  '水/夜.ogg',
  'connie',
  'a'.repeat(255),
];

test('each way out of a folder, and each name that means another thing elsewhere, is refused with its code', () => {
  for (const text of REFUSED)
    assert.throws(() => parseSafePath(text), { code: 'PATH_UNSAFE' }, JSON.stringify(text));
  for (const text of TAKEN) assert.equal(parseSafePath(text), text);
});

test('any text becomes a safe name, and a safe name stays as it is', () => {
  const random = seededRandom(3);
  const alphabet = [...'ab./\\:*?"<>| \u0000\n\u202e\ud800é水', 'e\u0301', 'con', '..', ' .'];
  for (let round = 0; round < 3000; round += 1) {
    const text = Array.from({ length: random.below(12) }, () => random.pick(alphabet)).join('');
    const name = toSafeName(text);
    assert.equal(unsafePathReason(name), undefined, JSON.stringify([text, name]));
    assert.equal(toSafeName(name), name, JSON.stringify(text));
  }
  assert.ok(Buffer.byteLength(toSafeName('水'.repeat(200))) <= 120);
});

test('names of the operator’s own folders may be odd, but may not leave', () => {
  for (const text of ['a:b', 'con', 'a\nb', 'a '])
    assert.equal(escapingPathReason(text), undefined, text);
  for (const text of ['', '/a', '..', 'a/../b', 'a//b', 'a\0b', './a'])
    assert.notEqual(escapingPathReason(text), undefined, text);
});

test('the order is that of the bytes, not of the locale', () => {
  const names = ['b', 'a', 'B', 'ä', 'z', '\ufb00', '𐀀'];
  assert.deepEqual(names.sort(compareBytes), ['B', 'a', 'b', 'z', 'ä', '\ufb00', '𐀀']);
});
