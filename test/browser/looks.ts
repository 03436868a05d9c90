/** How pages are looked at. */
import type { BrowserContextOptions } from 'playwright-core';

/** A page once in light and wide, once in dark and narrow. */
export const LOOKS = [
  ['desk by day', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
  [
    'phone by night',
    { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true },
  ],
] as const satisfies readonly (readonly [string, BrowserContextOptions])[];
/** By how many pixels a page is too wide, as an expression. */
export const OVERFLOW =
  'document.documentElement.scrollWidth - document.documentElement.clientWidth';
