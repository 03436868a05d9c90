import { loadTwin } from '../../lib/load-twin.ts';
import type { WithdrawalsView } from '../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => ({
  record: await loadTwin<WithdrawalsView>(fetch, `/withdrawals.json${url.search}`),
});
