/** One writer at a time: a lock that the system itself lets go when its holder dies, even by kill -9 or power cut. */
import { DatabaseSync } from 'node:sqlite';
import { diskError } from './base/disk.ts';
import { FonotecaError } from './base/errors.ts';

/** SQLITE_BUSY and SQLITE_LOCKED (sqlite.org/rescode.html). */
const HELD_BY_ANOTHER = [5, 6];

/**
 * Takes the write lock in `file` and returns its release; `ARCHIVE_LOCKED` when another process has it, `DISK_IO` when
 * it cannot be taken at all. SQLite's exclusive transaction is used for its portable file locks; nothing is ever stored.
 */
export function takeArchiveLock(file: string): () => void {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec(
      'PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;',
    );
  } catch (error) {
    database?.close();
    if (HELD_BY_ANOTHER.includes(sqliteCodeOf(error)))
      throw new FonotecaError('ARCHIVE_LOCKED', 'another command is writing to this archive', {
        cause: error,
      });
    throw diskError(error, file);
  }
  return () => database.close();
}

function sqliteCodeOf(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}
