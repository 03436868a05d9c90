import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before, describe } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { type Archive, createArchive, openArchive } from '../../src/archive.ts';
import { systemClock, systemRandom } from '../../src/base/clock.ts';
import { realDisk } from '../../src/base/disk.ts';
import { type RunningSite, startSite } from '../../src/serving.ts';
import { buildSmallCatalogue, type HandRow } from '../support/small-catalogue.ts';
import { browserSkipReason, openBrowser } from './chromium.ts';
import { LOOKS, OVERFLOW } from './looks.ts';
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
const world = { disk: realDisk, clock: systemClock, random: systemRandom };

describe('what the catalogue knows and nobody here holds, in a browser', {
  skip: browserSkipReason(),
}, () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-known-'));
  let archive: Archive;
  let site: RunningSite;
  let browser: Browser;
  const faults: unknown[] = [];
  const at = (page: string) => new URL(page, site.addresses[0]).href;
  before(async () => {
    await createArchive(home, { name: 'Known', contact: 'k@example.org' }, world);
    archive = await openArchive(home, { write: true }, world);
    await buildSmallCatalogue(path.join(home, 'catalogue'), {
      rows: ROWS,
      albums: [6, 7].map((digit) => ({ ...SONG, id: uuid(digit), title: `Album ${digit}` })),
      artists: [{ id: uuid(4), name: 'Glass' }],
    });
    site = await startSite(archive, {
      ...{ port: 0, onFault: (error) => faults.push(error), onAnswer: () => undefined },
    });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
    await archive?.[Symbol.asyncDispose]();
    fs.rmSync(home, { recursive: true });
    assert.deepEqual(faults, []);
  });

  for (const [look, options] of LOOKS)
    test(`every page of it on a ${look} is accessible, fits, and asks nobody else for anything`, async () => {
      await using visit = await openVisit(browser, options);
      for (const [name, page] of Object.entries(PAGES)) {
        const answer = await visit.page.goto(at(page), { waitUntil: 'load' });
        assert.equal(answer?.status(), 200, name);
        const { violations } = await new AxeBuilder({ page: visit.page })
          .options({ preload: false })
          .analyze();
        assert.deepEqual(
          violations.map(({ id }) => id),
          [],
          name,
        );
        assert.ok((await visit.page.evaluate<number>(OVERFLOW)) <= 0, name);
      }
      assert.deepEqual(visit.foreignRequests(site.addresses[0]!), []);
      assert.deepEqual(visit.complaints, []);
    });

  test('a listener walks from a track to its recording, and on to the other album it is on', async () => {
    await using visit = await openVisit(browser, { viewport: LOOKS[0][1].viewport });
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
