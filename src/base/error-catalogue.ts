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
  // ledger
  LEDGER_NEWER: {
    wanted: 'a ledger written by this version of Fonoteca or an older one',
    next: 'use the newer Fonoteca that wrote it; nothing was changed',
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
  KEY_MISSING: { wanted: 'the signing key keys/edition.key', next: 'put back the key from its copy; without it no edition can be signed' },
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
  STORE_RANGE: { wanted: 'a range inside an object that lies in a volume', next: 'ask for the whole object' },
  STORE_OBJECT_DAMAGED: {
    wanted: 'bytes that have the digest they are named by',
    next: 'run `fonoteca verify`; nothing damaged was handed out',
    exit: 12,
  },
  // formats: torrents and volumes
  BENCODE_INVALID: {
    wanted: 'canonical bencode: sorted unique keys, plain integers, nothing after the end',
    next: 'get the file again from its publisher; the bytes were not used',
  },
  METAINFO_INVALID: {
    wanted: 'a torrent as BEP 3 and BEP 52 describe it, within the limits of docs/formats/bencode-metainfo.md',
    next: 'get the torrent again from its publisher; nothing was fetched',
  },
  METAINFO_TOO_NEW: {
    wanted: 'a torrent of meta version 2 or of no meta version',
    next: 'update fonoteca, or ask the publisher for a version 2 torrent',
  },
  METAINFO_INCONSISTENT: {
    wanted: 'a hybrid torrent whose v1 and v2 halves describe the same files in the same places',
    next: 'do not use this torrent; tell its publisher',
  },
  METAINFO_LAYER_WRONG: {
    wanted: 'piece layers that lead to the pieces root of their file, and no others',
    next: 'get the torrent again from its publisher; nothing was fetched',
  },
  METAINFO_LINK: {
    wanted: 'a torrent of plain files, without symbolic links',
    next: 'do not use this torrent; links are never followed or made',
  },
  MAGNET_INVALID: {
    wanted: 'a magnet link with a btih or btmh topic, each named once',
    next: 'copy the whole link again from its publisher',
  },
  LEAVES_INVALID: {
    wanted: 'a .leaves file as docs/formats/leaves.md describes it, as long as its volume calls for',
    next: 'run repair: leaf hashes are made again from a volume that matches its torrent',
  },
  PATH_DUPLICATE: {
    wanted: 'paths that stay apart on every file system, also where case does not count',
    next: 'rename one of the two entries',
  },
  TAR_INVALID: {
    wanted: 'a volume as docs/formats/volume.md lays it out, byte for byte',
    next: 'run verify, then repair: the volume is damaged or not a volume',
  },
  TAR_MEMBER_KIND: {
    wanted: 'members that are plain files, never links, devices, pipes or directories',
    next: 'do not extract this archive; it is not a volume',
  },
  TAR_SIZE_INVALID: {
    wanted: 'member sizes as octal digits or a pax size record, within the archive',
    next: 'do not extract this archive; it is not a volume',
  },
  VOLUME_INDEX_INVALID: {
    wanted: 'one canonical JSON line a member, in member order, as docs/formats/volume.md describes it',
    next: 'run verify, then repair: the index of the volume is damaged',
  },
  // selection
  PLAN_MISSING: { wanted: 'a plan', next: 'run `fonoteca plan` first' },
  PLAN_DAMAGED: { wanted: 'the plan file as it was made', next: 'run `fonoteca plan` again' },
  // server
  SITE_NOT_BUILT: {
    wanted: 'the web interface, built in web/build',
    next: 'run npm run build -w web, then start again',
  },
  // packing
  PACK_NO_RIGHT: {
    wanted: 'only holdings that may be distributed everywhere today',
    next: 'run `fonoteca plan` again: rights changed since the plan was made',
  },
  PACK_MISFIT: { wanted: 'bytes of the length the pack plan says', next: 'run `fonoteca verify`, then pack again; no volume was recorded' },
  // formats: keys and signatures
  SIGNATURE_INVALID: {
    wanted: 'a minisign signature in canonical form, four lines, as docs/formats/keys.md describes it',
    next: 'get the signature again from its publisher; nothing was trusted',
    exit: 12,
  },
  SIGNATURE_KEY_UNKNOWN: {
    wanted: 'a signature by the key that is trusted',
    next: 'check the public key with its owner on another channel; nothing was trusted',
    exit: 12,
  },
  SIGNATURE_WRONG: {
    wanted: 'a signature that fits the bytes it signs',
    next: 'get the file and its signature again; nothing was trusted',
    exit: 12,
  },
  KEY_INVALID: {
    wanted: 'a minisign key as docs/formats/keys.md describes it',
    next: 'put the key file back from a copy; nothing was changed',
  },
  KEY_ENCRYPTED: {
    wanted: 'a secret key without a password, in a file only its owner can read',
    next: 'make one with `minisign -C -W`, which takes the password off',
  },
});

/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;
