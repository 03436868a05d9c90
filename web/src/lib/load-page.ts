/** Reads the twin of a page that comes a part at a time: `?cursor=` of the page is that of its twin. */
import { loadTwin } from './load-twin.ts';

/** The view at `address` from the cursor of `url` on. */
export function loadPage<View>(
  fetch: typeof globalThis.fetch,
  address: string,
  url: URL,
): Promise<View> {
  const cursor = url.searchParams.get('cursor');
  const asked = cursor === null ? '' : `?${new URLSearchParams({ cursor })}`;
  return loadTwin<View>(fetch, address + asked);
}
