/** One writer at a time: a lock that the system itself lets go when its holder dies, even by kill -9 or power cut. */
import { DatabaseSync } from 'node:sqlite';
import { FonotecaError } from './base/errors.ts';

/**
 * Takes the write lock in `file` and returns its release; `ARCHIVE_LOCKED` when another process has it. SQLite's
 * exclusive transaction is used for its portable file locks; nothing is ever stored.
 */
export function takeArchiveLock(file: string): () => void {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec(
      'PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;',
    );
  } catch (error) {
    database.close();
    throw new FonotecaError('ARCHIVE_LOCKED', 'another command is writing to this archive', {
      cause: error,
    });
  }
  return () => database.close();
}
