/**
 * The catalogue beside other engines over the same rows: `node bench/catalogue.ts [tracks] [questions of a class] [folder]`.
 *
 * Generates, imports and builds as `catalogue bench` does; writes our search index and a table of SQLite FTS5 from the same
 * rows in the same order, side by side, a core each; asks both the same questions; lets DuckDB answer look-ups and words from
 * the Parquet files of the imports. After each part its figures are in `engines.json` of the folder: a part that fails loses
 * no other, and the same command goes on with those that are missing. FTS5 gets the words as we fold them; the time of folding
 * is not in its figures, and is in ours.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { benchCatalogue } from '../src/benching/bench-catalogue.ts';
import { benchTable } from '../src/benching/bench-report.ts';
import { type Times, timesOf } from '../src/benching/percentiles.ts';
import {
  type BenchQuestion,
  makeQuestions,
  QUESTION_CLASSES,
} from '../src/benching/question-classes.ts';
import { type SampledTrack, sampleTracks } from '../src/benching/sample-tracks.ts';
import { searchRows } from '../src/benching/search-rows.ts';
import { openSearch } from '../src/catalogue/search-engine.ts';
import { startSearchWriter } from '../src/catalogue/search-writer.ts';
import { openCurrentSnapshot } from '../src/catalogue/snapshot-open.ts';
import { openTables } from '../src/tables/open-tables.ts';
import { matchOf, startFts5 } from './fts5.ts';

const ROWS = Number(process.argv[2] ?? 10_000_000);
const QUESTIONS = Number(process.argv[3] ?? 200);
const folder = path.resolve(process.argv[4] ?? path.join(os.tmpdir(), 'fonoteca-engines'));
const BATCH = 1000;
const HITS = 20;
/** What took longer is counted: our search ends its answer there, the others go on. */
const LIMIT_MS = 250;
/** A class of questions is asked no longer than this by each engine, twice. */
const CLASS_LIMIT_MS = 15_000;
/** DuckDB reads all of a column for each question, so it is asked fewer. */
const DUCKDB_QUESTIONS = 10;
const TOLD_ROWS = 1_000_000;

const catalogue = { seed: 1, rows: ROWS, revision: 1 };
const ours = path.join(folder, 'ours');
const [fts5File, figuresFile] = ['fts5.db', 'engines.json'].map((name) => path.join(folder, name));
const tell = (line: string) => process.stderr.write(`${line}\n`);
const openOurs = () => openCurrentSnapshot(realDisk, path.join(ours, 'catalogue'));
const ratio = (theirs: number, own: number) => (theirs / own).toFixed(2);
const p50p99 = ({ p50Ms, p99Ms }: Times) => `${p50Ms.toFixed(2)}, ${p99Ms.toFixed(2)} ms`;

/** The figures of a part as they are kept, and as lines of Markdown. */
interface Part {
  readonly figures: unknown;
  readonly lines: readonly string[];
}

async function measureOurs(): Promise<Part> {
  let told = '';
  const progress = ({ stage, item = '' }: { stage: string; item?: string | undefined }) => {
    if (stage !== told) tell(`${stage} ${item}`);
    told = stage;
  };
  const report = await benchCatalogue(
    {
      ...{ ...catalogue, folder: ours, questions: QUESTIONS },
      ...{ threads: os.availableParallelism(), keepsImports: true },
    },
    { disk: realDisk, clock: systemClock, watch: { ...unwatched, progress } },
  );
  return { figures: report, lines: [benchTable(report)] };
}

