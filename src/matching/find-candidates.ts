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

/** Where candidates come from. */
export interface CandidateSource extends Disposable {
  readonly snapshotId: string;
  /** Tracks that are the MusicBrainz recording `mbid`, by rank; at most 100. */
  ofRecording(mbid: string): CatalogueTrack[];
  /** Tracks with the ISRC, by rank; at most 100. */
  ofIsrc(isrc: string): CatalogueTrack[];
  /** Tracks whose whole title, or whole artist and title, are these terms, by rank; `isCut` when there are more than `most`. */
  named(terms: string, most: number): { rows: CatalogueTrack[]; isCut: boolean };
}

/** A recording stands on so many albums, and an ISRC on so many recordings, that more say nothing. */
const MOST_ROWS = 100;
/** 4 MiB of pages. */
const CACHE_PAGES = 1024;

/** The candidates of `snapshot`. `FILE_MISSING`, `SEARCH_INDEX_DAMAGED`. */
export function openCandidates(disk: Disk, snapshot: Snapshot): CandidateSource {
  const file = path.join(snapshot.directory, partName('tracks', 'whole'));
  const checked = openChecked(disk, file, { kind: 'whole', cache: startPageCache(CACHE_PAGES) });
  const names = openWholeNames(checked, file);
  return {
    snapshotId: snapshot.manifest.id,
    ofRecording: (mbid) => [
      ...snapshot.tracksByRecording(`mbid:${mbid}`, { limit: MOST_ROWS }).rows,
    ],
    ofIsrc: (isrc) => [...snapshot.tracksByIsrc(isrc, { limit: MOST_ROWS }).rows],
    named(terms, most) {
      const hash = startNameHash();
      for (const term of terms.split(' ')) addTermHash(hash, hashTerm(Buffer.from(term)));
      const ranks = names.find(hash, most + 1);
      const rows = snapshot.tracksAt(ranks.slice(0, most)).filter((row) => row !== undefined);
      return { rows, isCut: ranks.length > most };
    },
    [Symbol.dispose]: () => checked[Symbol.dispose](),
  };
}
