import { loadTwin } from '../../../lib/load-twin.ts';
import type { TrackView } from '../../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params }) => ({
  track: await loadTwin<TrackView>(fetch, `/track/${encodeURIComponent(params.id)}.json`),
});
