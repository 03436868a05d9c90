import { loadTwin } from '../../lib/load-twin.ts';
import type { StatisticsView } from '../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch }) => ({
  statistics: await loadTwin<StatisticsView>(fetch, '/statistics.json'),
});
