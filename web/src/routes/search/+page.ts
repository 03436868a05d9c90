import { loadTwin } from '../../lib/load-twin.ts';
import type { SearchView } from '../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
  const asked = new URLSearchParams({ q: url.searchParams.get('q') ?? '' });
  const cursor = url.searchParams.get('cursor');
  if (cursor !== null) asked.set('cursor', cursor);
  return {
    found: await loadTwin<SearchView>(fetch, `/search.json?${asked}`),
    first: cursor === null,
  };
};
