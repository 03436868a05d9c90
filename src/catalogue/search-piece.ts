/**
 * Documents that follow one another, taken apart: their words as runs, the marks of neighbours, the hashes of whole names.
 * Documents are counted from the first of the piece, so that any thread may make one, whichever place it takes.
 */
import { type DocumentTerms, emptyName, startDocumentTerms } from './document-terms.ts';
import { startPostingRun } from './posting-run.ts';
import type { SearchBatch, SearchGroup, SearchPiece } from './search-documents.ts';
import { addTermHash, putName, startNameHash, WHOLE_WORDS } from './whole-names.ts';

/** Documents of a piece, but for the last of an index: as many as a row group of the tables beside it. */
export const PIECE_DOCUMENTS = 122_880;
/** Postings gathered before a run is written: 12 bytes of memory each. Mostly a piece is one run. */
const RUN_POSTINGS = 2 ** 22;
const TITLE = 1;
const ARTIST = 2;
const ALBUM = 4;

/** A piece being made. */
export interface SearchPieceMaker {
  readonly documents: number;
  /** Takes the rows of `batch` from number `from` to `end`. */
  add(batch: SearchBatch, from: number, end: number): void;
  /** The piece of what came since the last; at most `PIECE_DOCUMENTS`. */
  take(): SearchPiece;
}

/** Nothing of a piece of `group`, with runs of about `runPostings` postings. */
export function startSearchPieces(
  group: SearchGroup,
  runPostings = RUN_POSTINGS,
): SearchPieceMaker {
  const run = startPostingRun(runPostings);
  const terms = startDocumentTerms(run);
  const [title, artist, album] = [emptyName(), emptyName(), emptyName()];
  const own = { tracks: title, albums: album, artists: artist }[group];
  const marks = new Int32Array(PIECE_DOCUMENTS);
  const whole = new Uint32Array(PIECE_DOCUMENTS * 2 * WHOLE_WORDS);
  let runs: Uint8Array<ArrayBuffer>[] = [];
  let documents = 0;
  let used = 0;
  const flush = () => {
    if (run.count === 0) return;
    runs.push(run.flush());
    terms.startRun();
  };
  const noteWhole = (names: readonly (typeof title)[]) => {
    const hash = startNameHash();
    for (const { hashes, hashCount } of names)
      for (let at = 0; at < hashCount; at += 1) addTermHash(hash, hashes[at]!);
    putName(whole, used, hash, documents);
    used += WHOLE_WORDS;
  };
  return {
    get documents() {
      return documents;
    },
    add(batch, from, end) {
      for (let row = from; row < end; row += 1) {
        if (run.isFull) flush();
        run.startDocument(documents);
        terms.addName(title, batch.title?.[row], TITLE);
        terms.addName(artist, batch.artist?.[row], ARTIST);
        terms.addName(album, batch.album?.[row], ALBUM);
        marks[documents] = title.marks | artist.marks | album.marks;
        if (own.hashCount > 0) {
          noteWhole([own]);
          if (own !== artist && artist.hashCount > 0) noteWhole([artist, own]);
        }
        addRest(terms, batch, row);
        documents += 1;
      }
    },
    take() {
      flush();
      const taken = {
        ...{ documents, runs },
        ...{ marks: marks.slice(0, documents), whole: whole.slice(0, used) },
      };
      [runs, documents, used] = [[], 0, 0];
      return taken;
    },
  };
}

function addRest(terms: DocumentTerms, batch: SearchBatch, row: number): void {
  const label = batch.label?.[row];
  if (label) terms.addOwn('label', label);
  const year = batch.year?.[row];
  if (year !== null && year !== undefined && year >= 1000 && year < 3000) {
    terms.addPlain('year', String(year));
    terms.addPlain('decade', String(Math.floor(year / 10)));
  }
  const genres = batch.genres?.[row];
  if (genres) for (const genre of genres) terms.addOwn('genre', genre);
  const licence = batch.licence?.[row];
  if (licence) {
    terms.addPlain('licence', '');
    terms.addOwn('licence', licence);
  }
  if (batch.explicit?.[row]) terms.addPlain('explicit', '');
}
