import { loadTwin } from '../../../lib/load-twin.ts';
import type { EditionView } from '../../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params }) => ({
  edition: await loadTwin<EditionView>(
    fetch,
    `/editions/${encodeURIComponent(params.number)}.json`,
  ),
});
