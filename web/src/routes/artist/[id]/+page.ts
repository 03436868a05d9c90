import { loadPage } from '../../../lib/load-page.ts';
import type { ArtistView } from '../../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url }) => ({
  artist: await loadPage<ArtistView>(fetch, `/artist/${encodeURIComponent(params.id)}.json`, url),
});
