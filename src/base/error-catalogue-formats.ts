/** Errors of the other codecs: torrents, volumes, keys and signatures. */
import type { ErrorEntry } from './error-entry.ts';

/** Rows of the error catalogue. */
export const FORMATS_ERRORS = {
  // formats: torrents and volumes
  BENCODE_INVALID: {
    wanted: 'canonical bencode: sorted unique keys, plain integers, nothing after the end',
    next: 'get the file again from its publisher; the bytes were not used',
  },
  METAINFO_INVALID: {
    wanted:
      'a torrent as BEP 3 and BEP 52 describe it, within the limits of docs/formats/bencode-metainfo.md',
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
    wanted:
      'a .leaves file as docs/formats/leaves.md describes it, as long as its volume calls for',
    next: 'put this file back from a backup or another copy of the archive, then run `fonoteca verify`',
  },
  PATH_DUPLICATE: {
    wanted: 'paths that stay apart on every file system, also where case does not count',
    next: 'rename one of the two entries',
  },
  TAR_INVALID: {
    wanted: 'a volume as docs/formats/volume.md lays it out, byte for byte',
    next: 'put the volume back from a backup or another copy of the archive, then run `fonoteca verify`',
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
    wanted:
      'one canonical JSON line a member, in member order, as docs/formats/volume.md describes it',
    next: 'put the volume back from a backup or another copy of the archive, then run `fonoteca verify`',
  },
  // formats: keys and signatures
  SIGNATURE_INVALID: {
    wanted:
      'a minisign signature in canonical form, four lines, as docs/formats/keys.md describes it',
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
  // formats: the log
  LOG_PROOF_WRONG: {
    wanted: 'a proof that leads from the one head of the log to the other',
    next: 'believe neither head; fetch the log again from another copy, and tell its publisher',
    exit: 12,
  },
  LOG_TILE_INVALID: {
    wanted: 'tiles of a log as docs/formats/log.md describes them',
    next: 'get the tile again from another copy; in your own archive run `fonoteca log --check`',
    exit: 12,
  },
  LOG_CHECKPOINT_INVALID: {
    wanted: 'a checkpoint as docs/formats/log.md describes it: origin, size, root, signatures',
    next: 'get the checkpoint again from another copy; in your own archive run `fonoteca publish`',
    exit: 12,
  },
  // tables and catalogue: the snapshot
  TABLES_SQL: {
    wanted: 'a statement over tables that can be carried out',
    next: 'check the files it names with `fonoteca catalogue check`; free disk if it speaks of space',
  },
  TABLES_ENDED: {
    wanted: 'a process for tables that lives until its work is done',
    next: 'run the same command again; give it less memory with --memory if the machine is short of it',
  },
  SNAPSHOT_MANIFEST: {
    wanted: 'a readable manifest of a snapshot',
    next: 'build the snapshot again with `fonoteca catalogue build`',
    exit: 12,
  },
  SNAPSHOT_FILE_MISSING: {
    wanted: 'every file that the manifest of the snapshot names',
    next: 'build the snapshot again, or put the file back from a copy',
    exit: 12,
  },
  SNAPSHOT_FILE_SIZE: {
    wanted: 'files of the size that the manifest of the snapshot names',
    next: 'build the snapshot again, or put the file back from a copy',
    exit: 12,
  },
  SNAPSHOT_BLOCK: {
    wanted: 'the bytes that were written',
    next: 'run `fonoteca catalogue check`, then `fonoteca catalogue build --again`, or put the file back from a copy',
    exit: 12,
  },
  SNAPSHOT_FILE_UNKNOWN: {
    wanted: 'no files beside those that the manifest of the snapshot names',
    next: 'move it elsewhere',
    exit: 12,
  },
  SNAPSHOT_MISSING: {
    wanted: 'a snapshot of the catalogue',
    next: '`fonoteca catalogue import` takes a source in, `fonoteca catalogue build` makes a snapshot of it',
    exit: 2,
  },
  CATALOGUE_UNKNOWN_ID: {
    wanted: 'an id, an ISRC or a UPC that the snapshot has',
    next: 'look at how it is written: ids have their source in front, such as mbid:… or discogs:…',
    exit: 3,
  },
  SNAPSHOT_IN_USE: {
    wanted: 'a snapshot that is not the one in use',
    next: 'build or choose another one first',
    exit: 2,
  },
  BUILD_NO_IMPORTS: {
    wanted: 'finished imports to build from',
    next: 'run `fonoteca catalogue import PRESET PATH…` first',
    exit: 2,
  },
  BUILD_POPULARITY: {
    wanted: 'one origin of popularity',
    next: 'name the one to use with --popularity; what others tell stays unknown',
    exit: 2,
  },
  BUILD_CHANGE: {
    wanted: 'a newer state of the same sources whose rows grew or shrank by a fifth at most',
    next: 'it was built and kept: look at `fonoteca catalogue diff OLDER NEWER`, then `fonoteca catalogue use` takes it into use, or `drop` lets it go',
    exit: 3,
  },
} as const satisfies Record<string, ErrorEntry>;
