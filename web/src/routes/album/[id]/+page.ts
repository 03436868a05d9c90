import { loadPage } from '../../../lib/load-page.ts';
import type { AlbumView } from '../../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params, url }) => ({
  album: await loadPage<AlbumView>(fetch, `/album/${encodeURIComponent(params.id)}.json`, url),
});
