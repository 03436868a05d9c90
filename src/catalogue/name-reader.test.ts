/** The table and the rule it was learnt from give the same terms. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { isUnspaced, termsOf } from '../model/search-terms.ts';
import { type NameReader, startNameReader } from './name-reader.ts';
import { hashTerm } from './term-table.ts';

const NAMES = [
  'Bohemian Rhapsody - Remastered 2011',
  'Røyksopp / Motörhead & Sigur Rós',
  'ΟΔΟΣ Ονείρων ΟΔΟΣ',
  'スーパーマン ｶﾞ ハ゜ー',
  '東京事変・東京 2nd',
  'ёлка Ёлка ЙОД',
  '한국의 노래',
  'محمود عبدُ العـزيز',
  'שָׁלוֹם',
  'สวัสดีครับ',
  'น้ำ ผู้ใหญ่ ผู\u0E49 ผ\u0E49\u0E39 ผ\u0E49\u0301\u0E39',
  'ज़िंदगी ख़ामोशी दिल्ली माँ',
  'क\u094D\u093Cष ක\u0DDD ශ්\u200Dරී මලයා',
  'মায়া ଓଡ଼ିଆ ਜ਼ਮੀਨ தமிழ் తెలుగు ಕನ್ನಡ മലയാളം',
  'ខ្មែរ မြန်မာ ລາວ བོད་སྐད\u0F71\u0F72 \u0F72\u0F71 \u0F73',
  'ދިވެހި አማርኛ ܫܠܳܡܐ ᠮᠣᠩᠭᠣᠯ',
  'ก\u0E49'.repeat(300),
  'ﬁ ½ ㈱ Ŀ ŉ',
  '???',
  '',
  '   ',
  '¨ ¨',
  '𝕱𝖗𝖆𝖐𝖙𝖚𝖗 𠮷野家 😀',
  '\uD800 lone \uDC00',
  'a\u0000b\u0085c\u00A0d',
  'x'.repeat(70),
  '가'.repeat(30),
  `${'é'.repeat(40)} tail`,
  'ab '.repeat(300),
  '東'.repeat(5000),
];

test('names of many scripts give the terms of the rule', () => {
  const reader = startNameReader();
  for (const name of NAMES) assert.deepEqual(read(reader, name), expected(name), name);
});

test('each character by itself and between letters gives the terms of the rule', () => {
  const reader = startNameReader();
  for (let unit = 0; unit < 0x10000; unit += 1) {
    const character = String.fromCharCode(unit);
    const name = `${character} a${character}b ${character}${character}`;
    assert.deepEqual(read(reader, name), expected(name), unit.toString(16));
  }
});

test('names of random characters give the terms of the rule', () => {
  const reader = startNameReader();
  const random = seededRandom(3);
  const ranges = [
    ...[0x80, 0x250, 0x600, 0x3400, 0xd800, 0x10000].map((to) => [0, to] as const),
    // Hebrew and Arabic, the scripts of India, Thai, Lao and Tibetan, Burmese, Khmer, and what else has vowel signs.
    ...([
      [0x590, 0x7c0],
      [0x900, 0xe00],
      [0xe00, 0x1000],
      [0x1000, 0x10a0],
    ] as const),
    ...([
      [0x1700, 0x1c80],
      [0xa800, 0xac00],
    ] as const),
  ];
  for (let round = 0; round < 12_000; round += 1) {
    const [from, to] = random.pick(ranges);
    const units = Array.from({ length: random.below(24) }, () =>
      random.below(4) === 0 ? 0x20 + random.below(0x60) : from + random.below(to - from),
    );
    const name = String.fromCharCode(...units);
    assert.deepEqual(read(reader, name), expected(name), JSON.stringify(name));
  }
});

function read(reader: NameReader, name: string): unknown[] {
  const count = reader.read(name);
  return Array.from({ length: count }, (_, number) => {
    const bytes = reader.bytes.subarray(number ? reader.ends[number - 1] : 0, reader.ends[number]);
    return [Buffer.from(bytes).toString(), reader.hashes[number], reader.alone[number]];
  });
}

function expected(name: string): unknown[] {
  return termsOf(name).map((term) => [term, hashTerm(Buffer.from(term)), isUnspaced(term) ? 1 : 0]);
}
