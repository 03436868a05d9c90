/** One visit of a browser to the site: a fresh page that notes every request and every complaint. */
import assert from 'node:assert/strict';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** The page's one audio element, as an expression: these tests have no types of the browser's own world. */
export const AUDIO = "document.querySelector('audio')";

/** A visit; disposing it closes the page. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Errors of scripts and whatever the browser complains about, broken content policies included. */
  readonly complaints: readonly string[];
  /** Addresses asked for that do not begin with `own`. */
  foreignRequests(own: string): string[];
}

const PATIENCE_MS = 10_000;

/** A new visit. Motion is reduced, so that no test waits for an animation. */
export async function openVisit(browser: Browser, options: BrowserContextOptions): Promise<Visit> {
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
    foreignRequests: (own) =>
      requests.filter((url) => !url.startsWith(own) && !url.startsWith('data:')),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Resolves when `expression` is true in the page; fails after ten seconds. The page's own policy forbids Playwright's way. */
export async function until(page: Page, expression: string): Promise<void> {
  const started = performance.now();
  while (!(await page.evaluate<boolean>(expression))) {
    assert.ok(performance.now() - started < PATIENCE_MS, `never true: ${expression}`);
    await page.waitForTimeout(50);
  }
}

/** Where the playhead is, in seconds. */
export function soundSeconds(page: Page): Promise<number> {
  return page.evaluate<number>(`${AUDIO}.currentTime`);
}
