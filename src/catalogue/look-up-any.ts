/** Look-up by whatever a person or a program has: a stable id of any kind, an ISRC, a UPC or EAN. */
import { parseIsrc } from '../model/ids.ts';
import type {
  CatalogueAlbum,
  CatalogueTrack,
  FoundRow,
  PageRequest,
  Snapshot,
} from './snapshot-look-up.ts';

/** What an id was taken for, what it means, and a page of what belongs to it. */
export interface LookedUp {
  readonly asked: string;
  /** Null where the snapshot knows nothing under it. */
  readonly kind: 'track' | 'album' | 'artist' | 'recording' | 'isrc' | 'upc' | null;
  /** The row that has the id; of a recording its highest track. */
  readonly found: FoundRow | undefined;
  /** Tracks of an album, recording or ISRC; albums of an artist or UPC. */
  readonly tracks: readonly CatalogueTrack[];
  readonly albums: readonly CatalogueAlbum[];
  /** The `after` of the next page; null at the end. */
  readonly next: number | null;
}

const UPC = /^\d{8,14}$/;

/** What `snapshot` has under `asked`, which means `meant` where a person said so. `SEARCH_INDEX_DAMAGED`. */
export function lookUpAny(
  snapshot: Snapshot,
  { asked, meant = asked }: { readonly asked: string; readonly meant?: string },
  page: PageRequest,
): LookedUp {
  const nothing = { asked, found: undefined, tracks: [], albums: [], next: null };
  const isrc = parseIsrc(asked);
  if (isrc !== undefined) {
    const { rows, next } = snapshot.tracksByIsrc(isrc, page);
    return { ...nothing, kind: kindOf('isrc', rows), tracks: rows, next };
  }
  if (UPC.test(asked)) {
    const { rows, next } = snapshot.albumsByUpc(asked, page);
    return { ...nothing, kind: kindOf('upc', rows), albums: rows, next };
  }
  const found = snapshot.find(meant);
  if (found?.kind === 'album') {
    const { rows, next } = snapshot.tracksOfAlbum(found.album.id, page);
    return { ...nothing, kind: 'album', found, tracks: rows, next };
  }
  if (found?.kind === 'artist') {
    const { rows, next } = snapshot.albumsOfArtist(found.artist.id, page);
    return { ...nothing, kind: 'artist', found, albums: rows, next };
  }
  if (found === undefined) return { ...nothing, kind: null };
  if (found.track.id === snapshot.currentId(meant)) return { ...nothing, kind: 'track', found };
  const { rows, next } = snapshot.tracksByRecording(meant, page);
  return { ...nothing, kind: 'recording', found, tracks: rows, next };
}

function kindOf<Kind>(kind: Kind, rows: readonly unknown[]): Kind | null {
  return rows.length > 0 ? kind : null;
}
