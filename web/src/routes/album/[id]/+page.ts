import { loadTwin } from '../../../lib/load-twin.ts';
import type { AlbumView } from '../../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, params }) => ({
  album: await loadTwin<AlbumView>(fetch, `/album/${encodeURIComponent(params.id)}.json`),
});
