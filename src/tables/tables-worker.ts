/**
 * The process behind the door to DuckDB. Started by `open-tables.ts` in a sandbox; the first line of stdin are the
 * settings, each further line a statement, and each gets one line of answer on stdout. Before the first statement all
 * access to files but the named folders, all extensions and all further settings are locked.
 */
import process from 'node:process';
import readline from 'node:readline';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openPipeForWriting, realDisk } from '../base/disk.ts';
import { messageOf } from '../base/errors.ts';
import { writeBlocks } from './number-blocks.ts';
import { identifier, quoted, type TablesOptions } from './tables.ts';
import type { TablesAnswer, TablesJob } from './tables-messages.ts';

/** Most rows of an answer that is held in memory. */
const MAX_ROWS = 100_000;

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const settings = JSON.parse(String((await lines.next()).value)) as TablesOptions & {
  spill: string;
};
const connection = await connect(settings);
for await (const line of lines) {
  const answer = await carryOut(connection, JSON.parse(line) as TablesJob);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** Settings that SQL cannot take back: the last statement locks them. */
async function connect(options: TablesOptions & { spill: string }): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(options.threads) });
  const connection = await instance.connect();
  const folders = [options.work, ...options.folders].map((folder) => quoted(`${folder}/`));
  for (const sql of [
    `SET memory_limit = '${Math.floor(options.memoryBytes / 2 ** 20)}MiB'`,
    `SET temp_directory = ${quoted(options.spill)}`,
    `SET allowed_directories = [${folders.join(', ')}]`,
    // Rows that go to more files than that at a time would begin files anew.
    'SET partitioned_write_max_open_files = 512',
    'SET autoinstall_known_extensions = false',
    'SET autoload_known_extensions = false',
    'SET enable_external_access = false',
    // A calendar of the machine would give other answers elsewhere.
    `SET TimeZone = 'UTC'`,
    'SET lock_configuration = true',
  ])
    await connection.run(sql);
  return connection;
}

async function carryOut(connection: DuckDBConnection, job: TablesJob): Promise<TablesAnswer> {
  try {
    if (job.kind === 'run') {
      await connection.run(job.sql, [...job.values]);
      return { rows: [] };
    }
    if (job.kind === 'numbers') {
      const result = await connection.stream(job.sql);
      const pipe = openPipeForWriting(job.pipe);
      try {
        await writeBlocks(result, (bytes) => writeAll(pipe, bytes));
      } finally {
        realDisk.close(pipe);
      }
      return { rows: [] };
    }
    const asJson =
      job.kind === 'texts' ? job.sql : await asJsonArrays(connection, job.sql, job.values);
    if (job.kind === 'lines' || job.kind === 'texts') {
      // No quotes and no delimiter: the text has no raw control character, and the line is its own end.
      await connection.run(
        `COPY (${asJson}) TO ${quoted(job.pipe)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0001', USE_TMP_FILE false)`,
      );
      return { rows: [] };
    }
    const reader = await connection.runAndReadUntil(asJson, MAX_ROWS + 1, [...job.values]);
    if (reader.currentRowCount > MAX_ROWS) throw new Error(`more than ${MAX_ROWS} rows`);
    return { rows: reader.getRows().map(([text]) => JSON.parse(String(text))) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function writeAll(pipe: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += realDisk.write(pipe, bytes.subarray(at), null);
}

/** `sql` with all its columns as one JSON array. */
async function asJsonArrays(
  connection: DuckDBConnection,
  sql: string,
  values: TablesJob['values'],
): Promise<string> {
  const described = await connection.runAndReadAll(`DESCRIBE ${sql}`, [...values]);
  const names = described.getRows().map(([name]) => identifier(String(name)));
  return `SELECT json_array(${names.join(', ')})::VARCHAR FROM (${sql})`;
}
