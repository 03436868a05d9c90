/**
 * Rows of a Parquet file that stand there as the catalogue keeps them, copied by DuckDB to shards, a stretch of the file for
 * each piece: in one thread a door, since several would give other files each time, and stretches side by side.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { syncFile } from '../base/durable.ts';
import { quoted, type Tables } from '../tables/tables.ts';
import { type Session, StaleState } from './import-session.ts';
import { type PlainColumns, ROW_NUMBER } from './plain-columns.ts';
import type { Shard } from './shards.ts';
import { digestFile } from './source-files.ts';

/** What is copied. */
export interface PlainCopy {
  readonly file: string;
  /** What its records are called in counts. */
  readonly kind: string;
  readonly rows: number;
  /** About as many become a piece. */
  readonly stretchRows: number;
  readonly plain: PlainColumns;
}

/** What it is copied with. */
export interface PlainCopying {
  readonly doors: readonly Tables[];
  readonly disk: Disk;
  /** The folder of the import. */
  readonly directory: string;
  readonly session: Session;
  /** Asked between pieces; false when it is time to stop. */
  readonly goesOn: () => boolean;
}

interface StretchCopying extends PlainCopying {
  /** Which of the doors is gone through. */
  readonly lane: number;
  readonly finished: readonly Shard[] | undefined;
}

/** What came of a stretch of rows. */
interface Copied {
  readonly records: number;
  readonly tables: readonly Shard[];
}

/** Without dictionaries, which would save a tenth of the bytes for a fifth more time. */
const PARQUET =
  'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 1, USE_TMP_FILE false';

/** Copies what can be copied; returns how many rows are left for the long way, undefined when it was stopped. `TABLES_SQL`. */
export async function copyPlainRows(
  copy: PlainCopy,
  copying: PlainCopying,
): Promise<number | undefined> {
  const { doors, session, disk, directory, goesOn } = copying;
  const stretches = await stretchesOf(doors[0]!, copy);
  const running: Promise<Copied>[] = [];
  let started = 0;
  let left = copy.rows;
  session.endPiece();
  try {
    for (let taken = 0; taken < stretches.length; taken += 1) {
      for (; started < stretches.length && running.length < doors.length; started += 1) {
        const finished = session.finishedPiece(running.length);
        const lane = started % doors.length;
        const stretch = copyStretch(copy, stretches[started]!, { ...copying, lane, finished });
        // It may fail while one before it is waited for.
        stretch.catch(() => {});
        running.push(stretch);
      }
      const { records, tables } = await running.shift()!;
      session.takePiece(copy.kind, records, tables);
      left -= records;
      if (!goesOn()) return undefined;
    }
    return left;
  } finally {
    await Promise.allSettled(running);
    for (const lane of doors.keys())
      for (const { table } of copy.plain.tables) disk.unlink(temporary(directory, lane, table));
  }
}

/**
 * A condition for each stretch on the places of its rows. They end where row groups do, since of a row group that two have part in
 * both read all.
 */
async function stretchesOf(tables: Tables, { file, stretchRows }: PlainCopy): Promise<string[]> {
  const groups = `SELECT DISTINCT row_group_id AS id, row_group_num_rows AS rows FROM parquet_metadata(${quoted(file)})`;
  const ends = `SELECT sum(rows) OVER (ORDER BY id) AS upto FROM (${groups})`;
  const last = await tables.rows(
    `SELECT max(upto)::BIGINT FROM (${ends}) GROUP BY (upto - 1) // ${stretchRows} ORDER BY 1`,
  );
  const upto = last.map(([end]) => Number(end));
  return upto.map((end, number) => {
    const isBefore = number + 1 < upto.length ? ` AND ${ROW_NUMBER} < ${end}` : '';
    return `${ROW_NUMBER} >= ${upto[number - 1] ?? 0}${isBefore}`;
  });
}

/** Copies the rows of which `within` holds, but counts them only where an earlier run `finished` the piece. */
async function copyStretch(
  { file, plain }: PlainCopy,
  within: string,
  { doors, disk, directory, lane, finished }: StretchCopying,
): Promise<Copied> {
  const tables = doors[lane]!;
  const source = `read_parquet(${quoted(file)}, ${ROW_NUMBER} = true)`;
  const plainRows = `${within} AND ${plain.test}`;
  if (finished) {
    const records = await countRows(tables, `${source} WHERE ${plainRows}`);
    const isSame = finished.every(({ table, rows }) => rows === records || table === 'features');
    if (!isSame) throw new StaleState();
    return { records, tables: finished };
  }
  let where = plainRows;
  let records = 0;
  const written: Shard[] = [];
  for (const [index, { table, columns, when }] of plain.tables.entries()) {
    const part = temporary(directory, lane, table);
    disk.unlink(part);
    await tables.run(
      `COPY (SELECT ${columns} FROM ${source} WHERE ${where} AND ${when}) TO ${quoted(part)} (${PARQUET})`,
    );
    const rows = await countRows(tables, `read_parquet(${quoted(part)})`);
    if (index === 0) {
      records = rows;
      // Where all rows went into the first table, nothing is asked of them again for the others.
      if (rows === (await countRows(tables, `${source} WHERE ${within}`))) where = within;
    }
    if (rows === 0) continue;
    syncFile(disk, part);
    const { bytes, sha256 } = (await digestFile(disk, part))!;
    written.push({ table, rows, file: part, bytes, sha256 });
  }
  return { records, tables: written };
}

async function countRows(tables: Tables, from: string): Promise<number> {
  const [[count] = []] = await tables.rows(`SELECT count(*) FROM ${from}`);
  return Number(count);
}

function temporary(directory: string, lane: number, table: string): string {
  return path.join(directory, `plain-${lane}-${table}.part`);
}
