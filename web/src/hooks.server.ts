/** On the server a page's data comes from its host directly, without a request; faults go to the host. */
import type { HandleFetch, HandleServerError } from '@sveltejs/kit/hooks';

export const handleFetch: HandleFetch = ({ event, request }) => {
  const { pathname, search } = new URL(request.url);
  if (!event.platform) throw new Error('pages are rendered by the server in src/server');
  return event.platform.twin(pathname + search);
};

export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind === 'unknown') event.platform?.fault(error);
};
