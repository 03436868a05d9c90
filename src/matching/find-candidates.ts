/**
 * Which rows of a snapshot a track may be: those of its MusicBrainz recording (redirects followed), of its ISRC, and
 * those of its folded names. A few look-ups each; nothing is decided here.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { openChecked } from '../catalogue/checked-file.ts';
import { startPageCache } from '../catalogue/page-cache.ts';
import { partName } from '../catalogue/search-files.ts';
import type { CatalogueTrack, Snapshot } from '../catalogue/snapshot-look-up.ts';
import { hashTerm } from '../catalogue/term-table.ts';
import { addTermHash, openWholeNames, startNameHash } from '../catalogue/whole-names.ts';
import { foldedName } from './name-forms.ts';

/** Where candidates come from. */
export interface CandidateSource extends Disposable {
  readonly snapshotId: string;
  /** Tracks that are the MusicBrainz recording `mbid`, by rank; at most 100. */
  ofRecording(mbid: string): CatalogueTrack[];
  /** Tracks with the ISRC, by rank; at most 100. */
  ofIsrc(isrc: string): CatalogueTrack[];
  /** Tracks whose whole title, or whole artist and title, are these terms, by rank; `isCut` when there are more than `most`. */
  named(terms: string, most: number): { rows: CatalogueTrack[]; isCut: boolean };
  /** Tracks on albums of the artists with this name: on those with the title `album`, else on all; at most 300. */
  byArtist(artist: string, album: string | undefined): CatalogueTrack[];
}

/** A recording stands on so many albums, and an ISRC on so many recordings, that more say nothing. */
const MOST_ROWS = 100;
/** Artists of one name, albums of one artist and tracks of one album that are looked at. */
const MOST_OF_NAME = 3;
const MOST_ALBUMS = 50;
const MOST_OF_ALBUM = 100;
const MOST_OF_ARTIST = 300;
/** 4 MiB of pages. */
const CACHE_PAGES = 1024;

/** The candidates of `snapshot`. `FILE_MISSING`, `SEARCH_INDEX_DAMAGED`. */
export function openCandidates(disk: Disk, snapshot: Snapshot): CandidateSource {
  using opened = new DisposableStack();
  const cache = startPageCache(CACHE_PAGES);
  const open = (group: 'tracks' | 'artists') => {
    const file = path.join(snapshot.directory, partName(group, 'whole'));
    return openWholeNames(opened.use(openChecked(disk, file, { kind: 'whole', cache })), file);
  };
  const [tracks, artists] = [open('tracks'), open('artists')];
  const resources = opened.move();
  return {
    snapshotId: snapshot.manifest.id,
    ofRecording: (mbid) => [
      ...snapshot.tracksByRecording(`mbid:${mbid}`, { limit: MOST_ROWS }).rows,
    ],
    ofIsrc: (isrc) => [...snapshot.tracksByIsrc(isrc, { limit: MOST_ROWS }).rows],
    named(terms, most) {
      const ranks = tracks.find(hashOf(terms), most + 1);
      const rows = snapshot.tracksAt(ranks.slice(0, most)).filter((row) => row !== undefined);
      return { rows, isCut: ranks.length > most };
    },
    byArtist(artist, album) {
      const ranks = artists.find(hashOf(artist), MOST_OF_NAME);
      const albums = snapshot
        .artistsAt(ranks)
        .flatMap((row) =>
          row ? snapshot.albumsOfArtist(row.id, { limit: MOST_ALBUMS }).rows : [],
        );
      const named = albums.filter(({ title }) => foldedName(title) === album);
      const rows: CatalogueTrack[] = [];
      for (const { id } of named.length > 0 ? named : albums) {
        if (rows.length >= MOST_OF_ARTIST) break;
        rows.push(...snapshot.tracksOfAlbum(id, { limit: MOST_OF_ALBUM }).rows);
      }
      return rows;
    },
    [Symbol.dispose]: () => resources.dispose(),
  };
}

function hashOf(terms: string) {
  const hash = startNameHash();
  for (const term of terms.split(' ')) addTermHash(hash, hashTerm(Buffer.from(term)));
  return hash;
}