/** Writes both indexes from rows that are read once. */
async function writeIndexes(): Promise<Part> {
  const [place, temporary] = ['index', 'runs'].map((name) => path.join(folder, name));
  for (const made of [place!, temporary!]) {
    fs.rmSync(made, { recursive: true, force: true });
    fs.mkdirSync(made);
  }
  fs.rmSync(fts5File!, { force: true });
  using snapshot = openOurs();
  const writer = startSearchWriter(realDisk, {
    ...{ directory: place!, temporary: temporary!, group: 'tracks' },
  });
  await using fts5 = startFts5(fts5File!);
  let ownMs = 0;
  const own = (work: () => void) => {
    const started = performance.now();
    work();
    ownMs += performance.now() - started;
  };
  for (let rank = 0; rank < ROWS; rank += BATCH) {
    const ranks = Array.from({ length: Math.min(BATCH, ROWS - rank) }, (_, at) => rank + at);
    const rows = snapshot.tracksAt(ranks).filter((row) => row !== undefined);
    const years = rows.map(({ releaseDate }) => releaseDate?.slice(0, 4) ?? '');
    await fts5.add(
      rows.map((row, at) => [row.rank, row.title, row.artist, row.album ?? '', years[at]!]),
    );
    own(() =>
      writer.add({
        count: rows.length,
        title: rows.map(({ title }) => title),
        artist: rows.map(({ artist }) => artist),
        album: rows.map(({ album }) => album),
        year: years.map(Number),
      }),
    );
    if ((rank + BATCH) % TOLD_ROWS === 0)
      tell(`${rank + BATCH} rows, ours ${(ownMs / 1000).toFixed(0)} s`);
  }
  own(() => writer.finish());
  const theirMs = await fts5.finish();
  const sizes = fs.readdirSync(place!).map((name) => fs.statSync(path.join(place!, name)).size);
  const figures = {
    ours: { seconds: ownMs / 1000, bytes: sizes.reduce((sum, size) => sum + size, 0) },
    fts5: { seconds: theirMs / 1000, bytes: fs.statSync(fts5File!).size },
  };
  const line = (name: string, unit: string, [a, b]: readonly [number, number]) =>
    `| ${name} | ${a.toFixed(1)} ${unit} | ${b.toFixed(1)} ${unit} | ${ratio(b, a)} |`;
  const { ours: mine, fts5: theirs } = figures;
  return {
    figures,
    lines: [
      '| index of tracks | ours | FTS5 | FTS5 : ours |',
      '|---|---|---|---|',
      line('written in', 's', [mine.seconds, theirs.seconds]),
      line('size', 'MB', [mine.bytes / 1e6, theirs.bytes / 1e6]),
    ],
  };
}

/** What asking a class took: the first round warms up and counts hits, the second is timed. */
function askAll(questions: readonly BenchQuestion[], ask: (question: BenchQuestion) => number) {
  const started = performance.now();
  const hits: number[] = [];
  for (const question of questions) {
    if (performance.now() - started > CLASS_LIMIT_MS) break;
    hits.push(ask(question));
  }
  const timesMs = questions.slice(0, hits.length).map((question) => {
    const asked = performance.now();
    ask(question);
    return performance.now() - asked;
  });
  return { hits, times: timesOf(timesMs), over: timesMs.filter((ms) => ms > LIMIT_MS).length };
}

function told({ times, over }: ReturnType<typeof askAll>) {
  return { ...times, over };
}

async function askBoth(): Promise<Part> {
  using snapshot = openOurs();
  const { directory } = snapshot;
  const rows = searchRows(snapshot);
  using search = openSearch(realDisk, { directory, rows, clock: systemClock });
  using database = new DatabaseSync(fts5File!, { readOnly: true });
  const select = database.prepare(
    `SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ${HITS}`,
  );
  const ask = ({ text, typing }: BenchQuestion) =>
    search.search({ text, typing, group: 'tracks', limit: HITS, cursor: null }).hits.length;
  const questions = makeQuestions(sampleTracks(catalogue, 20_000), QUESTIONS);
  const figures: Record<string, unknown> = {};
  const lines = [
    `| class | ours p50, p99 | FTS5 p50, p99 | FTS5 : ours | as many hits | over ${LIMIT_MS} ms, ours and FTS5 |`,
    '|---|---|---|---|---|---|',
  ];
  for (const kind of QUESTION_CLASSES) {
    const own = askAll(questions[kind], ask);
    // FTS5 has no words with a typo.
    const theirs =
      kind === 'typo'
        ? undefined
        : askAll(questions[kind], (question) => select.all(matchOf(question)).length);
    figures[kind] = { ours: told(own), fts5: theirs ? told(theirs) : null };
    const both = Math.min(own.hits.length, theirs?.hits.length ?? 0);
    const alike = own.hits.slice(0, both).filter((hits, at) => hits === theirs?.hits[at]).length;
    lines.push(
      theirs
        ? `| ${kind} | ${p50p99(own.times)} | ${p50p99(theirs.times)} | ${ratio(theirs.times.p50Ms, own.times.p50Ms)}, ${ratio(theirs.times.p99Ms, own.times.p99Ms)} | ${alike} of ${both} | ${own.over}, ${theirs.over} |`
        : `| ${kind} | ${p50p99(own.times)} | has no such question | | | ${own.over} |`,
    );
    tell(lines.at(-1)!);
  }
  return { figures, lines };
}

