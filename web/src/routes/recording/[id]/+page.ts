import { loadPage } from '../../../lib/load-page.ts';
import type { RecordingView } from '../../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url }) => ({
  recording: await loadPage<RecordingView>(
    fetch,
    `/recording/${encodeURIComponent(params.id)}.json`,
    url,
  ),
});
