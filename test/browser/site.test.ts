import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { browserSkipReason, openBrowser } from './chromium.ts';
import { type Demo, startDemo } from './start-demo.ts';

const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
// Expressions for the page, as text: these tests have no types of the browser's own world.
const AUDIO = "document.querySelector('audio')";
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
// Each page once in light and once in dark, once wide and once narrow.
const LOOKS = [
  ['desk by day', { viewport: DESK, colorScheme: 'light' }],
  ['phone by night', { viewport: PHONE, colorScheme: 'dark', hasTouch: true }],
] as const satisfies readonly (readonly [string, BrowserContextOptions])[];

describe('the site in a browser', { skip: browserSkipReason() }, () => {
  let demo: Demo;
  let browser: Browser;
  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  for (const [look, options] of LOOKS)
    test(`every page on a ${look} is accessible, fits, and asks nobody else for anything`, async () => {
      await using visit = await open(browser, options);
      for (const path of Object.values(demo.pages)) {
        await visit.page.goto(demo.baseUrl + path, { waitUntil: 'load' });
        const { violations } = await new AxeBuilder({ page: visit.page }).analyze();
        assert.deepEqual(
          violations.map(
            ({ id, nodes }) => `${path}: ${id} at ${nodes.map((node) => node.target).join(', ')}`,
          ),
          [],
        );
        const overflow = await visit.page.evaluate<number>(OVERFLOW);
        assert.ok(overflow <= 0, `${path} is ${overflow} pixels too wide`);
      }
      assert.deepEqual(visit.foreignRequests(demo.baseUrl), []);
      assert.deepEqual(visit.complaints, []);
    });

  test('the player with sound in it is accessible too', async () => {
    await using visit = await open(browser, { viewport: PHONE, colorScheme: 'dark' });
    await startAlbum(visit.page, demo);
    const { violations } = await new AxeBuilder({ page: visit.page }).analyze();
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
    );
  });

  test('sound goes on while the listener walks from page to page', async () => {
    await using visit = await open(browser, { viewport: DESK });
    const { page } = visit;
    await startAlbum(page, demo);
    await page.evaluate(`${AUDIO}.dataset.mark = 'the same element'`);
    let last = await soundSeconds(page);
    const main = page.locator('main');
    const walk: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
      [() => main.getByRole('link').filter({ hasNotText: /^$/ }).first().click(), /\/artist\//],
      [() => page.getByRole('link', { name: 'Editions' }).click(), /\/editions$/],
      [() => page.getByRole('link', { name: /^Edition 1/ }).click(), /\/editions\/1$/],
      [
        () =>
          page
            .getByRole('searchbox')
            .fill('a')
            .then(() => page.getByRole('searchbox').press('Enter')),
        /\/search\?q=a/,
      ],
      [() => page.goBack(), /\/editions\/1$/],
    ];
    for (const [step, url] of walk) {
      await step();
      await page.waitForURL(url);
      await until(page, `${AUDIO}.currentTime > ${last + 0.2}`);
      last = await soundSeconds(page);
    }
    assert.equal(await page.evaluate<unknown>(`${AUDIO}.dataset.mark`), 'the same element');
    assert.equal(await page.evaluate<unknown>(`${AUDIO}.paused`), false);
    assert.equal(
      await page.evaluate<unknown>('navigator.mediaSession.metadata.title.length > 0'),
      true,
    );
    assert.deepEqual(visit.complaints, []);
  });

  test('the next track follows the one that ends, and keys move the playhead', async () => {
    await using visit = await open(browser, { viewport: DESK });
    const { page } = visit;
    await startAlbum(page, demo);
    const first = await page.evaluate<unknown>(`${AUDIO}.src`);
    const slider = page.getByRole('region', { name: 'Player' }).getByRole('slider');
    await slider.focus();
    await page.keyboard.press('PageUp');
    await until(page, `${AUDIO}.currentTime > 2`);
    await page.evaluate(`${AUDIO}.currentTime = ${AUDIO}.duration - 0.2`);
    await until(page, `${AUDIO}.src !== ${JSON.stringify(first)}`);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    assert.equal(await page.evaluate<unknown>(`${AUDIO}.paused`), true);
  });

  test('a click in the waveform plays the track from there, over a range request', async () => {
    await using visit = await open(browser, { viewport: DESK });
    const { page } = visit;
    const statuses: number[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/stream/')) statuses.push(response.status());
    });
    await page.goto(demo.baseUrl + demo.pages.track);
    const wave = page.getByRole('slider', { name: 'Position in the track' });
    const box = (await wave.boundingBox())!;
    await wave.click({ position: { x: box.width * 0.6, y: box.height / 2 } });
    await until(page, `!${AUDIO}.paused && ${AUDIO}.currentTime > ${AUDIO}.duration * 0.4`);
    assert.ok(statuses.length > 0 && statuses.every((status) => status === 206), String(statuses));
  });

  test('every page can be read and every track heard without JavaScript', async () => {
    await using visit = await open(browser, { viewport: DESK, javaScriptEnabled: false });
    const { page } = visit;
    for (const path of Object.values(demo.pages)) {
      await page.goto(demo.baseUrl + path);
      assert.equal(await page.locator('h1').count(), 1, path);
      assert.ok((await page.locator('main').innerText()).length > 40, path);
      assert.equal(await page.locator('.needs-script:visible').count(), 0, path);
    }
    await page.goto(demo.baseUrl + demo.pages.track);
    assert.ok(await page.locator('audio[controls]').isVisible());
    await page.goto(demo.baseUrl);
    await page.getByRole('searchbox').fill('a');
    await page.getByRole('searchbox').press('Enter');
    await page.waitForURL(/\/search\?q=a/);
    assert.ok((await page.locator('main a[href^="/track/"]').count()) > 0);
  });

  test('script in a title is text', async () => {
    await using visit = await open(browser, { viewport: DESK });
    const dialogs: string[] = [];
    visit.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const hostile = encodeURIComponent('"><script>alert(1)</script><img src=x onerror=alert(2)>');
    await visit.page.goto(`${demo.baseUrl}/search?q=${hostile}`, { waitUntil: 'networkidle' });
    assert.equal(await visit.page.locator('main script, main img').count(), 0);
    assert.deepEqual([dialogs, visit.complaints], [[], []]);
  });

  test('nothing failed in the server meanwhile', () => {
    assert.deepEqual(demo.faults, []);
  });
});

