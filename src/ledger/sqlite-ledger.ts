/** The ledger on one file of SQLite: WAL, `synchronous=FULL`, facts appended and projected in one transaction. */
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../base/clock.ts';
import { diskError } from '../base/disk.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import { type Fact, factSchema } from '../model/fact.ts';
import type { Ledger } from './ledger.ts';
import { preparedRun, project, type Run, subjectOf } from './projections.ts';
import { createQueries } from './queries.ts';
import { DERIVED_SCHEMA, HISTORY_SCHEMA, SCHEMA_VERSION } from './schema.ts';

/** How long a statement waits for another process's transaction before it gives up. */
const BUSY_TIMEOUT_MS = 5000;
/** Facts held in memory at a time while tables are made anew. */
const REPLAY_ROWS = 1000;

/**
 * The ledger in `file`, made when it is not there. Errors: `LEDGER_NEWER` when a later version of the program wrote
 * it, `LEDGER_DAMAGED` when it is no ledger or fails SQLite's own check, `DISK_FULL`.
 */
export function openSqliteLedger(
  file: string,
  options: { clock: Clock; readOnly?: boolean },
): Ledger {
  const database = openDatabase(file, options.readOnly ?? false);
  const run = preparedRun(database);
  const close = () => {
    if (database.isOpen) database.close();
  };
  return {
    ...createQueries(database),
    commit: async (facts) => append(database, run, facts, options.clock.nowIso()),
    [Symbol.asyncDispose]: async () => close(),
  };
}

function openDatabase(file: string, readOnly: boolean): DatabaseSync {
  try {
    const database = new DatabaseSync(readOnly ? readingLocation(file) : file, {
      readOnly,
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
      allowExtension: false,
    });
    database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;');
    if (!readOnly) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    prepareSchema(database, readOnly);
    return database;
  } catch (error) {
    throw ledgerError(error, file);
  }
}

/**
 * Where to read from. A ledger in WAL mode wants to make files beside itself even for reading; on a medium that
 * cannot be written, and without a log that waits, SQLite may be told that nothing will change (sqlite.org/uri.html).
 */
function readingLocation(file: string): string | URL {
  if (isWritable(path.dirname(file)) || fs.existsSync(`${file}-wal`)) return file;
  const location = pathToFileURL(file);
  location.searchParams.set('immutable', '1');
  return location;
}

function isWritable(directory: string): boolean {
  try {
    fs.accessSync(directory, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function prepareSchema(database: DatabaseSync, readOnly: boolean): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version > SCHEMA_VERSION)
    throw new FonotecaError(
      'LEDGER_NEWER',
      `schema ${version}, this program knows ${SCHEMA_VERSION}`,
    );
  if (version === SCHEMA_VERSION) return;
  if (readOnly && version === 0) throw new FonotecaError('LEDGER_DAMAGED', 'no tables');
  if (readOnly)
    throw new FonotecaError(
      'LEDGER_OLDER',
      `schema ${version}, this program writes ${SCHEMA_VERSION}`,
    );
  // One transaction, the version last: a kill leaves the schema as it was or a whole one.
  database.exec('BEGIN IMMEDIATE');
  try {
    if (version === 0) database.exec(`${HISTORY_SCHEMA} ${DERIVED_SCHEMA}`);
    else rebuildTables(database);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Makes the derived tables anew from the history, which is the same in every version. */
function rebuildTables(database: DatabaseSync): void {
  const derived = database
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'history' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .all();
  for (const { name } of derived) database.exec(`DROP TABLE "${String(name)}"`);
  database.exec(DERIVED_SCHEMA);
  const run = preparedRun(database);
  const page = database.prepare(
    'SELECT seq, at, fact FROM history WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  let seq = 0;
  for (;;) {
    const rows = page.all(seq, REPLAY_ROWS);
    for (const row of rows) {
      seq = Number(row.seq);
      project(run, factSchema.parse(JSON.parse(String(row.fact))), seq, String(row.at));
    }
    if (rows.length < REPLAY_ROWS) return;
  }
}

function append(database: DatabaseSync, run: Run, facts: readonly Fact[], at: string): void {
  if (facts.length === 0) return;
  const next = database.prepare('SELECT coalesce(max(seq), 0) + 1 AS seq FROM history');
  try {
    database.exec('BEGIN IMMEDIATE');
    let seq = Number(next.get()?.seq);
    for (const fact of facts) {
      const checked = factSchema.parse(fact);
      run(
        'INSERT INTO history VALUES (?, ?, ?, ?, ?)',
        seq,
        at,
        checked.kind,
        subjectOf(checked),
        JSON.stringify(checked),
      );
      project(run, checked, seq, at);
      seq += 1;
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw ledgerError(error, database.location() ?? 'ledger');
  }
}

/** The file beside the write-ahead log could not grow. */
const SQLITE_IOERR_SHMSIZE = 10 | (19 << 8);

/** Whether there is no room left for a new file beside `file`: SQLite says only that it could not open one. */
function isFull(file: string): boolean {
  try {
    const { bavail, files, ffree } = fs.statfsSync(path.dirname(file));
    return bavail === 0 || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}

/** SQLite's own result codes (sqlite.org/rescode.html), told in the catalogue's words. */
function ledgerError(error: unknown, file: string): FonotecaError {
  if (error instanceof FonotecaError) return error;
  const extended =
    typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) : 0;
  const code = extended & 0xff;
  const options = { cause: error };
  const seen = `${messageOf(error)} (${file})`;
  if (code === 13 || extended === SQLITE_IOERR_SHMSIZE || (code === 14 && isFull(file)))
    return new FonotecaError('DISK_FULL', seen, options);
  if (code === 11 || code === 26) return new FonotecaError('LEDGER_DAMAGED', seen, options);
  if (code === 5 || code === 6) return new FonotecaError('ARCHIVE_LOCKED', seen, options);
  if (code === 10 || code === 14 || code === 8) return new FonotecaError('DISK_IO', seen, options);
  if (code !== 0) return new FonotecaError('LEDGER_REFUSED', seen, options);
  return diskError(error, file);
}
