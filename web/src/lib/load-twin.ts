/** Reads a page's `.json` twin: in the browser over HTTP, on the server from the host. */
import { error } from '@sveltejs/kit';

/** The view at `address`; ends the page with the server's own status when there is none, 400 when the address does not fit. */
export async function loadTwin<View>(
  fetch: typeof globalThis.fetch,
  address: string,
): Promise<View> {
  const response = await fetch(address);
  if (!response.ok) error(response.status);
  return (await response.json()) as View;
}
