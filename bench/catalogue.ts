/**
 * The catalogue beside other engines over the same rows: `node bench/catalogue.ts [tracks] [questions of a class]`.
 *
 * Generates, imports and builds as `catalogue bench` does, then writes our search index and a table of SQLite FTS5 from the
 * same rows in the same order, asks both the same questions, and lets DuckDB answer look-ups and words from the Parquet
 * files of the imports. FTS5 gets the words as we fold them; the time of folding is not in its figures, and is in ours.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { fixedClock, systemClock } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { benchCatalogue } from '../src/benching/bench-catalogue.ts';
import { benchTable } from '../src/benching/bench-report.ts';
import { timesOf } from '../src/benching/percentiles.ts';
import {
  type BenchQuestion,
  makeQuestions,
  QUESTION_CLASSES,
  type QuestionClass,
} from '../src/benching/question-classes.ts';
import { type SampledTrack, sampleTracks } from '../src/benching/sample-tracks.ts';
import { searchRows } from '../src/benching/search-rows.ts';
import { openSearch } from '../src/catalogue/search-engine.ts';
import { startSearchWriter } from '../src/catalogue/search-writer.ts';
import type { Snapshot } from '../src/catalogue/snapshot-look-up.ts';
import { openSnapshot } from '../src/catalogue/snapshot-open.ts';
import { termsOf } from '../src/model/search-terms.ts';
import { openTables } from '../src/tables/open-tables.ts';

const ROWS = Number(process.argv[2] ?? 10_000_000);
const QUESTIONS = Number(process.argv[3] ?? 200);
const BATCH = 1000;
const HITS = 20;
/** Rows between two commits of SQLite, and its cache: what makes it quickest here. */
const COMMIT_ROWS = 500_000;
const CACHE_KIB = 512 * 1024;
/** DuckDB reads all of a column for each question, so it is asked fewer. */
const DUCKDB_QUESTIONS = 10;

const folder = fs.mkdtempSync(
  path.join(process.env.BENCH_DIR ?? os.tmpdir(), 'fonoteca-catalogue-'),
);
const print = (line: string) => process.stdout.write(`${line}\n`);
const catalogue = { seed: 1, rows: ROWS, revision: 1 };
const report = await benchCatalogue(
  {
    ...catalogue,
    ...{ folder: path.join(folder, 'ours'), questions: QUESTIONS },
    ...{ threads: os.availableParallelism(), keepsImports: true },
  },
  { disk: realDisk, clock: systemClock, watch: unwatched },
);
print(`${benchTable(report)}\n`);
const snapshots = path.join(folder, 'ours/catalogue/snapshots');
const directory = path.join(snapshots, fs.readdirSync(snapshots)[0]!);
const database = new DatabaseSync(path.join(folder, 'fts5.db'));

/** What writing an index cost. */
interface Built {
  readonly seconds: number;
  readonly bytes: number;
}

