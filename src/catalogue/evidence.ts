/** What ties an id of a snapshot to others: a recording, an ISRC, a UPC or a redirect in common. None of it merges anything. */
import type { FoundRow, Snapshot } from './snapshot-look-up.ts';

/** Another id, and what it has in common; `was` is an id that its source redirected. */
export interface Evidence {
  readonly kind: 'was' | 'recording' | 'isrc' | 'upc';
  readonly id: string;
}

/** Ids listed of one kind. */
const MOST = 20;

/** What speaks for other ids being the same as what was `found` under `asked`. `SEARCH_INDEX_DAMAGED`. */
export function evidenceOf(snapshot: Snapshot, found: FoundRow, asked: string): Evidence[] {
  const own = idOf(found);
  const evidence: Evidence[] =
    snapshot.currentId(asked) === asked ? [] : [{ kind: 'was', id: asked }];
  const page = { limit: MOST };
  const add = (kind: Evidence['kind'], rows: readonly { readonly id: string }[]) => {
    for (const { id } of rows) if (id !== own) evidence.push({ kind, id });
  };
  if (found.kind === 'album' && found.album.upc !== null)
    add('upc', snapshot.albumsByUpc(found.album.upc, page).rows);
  if (found.kind !== 'track') return evidence;
  const { recordingId, isrcs } = found.track;
  add('recording', snapshot.tracksByRecording(recordingId ?? own, page).rows);
  for (const isrc of isrcs) add('isrc', snapshot.tracksByIsrc(isrc, page).rows);
  return evidence;
}

/** The id of the row that was found. */
export function idOf(found: FoundRow): string {
  if (found.kind === 'track') return found.track.id;
  return found.kind === 'album' ? found.album.id : found.artist.id;
}
