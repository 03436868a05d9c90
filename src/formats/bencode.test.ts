import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import { mutate, type SeededRandom, seededRandom } from '../base/seeded-random.ts';
import {
  type Bencode,
  decodeBencode,
  encodeBencode,
  keyFromText,
  MAX_BENCODE_DEPTH,
  MAX_BENCODE_VALUES,
} from './bencode.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('bencode', () => {
  const good: [string, Bencode][] = [
    ['i0e', 0],
    ['i-1e', -1],
    ['i9007199254740991e', Number.MAX_SAFE_INTEGER],
    ['i-9007199254740991e', -Number.MAX_SAFE_INTEGER],
    ['0:', bytes('')],
    ['4:spam', bytes('spam')],
    ['le', []],
    ['l4:spami3ee', [bytes('spam'), 3]],
    ['de', new Map()],
    [
      'd3:cow3:moo4:spaml1:a1:bee',
      new Map<string, Bencode>([
        ['cow', bytes('moo')],
        ['spam', [bytes('a'), bytes('b')]],
      ]),
    ],
    [
      'd0:i1e1:\u00ffi2ee',
      new Map<string, Bencode>([
        ['', 1],
        ['\u00ff', 2],
      ]),
    ],
  ];
  for (const [text, value] of good)
    test(`reads and writes ${text}`, () => {
      assert.deepEqual(plain(decodeBencode(bytes(text))), plain(value));
      assert.equal(Buffer.from(encodeBencode(value)).toString('latin1'), text);
    });

  const bad: [string, RegExp][] = [
    ['', /the end where a value should be at byte 0/],
    ['x', /byte 0x78 where a value/],
    ['i-0e', /minus zero at byte 1/],
    ['i01e', /a leading zero at byte 1/],
    ['i-01e', /a leading zero/],
    ['ie', /no whole number/],
    ['i-e', /no whole number/],
    ['i--1e', /no whole number/],
    ['i+1e', /no whole number/],
    ['i1.0e', /no whole number/],
    ['i 1e', /no whole number/],
    ['i1', /no whole number/],
    ['i9007199254740992e', /beyond 2\^53 - 1/],
    ['i99999999999999999999e', /beyond 2\^53 - 1/],
    ['5:spam', /a string of 5 bytes with 4 left at byte 0/],
    ['04:spam', /a leading zero/],
    ['9007199254740991:x', /a string of 9007199254740991 bytes with 1 left/],
    ['-1:x', /byte 0x2d/],
    ['4spam', /no whole number/],
    ['l', /the end where a value should be at byte 1/],
    ['l1:a', /the end where a value/],
    ['d1:a', /the end where a value/],
    ['d1:b0:1:a0:e', /keys out of order at byte 6/],
    ['d1:a0:1:a0:e', /a doubled key at byte 6/],
    ['d2:aa0:1:b0:1:a0:e', /keys out of order/],
    ['di1e0:e', /no key where one should be at byte 1/],
    ['i1e\n', /bytes after the end at byte 3/],
    ['lei1e', /bytes after the end at byte 2/],
    ['l'.repeat(100_000), /nesting deeper than 72 at byte 72/],
    ['d0:'.repeat(100_000), /nesting deeper than 72/],
  ];
  for (const [text, message] of bad)
    test(`refuses ${text.slice(0, 40)}`, () =>
      assert.throws(() => decodeBencode(bytes(text)), { code: 'BENCODE_INVALID', message }));

  test('nests as deep as its limit and no deeper', () => {
    const nested = (depth: number) => bytes('l'.repeat(depth) + 'e'.repeat(depth));
    decodeBencode(nested(MAX_BENCODE_DEPTH));
    assert.throws(() => decodeBencode(nested(MAX_BENCODE_DEPTH + 1)), { code: 'BENCODE_INVALID' });
  });

  test('reads as many values as its limit and no more, keys counted', () => {
    const list = (item: string, count: number) => bytes(`l${item.repeat(count)}e`);
    decodeBencode(list('i0e', MAX_BENCODE_VALUES - 1));
    const message = /more than 2000000 values/;
    for (const many of [
      list('i0e', MAX_BENCODE_VALUES),
      list('d0:i0ee', Math.ceil(MAX_BENCODE_VALUES / 3)),
    ])
      assert.throws(() => decodeBencode(many), { code: 'BENCODE_INVALID', message });
  });

  test('sorts keys by the bytes of their UTF-8, not by UTF-16 unit', () => {
    // U+FF21 comes after U+1F3B5 in UTF-16 and before it in UTF-8.
    const value = new Map([
      [keyFromText('\u{1f3b5}'), 1],
      [keyFromText('\uff21'), 2],
    ]);
    assert.equal(Buffer.from(encodeBencode(value)).toString('utf8'), 'd3:\uff21i2e4:\u{1f3b5}i1ee');
  });

  test('a value of one kind inside another is a bug, not a refusal', () => {
    assert.throws(() => encodeBencode(1.5), assert.AssertionError);
    assert.throws(() => encodeBencode(-0), assert.AssertionError);
    assert.throws(() => encodeBencode(new Map([['\u0100', 1]])), assert.AssertionError);
  });

  test('what is encoded decodes to the same value (seeds 1 to 300)', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const value = randomValue(seededRandom(seed), 0);
      assert.deepEqual(plain(decodeBencode(encodeBencode(value))), plain(value), `seed ${seed}`);
    }
  });

  test('mutated bytes are refused under the code or decode to what re-encodes the same (seeds 1 to 3000)', () => {
    let refused = 0;
    for (let seed = 1; seed <= 3000; seed += 1) {
      const random = seededRandom(seed);
      const input = mutate(encodeBencode(randomValue(random, 0)), random);
      try {
        assert.deepEqual(
          Buffer.from(encodeBencode(decodeBencode(input))),
          Buffer.from(input),
          `seed ${seed}`,
        );
      } catch (error) {
        if (!(error instanceof FonotecaError)) throw error;
        assert.equal(error.code, 'BENCODE_INVALID');
        refused += 1;
      }
    }
    assert(refused > 1000, `${refused} refused`);
  });
});

function randomValue(random: SeededRandom, depth: number): Bencode {
  const kind = random.below(depth > 4 ? 2 : 4);
  if (kind === 0) return random.pick([0, 1, -1, 255, -70000, 2 ** 40, Number.MAX_SAFE_INTEGER]);
  if (kind === 1) return random.bytes(random.below(12));
  const count = random.below(4);
  if (kind === 2) return Array.from({ length: count }, () => randomValue(random, depth + 1));
  const entry = (): [string, Bencode] => [
    Buffer.from(random.bytes(random.below(5))).toString('latin1'),
    randomValue(random, depth + 1),
  ];
  return new Map(Array.from({ length: count }, entry));
}

/** A shape deepEqual compares by content: bytes as hex, dictionaries as sorted pairs. */
function plain(value: Bencode): unknown {
  if (typeof value === 'number') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  const dictionary = value as ReadonlyMap<string, Bencode>;
  return { sorted: [...dictionary.keys()].sort().map((key) => [key, plain(dictionary.get(key)!)]) };
}