/** A fresh page that notes every request and every complaint of the browser; closes itself. */
async function open(browser: Browser, options: BrowserContextOptions) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // The browser reports the 404 page itself as a failed resource; that page is one of those visited.
    if (message.type() === 'error' && !/status of 404/.test(message.text()))
      complaints.push(message.text());
  });
  return {
    page,
    complaints,
    foreignRequests: (own: string) =>
      requests.filter((url) => !url.startsWith(own) && !url.startsWith('data:')),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

async function startAlbum(page: Page, demo: Demo): Promise<void> {
  await page.goto(demo.baseUrl + demo.pages.album, { waitUntil: 'networkidle' });
  await page.getByRole('button', { name: 'Play the album' }).click();
  await until(page, `${AUDIO}.currentTime > 0.2`);
}

/** Resolves when `expression` is true in the page; fails after ten seconds. The page's own policy forbids Playwright's way. */
async function until(page: Page, expression: string): Promise<void> {
  const started = performance.now();
  while (!(await page.evaluate<boolean>(expression))) {
    assert.ok(performance.now() - started < 10_000, `never true: ${expression}`);
    await page.waitForTimeout(50);
  }
}

function soundSeconds(page: Page): Promise<number> {
  return page.evaluate<number>(`${AUDIO}.currentTime`);
}
