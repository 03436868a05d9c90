import assert from 'node:assert/strict';
import test from 'node:test';
import { makeSampleSite } from '../../test/browser/sample-site.ts';
import { clipText, readTwin } from './twins.ts';

const { site, albumIds, trackIds } = makeSampleSite();

const CASES: readonly (readonly [string, number])[] = [
  ['/archive.json', 200],
  ['/index.json', 200],
  ['/search.json?q=salt', 200],
  ['/search.json', 200],
  [`/album/${albumIds[0]}.json`, 200],
  [`/track/${trackIds[0]}.json`, 200],
  [`/track/${encodeURIComponent(trackIds[0]!)}.json`, 200],
  [`/track/${encodeURIComponent(encodeURIComponent(trackIds[0]!))}.json`, 404],
  ['/track/%ff.json', 404],
  ['/editions.json', 200],
  ['/editions.json?cursor=2', 200],
  ['/editions.json?cursor=x', 400],
  ['/withdrawals.json', 200],
  ['/withdrawals.json?cursor=1', 200],
  ['/withdrawals.json?cursor=-1', 400],
  ['/editions/1.json', 200],
  ['/editions/0001.json', 200],
  ['/editions/2.json', 404],
  ['/editions/1e3.json', 404],
  ['/album/local:000000000000000000000000.json', 404],
  ['/album/..%2f..%2fetc%2fpasswd.json', 404],
  ['/album/x.json', 404],
  ['/search.json?q=a&cursor=..%2f', 400],
  ['/recording/mbid:1.json', 404],
  ['/artist/mbid:1.json?cursor=x', 400],
  ['/nothing.json', 404],
];

for (const [address, status] of CASES)
  test(`the twin at ${address} answers ${status}`, async () => {
    assert.equal((await readTwin(site, address)).status, status);
  });

test('search text is cut at 256 bytes and never inside a character', () => {
  assert.equal(clipText('a'.repeat(300)).length, 256);
  assert.equal(clipText('語'.repeat(100)), '語'.repeat(85));
  assert.equal(clipText(`a${'😀'.repeat(70)}`), `a${'😀'.repeat(63)}`);
  assert.equal(clipText('\ud800'), '\ufffd');
  assert.equal(clipText('short'), 'short');
});
