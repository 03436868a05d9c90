import assert from 'node:assert/strict';
import test, { after, before, describe } from 'node:test';
import zlib from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { GROUND } from '../../src/charts/palette.ts';
import { browserSkipReason, openBrowser } from './chromium.ts';
import { assertFitForAll, DESK, LOOKS, PHONE } from './looks.ts';
import { INLINE_PAGE, type ReportFolder, writeReportFolder } from './report-folder.ts';
import { openVisit } from './visit.ts';

const PAGES = ['index.html', 'top-tracks-3.html'];
const BROKEN =
  '[...document.images].filter((image) => !image.complete || image.naturalWidth < 100).map((image) => image.src)';
/** Tables of all kinds; the accessibility of every cell of all of them would take minutes to judge. */
const OPEN_SOME =
  "document.querySelectorAll('details').forEach((one, at) => { one.open = at % 3 === 0; })";
/** Words of pictures with hostile data may touch each other; they are cut and must stay inside all the same. */
const HOSTILE = /^hostile/;

/** A word of a picture and the box that the browser's own face gives it. */
interface Word {
  readonly picture: string;
  readonly text: string;
  readonly box: readonly [left: number, top: number, right: number, bottom: number];
  readonly outside: number;
  /** Words aslant lie side by side in boxes that share their corners. */
  readonly aslant: boolean;
}

describe('the report in a browser', { skip: browserSkipReason() }, () => {
  let report: ReportFolder;
  let browser: Browser;
  before(async () => {
    [report, browser] = await Promise.all([writeReportFolder(), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    report?.[Symbol.dispose]();
  });

  for (const [look, options] of LOOKS)
    test(`every page on a ${look} is accessible, fits, and shows its pictures`, async () => {
      await using visit = await openVisit(browser, options);
      for (const name of PAGES) {
        await visit.page.goto(report.baseUrl + name, { waitUntil: 'load' });
        assert.deepEqual(await visit.page.evaluate(BROKEN), [], name);
        assert.match(await visit.page.title(), / – snapshot sample-2026-11-21$/);
        await visit.page.evaluate(OPEN_SOME);
        await assertFitForAll(visit.page, name);
      }
      assert.deepEqual(visit.foreignRequests(report.baseUrl), []);
      assert.deepEqual(visit.complaints, []);
    });

  for (const scheme of ['light', 'dark'] as const)
    test(`pictures are ${scheme} where the screen is, in an image and in a page`, async () => {
      await using visit = await openVisit(browser, { viewport: DESK, colorScheme: scheme });
      await visit.page.goto(`${report.baseUrl}index.html`, { waitUntil: 'load' });
      assert.equal(await colourIn(visit.page, 'figure img'), GROUND.sheet[scheme]);
      await visit.page.goto(report.baseUrl + INLINE_PAGE);
      assert.equal(await colourIn(visit.page, 'svg'), GROUND.sheet[scheme]);
      if (scheme === 'dark') await assertFitForAll(visit.page, INLINE_PAGE);
    });

  test('no word of a picture leaves it, and none lies upon another', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    await visit.page.goto(report.baseUrl + INLINE_PAGE);
    const words = await visit.page.evaluate<Word[]>(WORDS);
    assert.ok(words.length > 500);
    const outside = words.filter((word) => word.outside > 1);
    assert.deepEqual(outside, []);
    const clashes = words.flatMap((one, at) =>
      words
        .slice(at + 1)
        .filter((other) => other.picture === one.picture && !HOSTILE.test(one.picture))
        .filter((other) => !(one.aslant && other.aslant) && overlap(one.box, other.box))
        .map((other) => `${one.picture}: ${one.text} and ${other.text}`),
    );
    assert.deepEqual(clashes, []);
  });

  test('a printed report is dark ink on white, whatever the screen shows, and its pictures are in it', async () => {
    await using visit = await openVisit(browser, { viewport: DESK, colorScheme: 'dark' });
    const { page } = visit;
    await page.goto(`${report.baseUrl}index.html`, { waitUntil: 'load' });
    const pdf = await page.pdf({ format: 'A4' });
    assert.equal(pdf.subarray(0, 5).toString('latin1'), '%PDF-');
    const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    assert.ok(sheets >= 8 && sheets < 60, `${sheets} pages`);
    assert.ok(pdf.length > 100_000, `${pdf.length} bytes`);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    assert.equal(
      await page.evaluate('getComputedStyle(document.documentElement).backgroundColor'),
      'rgb(255, 255, 255)',
    );
    const split = await page.evaluate<string>(
      "getComputedStyle(document.querySelector('figure')).breakInside",
    );
    assert.equal(split, 'avoid');
  });

  test('a breach of the content policy would be noticed', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    await visit.page.goto(`${report.baseUrl}index.html`);
    await visit.page.evaluate(
      "document.body.append(Object.assign(new Image(), { src: 'http://[::1]:9/x.png' }))",
    );
    await visit.page.evaluate(
      "document.body.setAttribute('onclick', 'x()'); document.body.click()",
    );
    assert.match(visit.complaints.join('\n'), /img-src[\s\S]*default-src/);
  });

  test('the keyboard reaches the content at once, and every table that can be moved', async () => {
    await using visit = await openVisit(browser, { viewport: PHONE });
    await visit.page.goto(`${report.baseUrl}top-tracks-1.html`);
    await visit.page.keyboard.press('Tab');
    assert.equal(await visit.page.evaluate('document.activeElement.className'), 'skip');
    const unreachable =
      "[...document.querySelectorAll('.scroll, .wide')].filter((one) => one.tabIndex !== 0).length";
    assert.equal(await visit.page.evaluate(unreachable), 0);
  });
});

/** Every text of every picture with its box in whole pixels, and how far it stands out of its picture. */
const WORDS = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')]
    .filter((text) => text.textContent.trim() !== '' && getComputedStyle(text).opacity !== '0')
    .map((text) => {
      const { left, top, right, bottom } = text.getBoundingClientRect();
      return {
        picture: svg.parentElement.id.slice(3),
        text: text.textContent,
        box: [left, top, right, bottom],
        aslant: /rotate\\((?!270|90|-90)/.test(text.getAttribute('transform')),
        outside: Math.max(frame.left - left, frame.top - top, right - frame.right, bottom - frame.bottom),
      };
    });
})`;

/** Faces have room above and below their letters: boxes may share a little of it. */
function overlap(one: Word['box'], other: Word['box']): boolean {
  const across = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const down = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  return across > 1 && down > 4;
}

/** Without `preload`, which would fetch the style sheet by a script: the page's policy forbids any. */
/** The colour near the upper left corner of the first element that `selector` finds, as `#rrggbb`. */
async function colourIn(page: Page, selector: string): Promise<string> {
  const element = page.locator(selector).first();
  await element.scrollIntoViewIfNeeded();
  const box = (await element.boundingBox())!;
  const clip = { x: Math.ceil(box.x) + 4, y: Math.ceil(box.y) + 4, width: 1, height: 1 };
  const png = await page.screenshot({ clip });
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  // PNG, 11.2.4: the first byte of the only row is its filter, which has nothing to refer to.
  const row = zlib.inflateSync(Buffer.concat(data));
  return `#${row.subarray(1, 4).toString('hex')}`;
}
