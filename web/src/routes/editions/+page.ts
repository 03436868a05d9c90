import { loadTwin } from '../../lib/load-twin.ts';
import type { EditionsView } from '../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => ({
  editions: (await loadTwin<EditionsView>(fetch, '/editions.json')).editions,
});