function write(snapshot: Snapshot): { ours: Built; theirs: Built } {
  const place = path.join(folder, 'index');
  const temporary = path.join(folder, 'runs');
  for (const made of [place, temporary]) fs.mkdirSync(made);
  const writer = startSearchWriter(realDisk, { directory: place, temporary, group: 'tracks' });
  database.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    PRAGMA cache_size = -${CACHE_KIB}; PRAGMA locking_mode = EXCLUSIVE;
    CREATE VIRTUAL TABLE words USING fts5(title, artist, album, year, content='', detail=full, prefix='2 3', tokenize="unicode61 remove_diacritics 0");
    BEGIN`);
  const insert = database.prepare(
    'INSERT INTO words(rowid, title, artist, album, year) VALUES (?, ?, ?, ?, ?)',
  );
  const ms = { ours: 0, theirs: 0 };
  for (let rank = 0; rank < report.shape.tracks; rank += BATCH) {
    const ranks = Array.from({ length: BATCH }, (_, at) => rank + at);
    const rows = snapshot.tracksAt(ranks).filter((row) => row !== undefined);
    const started = performance.now();
    writer.add({
      count: rows.length,
      title: rows.map(({ title }) => title),
      artist: rows.map(({ artist }) => artist),
      album: rows.map(({ album }) => album),
      year: rows.map(({ releaseDate }) => Number(releaseDate?.slice(0, 4) ?? 0)),
    });
    ms.ours += performance.now() - started;
    const folded = rows.map((row) =>
      [row.title, row.artist, row.album ?? ''].map((text) => termsOf(text).join(' ')),
    );
    const inserting = performance.now();
    for (const [at, row] of rows.entries())
      insert.run(
        row.rank,
        ...(folded[at] as [string, string, string]),
        row.releaseDate?.slice(0, 4) ?? '',
      );
    if (rank % COMMIT_ROWS === 0) database.exec('COMMIT; BEGIN');
    ms.theirs += performance.now() - inserting;
  }
  const finishing = performance.now();
  writer.finish();
  ms.ours += performance.now() - finishing;
  const committing = performance.now();
  database.exec(`COMMIT; INSERT INTO words(words) VALUES ('optimize')`);
  ms.theirs += performance.now() - committing;
  const bytes = fs.readdirSync(place).map((name) => fs.statSync(path.join(place, name)).size);
  return {
    ours: { seconds: ms.ours / 1000, bytes: bytes.reduce((sum, size) => sum + size, 0) },
    theirs: { seconds: ms.theirs / 1000, bytes: fs.statSync(path.join(folder, 'fts5.db')).size },
  };
}

/** A question as FTS5 asks it: every word in quotes, so that none is an operator. */
function matchOf({ text, typing }: BenchQuestion): string {
  const parts = text.match(/\w+:\S+|"[^"]*"|\S+/gu) ?? [];
  return parts
    .map((part, at) => {
      const [, field, value = part] = /^(\w+):(\S+)$/u.exec(part) ?? [];
      const years = /^(\d{4})\.\.(\d{4})$/.exec(value);
      if (field === 'year' && years) {
        const [from, to] = [Number(years[1]), Number(years[2])];
        const all = Array.from({ length: to - from + 1 }, (_, year) => `"${from + year}"`);
        return `(year : (${all.join(' OR ')}))`;
      }
      const phrase = `"${termsOf(value).join(' ')}"`;
      const half = typing && at === parts.length - 1 ? `${phrase} *` : phrase;
      return field === undefined ? half : `(${field} : ${half})`;
    })
    .join(' AND ');
}

function timed(questions: readonly BenchQuestion[], ask: (question: BenchQuestion) => unknown) {
  for (const question of questions) ask(question);
  return timesOf(
    questions.map((question) => {
      const started = performance.now();
      ask(question);
      return performance.now() - started;
    }),
  );
}

const ratio = (theirs: number, ours: number) => (theirs / ours).toFixed(2);

function compare(snapshot: Snapshot, tracks: readonly SampledTrack[]): void {
  const { ours, theirs } = write(snapshot);
  print('| index of tracks | ours | FTS5 | FTS5 : ours |');
  print('|---|---|---|---|');
  print(
    `| written in | ${ours.seconds.toFixed(1)} s | ${theirs.seconds.toFixed(1)} s | ${ratio(theirs.seconds, ours.seconds)} |`,
  );
  print(
    `| size | ${(ours.bytes / 1e6).toFixed(1)} MB | ${(theirs.bytes / 1e6).toFixed(1)} MB | ${ratio(theirs.bytes, ours.bytes)} |\n`,
  );
  const rows = searchRows(snapshot);
  using search = openSearch(realDisk, { directory, rows, clock: fixedClock('2026-01-01') });
  const select = database.prepare(
    `SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ${HITS}`,
  );
  const questions = makeQuestions(tracks, QUESTIONS);
  print('| class | ours p50, p99 | FTS5 p50, p99 | FTS5 : ours | as many hits |');
  print('|---|---|---|---|---|');
  const ask = ({ text, typing }: BenchQuestion) =>
    search.search({ text, typing, group: 'tracks', limit: HITS, cursor: null }).hits.length;
  const askFts5 = (question: BenchQuestion) => select.all(matchOf(question)).length;
  for (const kind of QUESTION_CLASSES) {
    const own = timed(questions[kind], ask);
    const ownTimes = `${own.p50Ms.toFixed(2)}, ${own.p99Ms.toFixed(2)} ms`;
    if (!canAsk(kind)) {
      print(`| ${kind} | ${ownTimes} | has no such question | | |`);
      continue;
    }
    const other = timed(questions[kind], askFts5);
    const alike = questions[kind].filter((question) => ask(question) === askFts5(question)).length;
    print(
      `| ${kind} | ${ownTimes} | ${other.p50Ms.toFixed(2)}, ${other.p99Ms.toFixed(2)} ms | ${ratio(other.p50Ms, own.p50Ms)}, ${ratio(other.p99Ms, own.p99Ms)} | ${alike} of ${questions[kind].length} |`,
    );
  }
}

function canAsk(kind: QuestionClass): boolean {
  return kind !== 'typo';
}

async function compareDuckDb(snapshot: Snapshot, tracks: readonly SampledTrack[]): Promise<void> {
  const work = path.join(folder, 'duckdb');
  fs.mkdirSync(work);
  const imports = path.join(folder, 'ours/catalogue/imports');
  const limits = { memoryBytes: 4e9, threads: os.availableParallelism() };
  await using tables = await openTables({ work, folders: [imports], ...limits });
  const from = `read_parquet('${imports}/*/tracks-*.parquet')`;
  const sample = tracks.filter(({ isrc }) => isrc !== null).slice(0, DUCKDB_QUESTIONS);
  const asked: readonly [
    string,
    string,
    (track: SampledTrack) => string,
    (track: SampledTrack) => unknown,
  ][] = [
    [
      'look-up by id',
      'id = $1',
      ({ id }) => `table-bench:${id}`,
      ({ id }) => snapshot.track(`table-bench:${id}`),
    ],
    [
      'look-up by ISRC',
      'list_contains(isrcs, $1)',
      ({ isrc }) => isrc!,
      ({ isrc }) => snapshot.tracksByIsrc(isrc!, { limit: HITS }),
    ],
    ['title that equals', 'title = $1', ({ title }) => title, () => undefined],
    ['title that contains', 'contains(title, $1)', ({ title }) => title, () => undefined],
  ];
  print('\n| question | ours p50 | DuckDB p50, over Parquet | DuckDB : ours |');
  print('|---|---|---|---|');
  for (const [name, where, value, own] of asked) {
    const theirs: number[] = [];
    for (const track of sample) {
      const started = performance.now();
      await tables.rows(`SELECT id, title FROM ${from} WHERE ${where} LIMIT ${HITS}`, [
        value(track),
      ]);
      theirs.push(performance.now() - started);
    }
    for (const track of sample) own(track);
    const ours = timesOf(
      sample.map((track) => {
        const started = performance.now();
        own(track);
        return performance.now() - started;
      }),
    );
    const told = name.startsWith('look-up')
      ? `${ours.p50Ms.toFixed(3)} ms`
      : 'see the classes above';
    const other = timesOf(theirs).p50Ms;
    const times = name.startsWith('look-up') ? ratio(other, ours.p50Ms) : '';
    print(`| ${name} | ${told} | ${other.toFixed(1)} ms | ${times} |`);
  }
}

{
  using snapshot = openSnapshot(realDisk, directory);
  const tracks = sampleTracks(catalogue, 20_000);
  compare(snapshot, tracks);
  await compareDuckDb(snapshot, tracks);
}
database.close();
fs.rmSync(folder, { recursive: true });
