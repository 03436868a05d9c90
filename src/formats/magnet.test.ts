import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Digest, sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { mutate, seededRandom } from '../base/seeded-random.ts';
import { buildMagnet, MAX_MAGNET_LENGTH, type Magnet, parseMagnet } from './magnet.ts';

const v1 = 'c0fda1edafdbdbb96443424e0b3899af7159d10e';
const v2 = sha256('torrent');
const whole: Magnet = {
  infohashV1: v1,
  infohashV2: v2,
  name: 'Ænima & “Ü” (live)!.tar',
  sizeBytes: 12_345,
  trackers: ['udp://tracker.example:6969/announce', 'https://tracker.example/a?b=c&d=e'],
  webSeeds: ['https://archive.example/volumes/'],
  selectOnly: [
    { first: 0, last: 0 },
    { first: 2, last: 7 },
  ],
};

describe('magnet links', () => {
  const good: [string, Magnet][] = [
    ['all parts', whole],
    ['v1 alone', { infohashV1: v1, trackers: [], webSeeds: [] }],
    ['v2 alone', { infohashV2: v2, trackers: [], webSeeds: [] }],
  ];
  for (const [what, magnet] of good)
    test(`with ${what} read back as they were written`, () =>
      assert.deepEqual(parseMagnet(buildMagnet(magnet)), magnet));

  test('are written in one order, everything unusual percent-encoded', () => {
    const text = buildMagnet({ ...whole, trackers: whole.trackers.slice(0, 1) });
    assert.equal(
      text,
      `magnet:?xt=urn:btih:${v1}&xt=urn:btmh:1220${v2}&dn=%C3%86nima%20%26%20%E2%80%9C%C3%9C%E2%80%9D%20%28live%29%21.tar` +
        '&xl=12345&tr=udp%3A%2F%2Ftracker.example%3A6969%2Fannounce&ws=https%3A%2F%2Farchive.example%2Fvolumes%2F&so=0,2-7',
    );
  });

  const base = `magnet:?xt=urn:btih:${v1}`;
  const bare: Magnet = { infohashV1: v1, trackers: [], webSeeds: [] };
  const SELECTED = [
    { first: 0, last: 1 },
    { first: 3, last: 3 },
    { first: 6, last: 8 },
  ];
  const lenient: [string, Magnet][] = [
    [`magnet:?xt=urn:btih:${v1.toUpperCase()}`, bare],
    [`MAGNET:?xt=urn:btih:YD62D3NP3PN3SZCDIJHAWOEZV5YVTUIO`, bare],
    [`${base}&dn=a+b`, { ...bare, name: 'a b' }],
    [`${base}&xt=urn:btih:${v1}`, bare],
    [`${base}&xt=urn:sha1:ABC&x.pe=127.0.0.1:1`, bare],
    [`${base}&so=8,6-7,0,1,3-3`, { ...bare, selectOnly: SELECTED }],
    [
      `${base}&tr.1=udp://a.example:1&tr=udp://a.example:1`,
      { ...bare, trackers: ['udp://a.example:1'] },
    ],
    [`${base}&tr=file:///etc/passwd&ws=ftp://a.example/&ws=javascript:x`, bare],
  ];
  for (const [text, magnet] of lenient)
    test(`reads ${text.slice(0, 90)}`, () => assert.deepEqual(parseMagnet(text), magnet));

  const bad: [string, string][] = [
    ['', 'MAGNET_INVALID'],
    ['http://a.example/', 'MAGNET_INVALID'],
    ['magnet:?dn=a', 'MAGNET_INVALID'],
    [`magnet:?xt=urn:btih:${v1.slice(1)}`, 'MAGNET_INVALID'],
    [`magnet:?xt=urn:btmh:1320${v2}`, 'MAGNET_INVALID'],
    [`${base}&xt=urn:btih:${v1.replace('c', 'd')}`, 'MAGNET_INVALID'],
    [`${base}&dn=a&dn=b`, 'MAGNET_INVALID'],
    [`${base}&xl=-1`, 'MAGNET_INVALID'],
    [`${base}&xl=9007199254740993`, 'MAGNET_INVALID'],
    [`${base}&so=`, 'MAGNET_INVALID'],
    [`${base}&so=3-1`, 'MAGNET_INVALID'],
    [`${base}&so=1,,2`, 'MAGNET_INVALID'],
    [`${base}&so=-1`, 'MAGNET_INVALID'],
    [`${base}&so=200000`, 'MAGNET_INVALID'],
    [`${base}&so=1&so=2`, 'MAGNET_INVALID'],
    [`${base}&dn=%ff`, 'MAGNET_INVALID'],
    [`${base}&tr=${'x'.repeat(17_000)}`, 'MAGNET_INVALID'],
    [`${base}&dn=..`, 'PATH_UNSAFE'],
    [`${base}&dn=a%2Fb`, 'PATH_UNSAFE'],
    [`${base}&dn=%2Fetc%2Fpasswd`, 'PATH_UNSAFE'],
    [`${base}&dn=a%5Cb`, 'PATH_UNSAFE'],
    [`${base}&dn=a%00b`, 'PATH_UNSAFE'],
    [`${base}&dn=CON`, 'PATH_UNSAFE'],
  ];
  for (const [text, code] of bad)
    test(`refuses ${text.slice(-60)} as ${code}`, () =>
      assert.throws(() => parseMagnet(text), { code }));

  test('mutated links are refused under a code or read to what is written again (seeds 1 to 800)', () => {
    const link = Buffer.from(buildMagnet(whole));
    for (let seed = 1; seed <= 800; seed += 1) {
      const input = Buffer.from(mutate(link, seededRandom(seed))).toString('latin1');
      try {
        const magnet = parseMagnet(input);
        assert.deepEqual(parseMagnet(buildMagnet(magnet)), magnet, `seed ${seed}`);
      } catch (error) {
        if (!(error instanceof FonotecaError)) throw error;
        assert(['MAGNET_INVALID', 'PATH_UNSAFE'].includes(error.code), error.code);
      }
    }
  });

  test('a link may be as long as its limit and no longer', () => {
    const padded = (length: number): string => `${base}&x=`.padEnd(length, 'x');
    assert.deepEqual(parseMagnet(padded(MAX_MAGNET_LENGTH)), bare);
    assert.throws(() => parseMagnet(padded(MAX_MAGNET_LENGTH + 1)), { code: 'MAGNET_INVALID' });
  });

  test('a link without an infohash is a bug', () =>
    assert.throws(() => buildMagnet({ trackers: [], webSeeds: [] }), assert.AssertionError));
  test('the type of an infohash is a digest', () => {
    const digest: Digest | undefined = parseMagnet(buildMagnet(whole)).infohashV2;
    assert.equal(digest, v2);
  });
});
