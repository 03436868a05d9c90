import { loadTwin } from '../lib/load-twin.ts';
import type { HomeView } from '../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => ({
  home: await loadTwin<HomeView>(fetch, '/index.json'),
});
