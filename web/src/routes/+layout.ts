/** What every page shows of the archive. */
import { loadTwin } from '../lib/load-twin.ts';
import type { ArchiveView } from '../lib/views.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ fetch }) => ({
  archive: await loadTwin<ArchiveView>(fetch, '/archive.json'),
});
