/** Reads the twin of a page that comes a part at a time: `?cursor=` of the page is that of its twin. */
import { loadTwin } from './load-twin.ts';
import { partOf } from './query.ts';

/** The view at `address` from the cursor of `url` on. */
export function loadPage<View>(
  fetch: typeof globalThis.fetch,
  address: string,
  url: URL,
): Promise<View> {
  return loadTwin<View>(fetch, address + partOf(url, ['cursor']));
}
