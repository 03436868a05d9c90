/** Puts together what was staged of an import's files, by the queries of its preset, and takes the rows into its session. */
import path from 'node:path';
import type { Watch } from '../base/progress.ts';
import { SQL_TYPES } from '../model/import-columns.ts';
import { openTables } from '../tables/open-tables.ts';
import { quoted } from '../tables/tables.ts';
import { stagedTables } from './compile-input.ts';
import { type Session, stagedShards } from './import-session.ts';
import type { Preset } from './preset.ts';
import { readSelect } from './read-select.ts';

/** DuckDB spills beyond this; joins of MusicBrainz at full size need about 20 GB of spill with it. */
const MEMORY_BYTES = 3 * 2 ** 30;
const THREADS = 2;

/** What queries are run with. */
export interface QueryOptions {
  readonly session: Session;
  readonly directory: string;
  readonly watch: Watch;
}

/** Runs the queries of `preset` in order. A staged table without a file is empty. `TABLES_SQL`, `TABLES_ENDED`. */
export async function runQueries(
  preset: Preset,
  { session, directory, watch }: QueryOptions,
): Promise<'done' | 'stopped'> {
  if (!preset.queries) return 'done';
  await using tables = await openTables({
    work: directory,
    folders: [directory],
    memoryBytes: MEMORY_BYTES,
    threads: THREADS,
  });
  for (const [table, fields] of stagedTables(preset)) {
    const files = stagedShards(session, table).map(({ file }) =>
      quoted(path.join(directory, file)),
    );
    const empty = fields
      .map(({ name, kind }) => `NULL::${SQL_TYPES[kind]} AS "${name}"`)
      .join(', ');
    const source =
      files.length === 0
        ? `SELECT ${empty} WHERE false`
        : `SELECT * FROM read_parquet([${files.join(', ')}])`;
    await tables.run(`CREATE VIEW "${table}" AS ${source}`);
  }
  for (const query of preset.queries) {
    const goesOn = () => {
      watch.progress({ stage: 'import', doneItems: session.records, item: query.kind });
      return !watch.stop.aborted;
    };
    const source = { rule: query, fileName: query.kind, goesOn };
    if (!goesOn() || !(await readSelect(tables, query.sql, session, source))) return 'stopped';
  }
  return 'done';
}
