/**
 * The statements before the first query: views over the tables of the snapshot, and small tables of all that a query is
 * told besides. They are published too, so that the queries can be run again by anybody who has the snapshot.
 */
import { sha256 } from '../base/digest.ts';
import { FLAGS, PRODUCTIVE_TRACKS } from '../model/flags.ts';
import { modelledListens } from '../model/listening-model.ts';
import { quoted } from '../tables/tables.ts';
import { genreWords } from './genre-words.ts';
import type { ReportInput } from './report-input.ts';

/** A statement, and as it is published where the two differ: there, files are named from the folder of the snapshot. */
export interface Statement {
  readonly sql: string;
  readonly shown: string;
}

/** Bits of a second of an original: Ogg Vorbis q5, as the published archive of 2025 kept it. */
const ORIGINAL_BITS = 160_000;
/** Bits of a second of the tail: Ogg Opus. */
const TAIL_BITS = 75_000;
/** US dollars a stream: from, as told for 2016, and to. The meaning of `payment` says by whom. */
const RATES = [0.003, 0.00437, 0.005] as const;
const TOP_TRACKS = 10_000;
/** Points of the coverage curve. */
const PARTS = 1000;
const DRAWN = 20;
/** A value to each row, rows together in one statement. */
type Row = readonly (string | number | null)[];

/** All statements for `input`. The draw of random tracks is `drawStatement`, which needs counts first. */
export function setupStatements(input: ReportInput): Statement[] {
  const { head, sources, held } = input;
  return [
    ...(['tracks', 'albums', 'artists'] as const).map((kind) => {
      const view = (source: string) =>
        `CREATE VIEW ${kind} AS SELECT file_row_number AS rank, * EXCLUDE (file_row_number) FROM ${source}`;
      const shown = `read_parquet('statistics/${kind}.parquet', file_row_number = true)`;
      return { sql: view(input.tables[kind]), shown: view(shown) };
    }),
    settings(input),
    table('listening_model (popularity BIGINT, listens BIGINT, low BIGINT, high BIGINT)', [
      ...Array.from({ length: 101 }, (_, popularity) => modelRow(popularity)),
      modelRow(null),
    ]),
    table(
      'flag_names (bit INTEGER, flag VARCHAR, says VARCHAR)',
      FLAGS.map(({ name, says }, bit) => [bit, name, says]),
    ),
    ...toldStatements(input),
    table('genre_words (place INTEGER, family VARCHAR, word VARCHAR)', genreWords()),
    table(
      'sources (source INTEGER, name VARCHAR, dump_date VARCHAR, licence VARCHAR, tracks_read BIGINT, tracks_kept BIGINT)',
      sources.map(({ tracksRead, tracksKept }, at) => {
        const { source, date, licence } = head.sources[at]!;
        return [at, source, date, licence, tracksRead, tracksKept];
      }),
    ),
    table(
      'merges (kind VARCHAR, reason VARCHAR, merged BIGINT)',
      input.merges.map(({ table: kind, reason, rows }) => [kind, reason, rows]),
    ),
    imported(input),
    table(
      'held (kind VARCHAR, format VARCHAR, state VARCHAR, files BIGINT, size_bytes BIGINT)',
      held.map(({ kind, format, state, files, sizeBytes }) => [
        kind,
        format,
        state,
        files,
        sizeBytes,
      ]),
    ),
  ];
}

/** What the archive tells of names and of the sound of what is held: the statistics tables have neither. */
function toldStatements({ told, titles, sounds }: ReportInput): Statement[] {
  const bits = told.map((flag) => ({
    ...flag,
    bit: FLAGS.findIndex(({ name }) => name === flag.name),
  }));
  return [
    table(
      'told_flags (bit INTEGER, tracks BIGINT)',
      bits.map(({ bit, tracks }) => [bit, tracks]),
    ),
    table(
      'told_flagged (bit INTEGER, rank BIGINT)',
      bits.flatMap(({ bit, first }) => first.map((rank) => [bit, rank] as const)),
    ),
    table(
      'held_sounds (files BIGINT, fingerprints BIGINT)',
      sounds.map(({ files, fingerprints }) => [files, fingerprints]),
    ),
    table(
      'told_titles (title VARCHAR, tracks BIGINT)',
      titles.map(({ title, tracks }) => [title, tracks]),
    ),
  ];
}

