import { loadTwin } from '../../lib/load-twin.ts';
import type { EditionsView } from '../../lib/views.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ fetch, url }) => {
  const { editions, nextCursor } = await loadTwin<EditionsView>(
    fetch,
    `/editions.json${url.search}`,
  );
  return { editions, nextCursor };
};
