/** Look-up by whatever a person or a program has: a stable id of any kind, an MBID, an ISRC, a UPC or EAN, a rank. */
import { parseIsrc } from '../model/ids.ts';
import { CATALOGUE_ID } from '../model/match.ts';
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
const MBID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The track at a place of the snapshot's order, counted from 0. */
const RANK = /^rank:(?<rank>\d{1,10})$/;
/** Digits of a UPC, an EAN and a GTIN: one number with more or fewer zeros before it. */
const UPC_LENGTHS = [12, 13, 14, 8];

/** Whether `text` may be known to a snapshot: the form of an id, an MBID, an ISRC, a UPC or a rank. */
export function isLookUp(text: string): boolean {
  const forms = [CATALOGUE_ID, MBID, UPC, RANK];
  return parseIsrc(text) !== undefined || forms.some((form) => form.test(text));
}

/** The stable id that `text` means: an MBID alone is one of `mbid:`. */
export function stableIdOf(text: string): string {
  return MBID.test(text) ? `mbid:${text.toLowerCase()}` : text;
}

/** What `snapshot` has under `asked`, which means `meant` where a person said so. `SEARCH_INDEX_DAMAGED`. */
export function lookUpAny(
  snapshot: Snapshot,
  { asked, meant = stableIdOf(asked) }: { readonly asked: string; readonly meant?: string },
  page: PageRequest,
): LookedUp {
  const nothing = { asked, found: undefined, tracks: [], albums: [], next: null };
  const isrc = parseIsrc(asked);
  if (isrc !== undefined) {
    const { rows, next } = snapshot.tracksByIsrc(isrc, page);
    return { ...nothing, kind: kindOf('isrc', rows), tracks: rows, next };
  }
  if (UPC.test(asked)) {
    const { rows, next } = albumsByUpc(snapshot, asked, page);
    return { ...nothing, kind: kindOf('upc', rows), albums: rows, next };
  }
  const { rank } = RANK.exec(asked)?.groups ?? {};
  if (rank !== undefined) {
    const isThere = Number(rank) < snapshot.manifest.rows.tracks;
    const [track] = isThere ? snapshot.tracksAt([Number(rank)]) : [];
    return track
      ? { ...nothing, kind: 'track', found: { kind: 'track', track } }
      : { ...nothing, kind: null };
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

/** As it was typed, else as another source may write the same number. */
function albumsByUpc(snapshot: Snapshot, upc: string, page: PageRequest) {
  const bare = upc.replace(/^0+/, '');
  const others = UPC_LENGTHS.map((length) => bare.padStart(length, '0'));
  for (const form of [upc, bare, ...others]) {
    const found = snapshot.albumsByUpc(form, page);
    if (found.rows.length > 0) return found;
  }
  return { rows: [], next: null };
}

function kindOf<Kind>(kind: Kind, rows: readonly unknown[]): Kind | null {
  return rows.length > 0 ? kind : null;
}
