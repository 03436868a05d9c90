import { loadTwin } from '../../lib/load-twin.ts';
import { partOf } from '../../lib/query.ts';
import type { SearchView } from '../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => ({
  found: await loadTwin<SearchView>(fetch, `/search.json${partOf(url, ['q', 'cursor'])}`),
  first: !url.searchParams.has('cursor'),
});
