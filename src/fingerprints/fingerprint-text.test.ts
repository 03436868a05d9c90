/** Both textual forms: round trips, a text that fpcalc 1.5.1 printed, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import { seededRandom } from '../base/seeded-random.ts';
import {
  parseAcoustidText,
  parseRecordedText,
  toAcoustidText,
  toRecordedText,
} from './fingerprint-text.ts';

/** Worked in docs/formats/fingerprint.md: the header, the gaps 1 0 7 0 0 in three bits each, the rest 25 in five. */
const WORDS = Uint32Array.of(1, 0x80000001, 0x80000001);
const TEXT = Buffer.from('01000003c10119', 'hex').toString('base64url');
/** The first four seconds of a recording as fpcalc 1.5.1 prints them, raw and compressed. */
const PRINTED = {
  raw: [
    3623462856, 3590041032, 3573267800, 4109998396, 4235827516, 4230715412, 4230649876, 4230659108,
    4230659104, 4282055712, 4265243681,
  ],
  text: 'AQAAC1ySTFmSJJGCy0fXYwvH4wS1TziaDsPNIOcBI5QShUJEAA',
};

const random = seededRandom(3);
const FINGERPRINTS = [0, 1, 2, 20, 948].map((length) =>
  Uint32Array.from({ length }, () => random.below(2 ** 16) * 2 ** 16 + random.below(2 ** 16)),
);

for (const words of [...FINGERPRINTS, WORDS, Uint32Array.of(0, 0xffffffff, 0)])
  test(`${words.length} words come back from both forms`, () => {
    assert.deepEqual(parseAcoustidText(toAcoustidText(words)), words);
    assert.deepEqual(parseRecordedText(toRecordedText(words)), words);
  });

test('the worked example is written as the specification says', () => {
  assert.equal(toAcoustidText(WORDS), TEXT);
  assert.equal(toRecordedText(WORDS), 'AQAAAAEAAIABAACA');
});

test('what fpcalc printed is printed again', () => {
  assert.deepEqual(parseAcoustidText(PRINTED.text), Uint32Array.from(PRINTED.raw));
  assert.equal(toAcoustidText(Uint32Array.from(PRINTED.raw)), PRINTED.text);
});

const hex = (bytes: string) => Buffer.from(bytes, 'hex').toString('base64url');
const MALFORMED: readonly (readonly [what: string, text: string])[] = [
  ['nothing', ''],
  ['a header cut short', hex('010000')],
  ['another algorithm', hex('02000003c10119')],
  ['more words than the bytes hold', hex('01000004c10119')],
  ['fewer words than the bytes hold', hex('01000001c10119')],
  ['a rest cut off', hex('01000003c101')],
  ['a byte after the end', hex('01000003c1011900')],
  ['a bit beyond the word', hex('01000003c1011a')],
  ['bits set in the filling', hex('01000003c18119')],
  ['millions of words', hex('01ffffff')],
  ['padding', `${TEXT}==`],
  ['the alphabet of plain base64', 'AQAA/w'],
  ['white space', ` ${TEXT}`],
];

for (const [what, text] of MALFORMED)
  test(`${what} is refused`, () => {
    assert.throws(
      () => parseAcoustidText(text),
      (error) => error instanceof FonotecaError && error.code === 'FINGERPRINT_MALFORMED',
    );
  });

for (const text of ['AQAAAA', 'AQAAAAE=', 'AQ AAAA==', '%%%'])
  test(`recorded words refuse ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseRecordedText(text), { code: 'FINGERPRINT_MALFORMED' });
  });
