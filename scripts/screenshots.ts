/**
 * Takes the pictures of the README, `docs/images/*.png`, from a real demonstration archive served by the real program.
 *
 *     export PATH=$PWD/node_modules/.bin:$PATH && node scripts/screenshots.ts
 *
 * Needs Chromium at `/usr/bin/chromium` and the pages built (`npm start` builds them). About a minute; run it again when the
 * pages or the demonstration label change.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { browserSkipReason, openBrowser } from '../test/browser/chromium.ts';
import { type Demo, startDemo } from '../test/browser/start-demo.ts';
import { AUDIO, openVisit, until } from '../test/browser/visit.ts';

const IMAGES = path.resolve(import.meta.dirname, '../docs/images');
/** A reader of the README should not wait for it. */
const MAX_PICTURE_BYTES = 250_000;

interface Picture {
  readonly name: string;
  readonly look: BrowserContextOptions;
  readonly pose: (page: Page, demo: Demo) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  {
    name: 'home',
    look: { viewport: { width: 1200, height: 960 }, colorScheme: 'light' },
    pose: (page, demo) => visit(page, demo.baseUrl),
  },
  {
    name: 'track',
    look: { viewport: { width: 1200, height: 860 }, colorScheme: 'light' },
    pose: async (page, demo) => {
      await visit(page, demo.baseUrl + demo.pages.track);
      const wave = page.getByRole('slider', { name: 'Position in the track' });
      const box = (await wave.boundingBox())!;
      await wave.click({ position: { x: box.width * 0.38, y: box.height / 2 } });
      await until(page, `!${AUDIO}.paused && ${AUDIO}.currentTime > ${AUDIO}.duration * 0.38`);
      await page.mouse.move(5, 5);
    },
  },
  {
    name: 'phone-dark',
    look: {
      viewport: { width: 390, height: 1000 },
      deviceScaleFactor: 1.5,
      colorScheme: 'dark',
      hasTouch: true,
    },
    pose: async (page, demo) => {
      await visit(page, demo.baseUrl + demo.pages.album);
      await page.getByRole('button', { name: 'Play the album' }).click();
      await until(page, `${AUDIO}.currentTime > 2`);
    },
  },
];

const reason = browserSkipReason();
if (reason) fail(reason, 'install chromium, and run `npm start` once');
const [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
try {
  fs.mkdirSync(IMAGES, { recursive: true });
  for (const picture of PICTURES) await take(picture, browser, demo);
} finally {
  await browser.close();
  await demo.stop();
}

async function take({ name, look, pose }: Picture, browser: Browser, demo: Demo): Promise<void> {
  const file = path.join(IMAGES, `${name}.png`);
  await using taken = await openVisit(browser, look);
  await pose(taken.page, demo);
  await taken.page.screenshot({ path: file });
  const { size } = fs.statSync(file);
  if (size > MAX_PICTURE_BYTES) fail(`${file} has ${size} bytes`, 'show less of the page');
  process.stderr.write(`screenshots: ${file}, ${size} bytes\n`);
}

async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address, { waitUntil: 'networkidle' });
}

function fail(seen: string, next: string): never {
  process.stderr.write(`screenshots: ${seen}\n  next: ${next}\n`);
  process.exit(1);
}
