/** Errors of the ground: files, processes, settings, the ledger and the store. */
import type { ErrorEntry } from './error-entry.ts';

/** Rows of the error catalogue. */
export const GROUND_ERRORS = {
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
    next: 'the item is set aside, other items went on; `fonoteca retry` tries it again',
  },
  INTERRUPTED: {
    wanted: 'time to finish',
    next: 'run the same command again: it continues where it stopped',
    exit: 130,
  },
  OUTBOUND_REFUSED: {
    wanted: 'an http or https address that may be called, without a redirect to another origin',
    next: 'check the address; one found in data must be public, one that is not must be typed by you',
  },
  OUTBOUND_FAILED: {
    wanted: 'another machine that answers',
    next: 'check the address and the line, then run the same command again; it goes on where it stopped',
  },
  OUTBOUND_TOO_LARGE: {
    wanted: 'an answer no longer than what was asked for',
    next: 'do not trust that address; try another copy',
  },
  OUTBOUND_TIMEOUT: {
    wanted: 'an answer at more than 1 KiB/s',
    next: 'run the same command again later, or try another copy; it goes on where it stopped',
  },
  // ledger
  LEDGER_NEWER: {
    wanted: 'a ledger written by this version of Fonoteca or an older one',
    next: 'use the newer Fonoteca that wrote it; nothing was changed',
  },
  LEDGER_OLDER: {
    wanted: 'a ledger whose tables are of this version of Fonoteca',
    next: 'run any command that writes, such as `fonoteca plan`, once; it makes the tables anew from the history',
  },
  LEDGER_DAMAGED: {
    wanted: 'a sound ledger.db',
    next: 'keep the file, restore ledger.db from a copy, and run `fonoteca doctor`',
  },
  LEDGER_REFUSED: {
    wanted: 'facts that fit the ledger',
    next: 'report this with the message shown; nothing was changed',
  },
  ARCHIVE_LOCKED: {
    wanted: 'one writer at a time',
    next: 'wait for the other command to finish, or stop it',
    exit: 11,
  },
  // archive and config
  ARCHIVE_MISSING: {
    wanted: 'a folder made by `fonoteca init`',
    next: 'name it with --archive DIR, or make one with `fonoteca init DIR`',
    exit: 10,
  },
  ARCHIVE_EXISTS: {
    wanted: 'an empty or new folder',
    next: 'choose another folder; the archive there was left as it is',
  },
  ARCHIVE_FOREIGN: {
    wanted: 'a ledger, key and store of one archive',
    next: 'put back the files that belong together; nothing was changed',
  },
  CONFIG_INVALID: {
    wanted: 'settings as `fonoteca config show` lists them',
    next: 'mend the line named in fonoteca.toml',
    exit: 2,
  },
  LEDGER_MISSING: {
    wanted: 'the ledger.db of this archive',
    next: 'put ledger.db back from its copy; nothing was changed',
  },
  KEY_MISSING: {
    wanted: 'the signing key keys/edition.key',
    next: 'put back the key from its copy; without it no edition can be signed',
  },
  KEY_FILE_MISSING: {
    wanted: 'the file of a secret key that was named',
    next: 'check the path after --with-key, or ask whoever keeps that key; nothing was signed',
    exit: 2,
  },
  CLOCK_IMPLAUSIBLE: {
    wanted: 'a clock not earlier than the last thing this archive recorded',
    next: 'set the clock of this machine, then run the same command again',
  },
  // store
  STORE_OBJECT_MISSING: {
    wanted: 'the bytes of a holding in the store',
    next: 'run `fonoteca verify`; restore the object from a copy',
    exit: 12,
  },
  STORE_VOLUME_UNKNOWN: {
    wanted: 'no volume in volumes/ that the ledger does not know',
    next: 'restore the ledger.db that belongs to these volumes, or move the file out of volumes/; nothing was removed',
  },
  SEALED_MISSING: {
    wanted: 'the sealed copy of what is to be restored, whole and with its line of the index',
    next: 'put the folder sealed/ back from a copy of the archive; what was withdrawn with --destroy is kept nowhere and stays withdrawn',
  },
  STORE_RANGE: {
    wanted: 'a range inside an object that lies in a volume',
    next: 'ask for the whole object',
  },
  STORE_OBJECT_DAMAGED: {
    wanted: 'bytes that have the digest they are named by',
    next: 'run `fonoteca verify`; nothing damaged was handed out',
    exit: 12,
  },
  // catalogue: search
  SEARCH_INDEX_DAMAGED: {
    wanted: 'a search index whose pages have the checksums they were written with',
    next: 'run `fonoteca catalogue check`, which names the file, then `fonoteca catalogue build --again`, which makes the snapshot anew from its imports',
    exit: 12,
  },
  SEARCH_TOO_LONG: {
    wanted: 'a query that is answered within a quarter of a second',
    next: 'ask with more or rarer words',
  },
} as const satisfies Record<string, ErrorEntry>;
