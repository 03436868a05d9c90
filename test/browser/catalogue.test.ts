import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import type { Browser } from 'playwright-core';
import { buildSmallCatalogue, type HandRow } from '../support/small-catalogue.ts';
import { browserSkipReason, openBrowser } from './chromium.ts';
import { assertFitForAll, DESK, LOOKS } from './looks.ts';
import { type ServedArchive, serveNewArchive } from './served-archive.ts';
import { openVisit } from './visit.ts';

const uuid = (digit: number) => `${digit}0000000-0000-4000-8000-00000000000${digit}`;
const RECORDING = uuid(5);
const SONG = { title: 'Both Sides', artist: 'Glass', artist_ids: [uuid(4)] };
/** One recording on two albums, and another that was published with the same ISRC. */
const ROWS: readonly HandRow[] = [
  { ...SONG, id: uuid(1), recording_id: RECORDING, album_id: uuid(6), album: 'Left' },
  { ...SONG, id: uuid(2), recording_id: RECORDING, album_id: uuid(7), album: 'Right' },
  { ...SONG, id: uuid(3), title: 'Both Sides (live)', album_id: uuid(7), album: 'Right' },
].map((row) => ({ ...row, duration_ms: 200_000, isrcs: ['QMAAA2600005'] }));
const PAGES = {
  results: '/search?q=both%20sides',
  track: `/track/mbid:${uuid(1)}`,
  recording: `/recording/mbid:${RECORDING}`,
  album: `/album/mbid:${uuid(7)}`,
  artist: `/artist/mbid:${uuid(4)}`,
};
describe('what the catalogue knows and nobody here holds, in a browser', {
  skip: browserSkipReason(),
}, () => {
  let site: ServedArchive;
  let browser: Browser;
  const at = (page: string) => new URL(page, site.address).href;
  before(async () => {
    site = await serveNewArchive('Known');
    await buildSmallCatalogue(site.catalogue, {
      rows: ROWS,
      albums: [6, 7].map((digit) => ({ ...SONG, id: uuid(digit), title: `Album ${digit}` })),
      artists: [{ id: uuid(4), name: 'Glass' }],
    });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  for (const [look, options] of LOOKS)
    test(`every page of it on a ${look} is accessible, fits, and asks nobody else for anything`, async () => {
      await using visit = await openVisit(browser, options);
      for (const [name, page] of Object.entries(PAGES)) {
        const answer = await visit.page.goto(at(page), { waitUntil: 'load' });
        assert.equal(answer?.status(), 200, name);
        await assertFitForAll(visit.page, name);
      }
      assert.deepEqual(visit.foreignRequests(site.address), []);
      assert.deepEqual(visit.complaints, []);
    });

  test('a listener walks from a track to its recording, and on to the other album it is on', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    const { page } = visit;
    await page.goto(at(PAGES.track), { waitUntil: 'load' });
    await page.locator(`a[href$="${PAGES.recording}"]`).first().click();
    await page.waitForURL(`**${PAGES.recording}`);
    const said = await page.locator('main').innerText();
    assert.match(said, /Both Sides/);
    assert.match(said, /Left[\s\S]*Right|Right[\s\S]*Left/);
    assert.doesNotMatch(said, /live/);
    await page
      .locator(`a[href$="/track/mbid:${uuid(2)}"]`)
      .first()
      .click();
    await page.waitForURL(`**/track/mbid:${uuid(2)}`);
    assert.deepEqual(visit.complaints, []);
  });
});
