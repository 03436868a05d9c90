/** The rows of a snapshot in the way that its search asks for them. */
import type { SearchRows } from '../catalogue/search-answer.ts';
import type { Snapshot } from '../catalogue/snapshot-look-up.ts';

/** What the search over `snapshot` asks of it. */
export function searchRows(snapshot: Snapshot): SearchRows {
  return {
    names: (group, rank) => snapshot.names(group, rank),
    tracksWithIsrc: (isrc) => snapshot.ranksWithIsrc(isrc),
  };
}
