import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import type { Browser } from 'playwright-core';
import { unwatched } from '../../src/base/progress.ts';
import { runReport } from '../../src/reporting.ts';
import { buildSmallCatalogue } from '../support/small-catalogue.ts';
import { browserSkipReason, openBrowser } from './chromium.ts';
import { assertFitForAll, DESK, LOOKS } from './looks.ts';
import { type ServedArchive, serveNewArchive } from './served-archive.ts';
import { openVisit } from './visit.ts';

const ALL_PICTURES =
  "Promise.all([...document.images].map((image) => { image.loading = 'eager'; return image.decode(); })).then(() => document.images.length)";

describe('the statistics of the site in a browser', { skip: browserSkipReason() }, () => {
  let site: ServedArchive;
  let browser: Browser;
  let address: string;
  before(async () => {
    site = await serveNewArchive('Counted');
    address = `${site.address}statistics`;
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  test('say how a catalogue is made, then how a report is, and then show it', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    const said = async () => {
      await visit.page.goto(address, { waitUntil: 'load' });
      return await visit.page.locator('main').innerText();
    };
    assert.match(await said(), /no catalogue[\s\S]*fonoteca catalogue build/);
    await buildSmallCatalogue(site.catalogue, {
      generated: { seed: 1, rows: 1200, revision: 1 },
    });
    assert.match(await said(), /No report was made[\s\S]*fonoteca report/);
    await runReport(site.archive, undefined, { memory: '256MB' }, unwatched);
    assert.match(await said(), /1,200 tracks[\s\S]*Tracks by popularity/);
    assert.deepEqual(visit.complaints, []);
  });

  for (const [look, options] of LOOKS)
    test(`are accessible, fit and show every picture on a ${look}`, async () => {
      await using visit = await openVisit(browser, options);
      await visit.page.goto(address, { waitUntil: 'load' });
      assert.ok((await visit.page.evaluate<number>(ALL_PICTURES)) > 30);
      await assertFitForAll(visit.page, address);
      assert.deepEqual(visit.foreignRequests(site.address), []);
      assert.deepEqual(visit.complaints, []);
    });

  test('lead from the navigation to the page and to the whole report, each under its own policy', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    const { page } = visit;
    await page.goto(site.address, { waitUntil: 'load' });
    await page.getByRole('link', { name: 'Statistics' }).click();
    await page.getByRole('link', { name: /whole report/ }).click();
    await page.waitForURL('**/statistics/index.html');
    assert.match(await page.title(), /What the catalogue shows/);
    const answer = await fetch(page.url());
    assert.match(
      answer.headers.get('content-security-policy')!,
      /^default-src 'none'; img-src 'self'/,
    );
    assert.equal((await fetch(`${address}/..%2f..%2fmanifest.json`)).status, 404);
    assert.equal((await fetch(`${address}/manifest.json`)).status, 404);
    assert.deepEqual(visit.complaints, []);
  });
});
