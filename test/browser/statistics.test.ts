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
import { unwatched } from '../../src/base/progress.ts';
import { runReport } from '../../src/reporting.ts';
import { type RunningSite, startSite } from '../../src/serving.ts';
import { buildSmallCatalogue } from '../support/small-catalogue.ts';
import { browserSkipReason, openBrowser } from './chromium.ts';
import { LOOKS, OVERFLOW } from './looks.ts';
import { openVisit } from './visit.ts';

const ALL_PICTURES =
  "Promise.all([...document.images].map((image) => { image.loading = 'eager'; return image.decode(); })).then(() => document.images.length)";
const world = { disk: realDisk, clock: systemClock, random: systemRandom };

describe('the statistics of the site in a browser', { skip: browserSkipReason() }, () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-statistics-'));
  let archive: Archive;
  let site: RunningSite;
  let browser: Browser;
  let address: string;
  const faults: unknown[] = [];
  before(async () => {
    await createArchive(home, { name: 'Counted', contact: 's@example.org' }, world);
    archive = await openArchive(home, { write: true }, world);
    site = await startSite(archive, {
      ...{ port: 0, onFault: (error) => faults.push(error), onAnswer: () => undefined },
    });
    address = `${site.addresses[0]}statistics`;
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
    await archive?.[Symbol.asyncDispose]();
    fs.rmSync(home, { recursive: true });
    assert.deepEqual(faults, []);
  });

  test('say how a catalogue is made, then how a report is, and then show it', async () => {
    await using visit = await openVisit(browser, { viewport: LOOKS[0][1].viewport });
    const said = async () => {
      await visit.page.goto(address, { waitUntil: 'load' });
      return await visit.page.locator('main').innerText();
    };
    assert.match(await said(), /no catalogue[\s\S]*fonoteca catalogue build/);
    await buildSmallCatalogue(path.join(home, 'catalogue'), {
      generated: { seed: 1, rows: 1200, revision: 1 },
    });
    assert.match(await said(), /No report was made[\s\S]*fonoteca report/);
    await runReport(archive, undefined, { memory: '256MB' }, unwatched);
    assert.match(await said(), /1,200 tracks[\s\S]*Tracks by popularity/);
    assert.deepEqual(visit.complaints, []);
  });

  for (const [look, options] of LOOKS)
    test(`are accessible, fit and show every picture on a ${look}`, async () => {
      await using visit = await openVisit(browser, options);
      await visit.page.goto(address, { waitUntil: 'load' });
      assert.ok((await visit.page.evaluate<number>(ALL_PICTURES)) > 30);
      const { violations } = await new AxeBuilder({ page: visit.page })
        .options({ preload: false })
        .analyze();
      assert.deepEqual(
        violations.map(({ id }) => id),
        [],
      );
      assert.ok((await visit.page.evaluate<number>(OVERFLOW)) <= 0);
      assert.deepEqual(visit.foreignRequests(site.addresses[0]!), []);
      assert.deepEqual(visit.complaints, []);
    });

  test('lead from the navigation to the page and to the whole report, each under its own policy', async () => {
    await using visit = await openVisit(browser, { viewport: LOOKS[0][1].viewport });
    const { page } = visit;
    await page.goto(site.addresses[0]!, { waitUntil: 'load' });
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
