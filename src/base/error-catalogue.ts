/**
 * Every error Fonoteca can report, by stable code.
 *
 * A code never changes its meaning and is never reused. `wanted` says what would have been right, `next` what the
 * reader does now; what was seen comes from the place that raises the error. `docs/errors.md` is generated from
 * this table, and a test holds every code raised in the source against it.
 */

/** One row of the catalogue: the part of an error that does not depend on the occasion. */
export interface ErrorEntry {
  /** What would have been right. */
  readonly wanted: string;
  /** What the reader does next. */
  readonly next: string;
  /** Process exit code when this error ends a command; 1 when absent. */
  readonly exit?: 1 | 2 | 3 | 10 | 11 | 12 | 130;
}

const entry = <T extends Record<string, ErrorEntry>>(table: T): T => table;

/** The catalogue, grouped by the folder that raises the code. */
export const ERROR_CATALOGUE = entry({
  // base
  USAGE: {
    wanted: 'options and arguments as `--help` lists them',
    next: 'run the command with --help',
    exit: 2,
  },
  SIZE_UNREADABLE: {
    wanted: 'a size such as 300TB, 16MiB or 1500000',
    next: 'write the size with a unit',
    exit: 2,
  },
  PATH_UNSAFE: {
    wanted:
      'a relative path of plain names, without .., drive, backslash, control character or trailing dot or space',
    next: 'rename the entry; it was left where it is',
  },
  DISK_FULL: {
    wanted: 'free space (and free inodes) where the archive lives',
    next: 'free some space and run the same command again; nothing acknowledged was lost',
  },
  DISK_SHORT_WRITE: {
    wanted: 'every byte written',
    next: 'check the disk and run the same command again',
  },
  DISK_IO: {
    wanted: 'a disk that answers',
    next: 'check the disk, the mount and the permissions, then run the same command again',
  },
  FILE_EXISTS: {
    wanted: 'a name that is still free',
    next: 'choose another place or remove the old file yourself',
  },
  FILE_MISSING: { wanted: 'a file that is there', next: 'check the path' },
  FILE_NOT_REGULAR: {
    wanted: 'a regular file, not a link, pipe, socket or device',
    next: 'copy the content into a regular file',
  },
  FILE_CHANGED_DURING_READ: {
    wanted: 'a file that holds still while it is read',
    next: 'wait until it is no longer written to and run again',
  },
  SUBPROCESS_FAILED: {
    wanted: 'a helper process that ends well',
    next: 'see the message; other items went on',
  },
  SUBPROCESS_LIMIT: {
    wanted: 'a helper process within its time, memory and output limits',
    next: 'the item is set aside; other items went on',
  },
  INTERRUPTED: {
    wanted: 'time to finish',
    next: 'run the same command again: it continues where it stopped',
    exit: 130,
  },
  JSON_INVALID: { wanted: 'JSON that fits the schema', next: 'mend the file at the path named' },
});

/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;