/** A question to DuckDB: its condition, its value of a track, and how we are asked the same, where we have it apart. */
type TableQuestion = readonly [
  name: string,
  where: string,
  value: (track: SampledTrack) => string,
  own?: (track: SampledTrack) => unknown,
];

async function askDuckDb(): Promise<Part> {
  using snapshot = openOurs();
  const work = path.join(folder, 'duckdb');
  fs.mkdirSync(work, { recursive: true });
  const imports = path.join(ours, 'catalogue/imports');
  const limits = { memoryBytes: 4e9, threads: os.availableParallelism() };
  await using tables = await openTables({ work, folders: [imports], ...limits });
  const from = `read_parquet('${imports}/*/tracks-*.parquet')`;
  const tracks = sampleTracks(catalogue, 20_000).filter(({ isrc }) => isrc !== null);
  const sample = tracks.slice(0, DUCKDB_QUESTIONS);
  const idOf = ({ id }: SampledTrack) => `table-bench:${id}`;
  const asked: readonly TableQuestion[] = [
    ['look-up by id', 'id = $1', idOf, (track) => snapshot.track(idOf(track))],
    [
      'look-up by ISRC',
      'list_contains(isrcs, $1)',
      ({ isrc }) => isrc!,
      ({ isrc }) => snapshot.tracksByIsrc(isrc!, { limit: HITS }),
    ],
    ['title that equals', 'title = $1', ({ title }) => title],
    ['title that contains', 'contains(title, $1)', ({ title }) => title],
  ];
  const figures: Record<string, unknown> = {};
  const lines = [
    '| question | ours p50 | DuckDB p50, over Parquet | DuckDB : ours |',
    '|---|---|---|---|',
  ];
  for (const [name, where, value, own] of asked) {
    const sql = `SELECT id, title FROM ${from} WHERE ${where} LIMIT ${HITS}`;
    const theirs = await timesOfEach(sample, (track) => tables.rows(sql, [value(track)]));
    await timesOfEach(own ? sample : [], async (track) => own?.(track));
    const mine = own && (await timesOfEach(sample, async (track) => own(track)));
    figures[name] = { ours: mine ?? null, duckdb: theirs };
    const shown = mine ? `${mine.p50Ms.toFixed(3)} ms` : 'see the classes above';
    const times = mine ? ratio(theirs.p50Ms, mine.p50Ms) : '';
    lines.push(`| ${name} | ${shown} | ${theirs.p50Ms.toFixed(1)} ms | ${times} |`);
  }
  return { figures, lines };
}

async function timesOfEach(
  tracks: readonly SampledTrack[],
  ask: (track: SampledTrack) => Promise<unknown>,
): Promise<Times> {
  const timesMs: number[] = [];
  for (const track of tracks) {
    const started = performance.now();
    await ask(track);
    timesMs.push(performance.now() - started);
  }
  return timesOf(timesMs);
}

const PARTS = { ours: measureOurs, indexes: writeIndexes, questions: askBoth, duckdb: askDuckDb };

fs.mkdirSync(folder, { recursive: true });
const before = fs.existsSync(figuresFile!)
  ? (JSON.parse(fs.readFileSync(figuresFile!, 'utf8')) as Record<string, unknown>)
  : {};
const known: Record<string, unknown> = before.rows === ROWS ? before : { rows: ROWS };
for (const [name, measure] of Object.entries(PARTS)) {
  if (known[name] !== undefined) continue;
  const started = performance.now();
  const cpu = process.cpuUsage();
  try {
    const { figures, lines } = await measure();
    known[name] = figures;
    fs.writeFileSync(figuresFile!, `${JSON.stringify(known, undefined, 2)}\n`);
    process.stdout.write(`${lines.join('\n')}\n\n`);
  } catch (error) {
    process.exitCode = 1;
    tell(`${name} failed: ${error instanceof Error ? error.stack : error}`);
  }
  const { user, system } = process.cpuUsage(cpu);
  const wall = (performance.now() - started) / 1000;
  tell(`${name}: ${wall.toFixed(0)} s, own processor ${((user + system) / 1e6).toFixed(0)} s`);
}
if (process.exitCode !== 1)
  for (const name of fs.readdirSync(folder))
    if (name !== 'engines.json') fs.rmSync(path.join(folder, name), { recursive: true });