/** The statement that draws tracks for the samples: evenly, and the same for the same snapshot. */
export function drawStatement(
  snapshot: string,
  { tracks, heard }: { tracks: number; heard: number },
): Statement {
  const rows = [
    ...drawn(`${snapshot} shuffle`, tracks).map((rank, at) => ['shuffle', at, rank] as const),
    ...drawn(`${snapshot} heard`, heard).map((rank, at) => ['shuffle-heard', at, rank] as const),
  ];
  return table('drawn (draw VARCHAR, place INTEGER, rank BIGINT)', rows);
}

/** Numbers below `count`, each once, in the order they are drawn: 48 bits of a digest, which bias nothing visibly. */
function drawn(seed: string, count: number): number[] {
  const ranks = new Set<number>();
  for (let turn = 0; ranks.size < Math.min(DRAWN, count); turn += 1)
    ranks.add(Number.parseInt(sha256(`${seed} ${turn}`).slice(0, 12), 16) % count);
  return [...ranks];
}

/** Small catalogues get wider classes; nothing is ever smoothed. */
function settings({ head: { rows }, classedBy: tracks, year }: ReportInput): Statement {
  const values = {
    popularity_bin: tracks >= 10_000 ? 1 : tracks >= 1000 ? 5 : 10,
    duration_bin_s: tracks >= 100_000 ? 1 : tracks >= 10_000 ? 5 : 15,
    tempo_bin: tracks >= 10_000 ? 2 : tracks >= 1000 ? 5 : 10,
    loudness_bin: tracks >= 1000 ? 1 : 2,
    year_bin: tracks >= 1000 ? 1 : 5,
    part_tracks: Math.max(1, Math.ceil(rows.tracks / PARTS)),
    top_tracks: TOP_TRACKS,
    productive_tracks: PRODUCTIVE_TRACKS,
    snapshot_year: year === null ? 'NULL::INTEGER' : year,
    original_bits: `${ORIGINAL_BITS}::BIGINT`,
    tail_bits: `${TAIL_BITS}::BIGINT`,
    rate_low: RATES[0],
    rate_2016: RATES[1],
    rate_high: RATES[2],
  };
  const columns = Object.entries(values).map(([name, value]) => `${value} AS ${name}`);
  return same(`CREATE TABLE settings AS SELECT\n  ${columns.join(',\n  ')}`);
}

function imported({ sources }: ReportInput): Statement {
  const present = sources.flatMap(({ tracks }, at) =>
    tracks === null ? [] : [`SELECT ${at} AS source, id, isrcs FROM ${tracks}`],
  );
  const none = 'SELECT 0 AS source, NULL::VARCHAR AS id, NULL::VARCHAR[] AS isrcs WHERE false';
  const sql = `CREATE VIEW imported AS ${present.join(' UNION ALL ') || none}`;
  // The imports lie outside the snapshot and may go: without them the rest of the queries can still be asked.
  const shown = `-- In the report: the tracks of the imports, with the number of their source.\nCREATE VIEW imported AS ${none}`;
  return { sql, shown };
}

function modelRow(popularity: number | null): Row {
  const { listens, low, high } = modelledListens(popularity);
  return [popularity, listens, low, high];
}

function table(definition: string, rows: readonly Row[]): Statement {
  const name = definition.slice(0, definition.indexOf(' '));
  if (rows.length === 0) return same(`CREATE TABLE ${definition}`);
  const columns = definition.slice(definition.indexOf('(') + 1, -1).split(', ');
  const cast = columns.map((column) => column.replace(/^(\S+) (.+)$/, '$1::$2 AS $1'));
  const names = columns.map((column) => column.split(' ')[0]);
  const values = rows.map((row) => `(${row.map(literal).join(', ')})`);
  return same(
    `CREATE TABLE ${name} AS SELECT ${cast.join(', ')}\nFROM (VALUES\n  ${values.join(',\n  ')}\n) AS given (${names.join(', ')})`,
  );
}

function literal(value: string | number | null): string {
  return value === null ? 'NULL' : typeof value === 'number' ? String(value) : quoted(value);
}

function same(sql: string): Statement {
  return { sql, shown: sql };
}
