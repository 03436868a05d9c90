import { loadTwin } from '../../../lib/load-twin.ts';
import type { ArtistView } from '../../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params }) => ({
  artist: await loadTwin<ArtistView>(fetch, `/artist/${encodeURIComponent(params.id)}.json`),
});
