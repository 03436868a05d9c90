/** How pages are looked at, and what all of them have to be. */
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContextOptions, Page } from 'playwright-core';

/** A wide screen. */
export const DESK = { width: 1280, height: 900 } as const;
/** A narrow one. */
export const PHONE = { width: 390, height: 844 } as const;

/** A page once in light and wide, once in dark and narrow. */
export const LOOKS = [
  ['desk by day', { viewport: DESK, colorScheme: 'light' }],
  ['phone by night', { viewport: PHONE, colorScheme: 'dark', hasTouch: true }],
] as const satisfies readonly (readonly [string, BrowserContextOptions])[];

const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
/** Elements that are told of a violation. */
const TOLD = 3;

/** Fails where `page`, called `name`, is not accessible to all, or wider than its window. */
export async function assertFitForAll(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze();
  const found = violations.map(({ id, nodes }) => {
    const places = nodes.slice(0, TOLD).map(({ html }) => html.slice(0, 200));
    return `${id}: ${places.join(' | ')}`;
  });
  assert.deepEqual(found, [], name);
  const overflow = await page.evaluate<number>(OVERFLOW);
  assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide`);
}
