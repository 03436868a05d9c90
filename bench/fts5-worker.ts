/**
 * A thread that writes rows into a table of SQLite FTS5: `workerData` is its file, each message a batch of rows, `null` the
 * end. Texts are folded as our search folds them, outside the time that is told; each batch is answered with its number of
 * rows, the end with what writing took.
 */
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { termsOf } from '../src/model/search-terms.ts';

/** Rank, title, artist, album, year. */
export type IndexedRow = readonly [number, string, string, string, string];

/** What SQLite may keep of its file, and FTS5 of words before it writes a segment: what makes them quickest here. */
const CACHE_KIB = 512 * 1024;
const HASH_BYTES = 256 * 2 ** 20;

const database = new DatabaseSync(workerData as string);
database.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
  PRAGMA cache_size = -${CACHE_KIB}; PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY;
  CREATE VIRTUAL TABLE words USING fts5(title, artist, album, year, content='', columnsize=0, detail=full, prefix='2 3', tokenize="unicode61 remove_diacritics 0");
  INSERT INTO words(words, rank) VALUES('hashsize', ${HASH_BYTES});
  BEGIN`);
const insert = database.prepare(
  'INSERT INTO words(rowid, title, artist, album, year) VALUES (?, ?, ?, ?, ?)',
);
const port = parentPort!;
let tookMs = 0;

port.on('message', (rows: readonly IndexedRow[] | null) => {
  if (rows === null) {
    timed(() => database.exec(`INSERT INTO words(words) VALUES ('optimize'); COMMIT`));
    database.close();
    port.postMessage({ tookMs });
    port.close();
    return;
  }
  const folded = rows.map(
    ([rank, title, artist, album, year]) =>
      [rank, ...[title, artist, album].map((text) => termsOf(text).join(' ')), year] as const,
  );
  timed(() => {
    for (const row of folded) insert.run(...row);
  });
  port.postMessage({ rows: rows.length });
});

function timed(work: () => void): void {
  const started = performance.now();
  work();
  tookMs += performance.now() - started;
}
