import { loadTwin } from '../../../lib/load-twin.ts';
import type { EditionView } from '../../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url }) => ({
  edition: await loadTwin<EditionView>(
    fetch,
    `/editions/${encodeURIComponent(params.number)}.json${url.search}`,
  ),
  first: !url.searchParams.has('cursor'),
});
