/** Errors of what leaves an archive: editions, seeders, mirrors. */
import type { ErrorEntry } from './error-entry.ts';

/** Rows of the error catalogue. */
export const PUBLISHING_ERRORS = {
  // publishing
  PUBLISH_NOTHING_PACKED: {
    wanted: 'at least one packed volume',
    next: 'run `fonoteca pack` first, then publish again',
  },
  PUBLISH_NOT_DISTRIBUTABLE: {
    wanted: 'only members that may be distributed everywhere today',
    next: 'record the right of the member named with `fonoteca add --licence`, or take out what has none with `fonoteca withdraw --ended`; nothing was published',
  },
  PUBLISH_NEEDS_CONTACT: {
    wanted: 'a contact for rights holders where an archive has a public address',
    next: 'set contact in fonoteca.toml to an address people can write to',
    exit: 2,
  },
  PUBLISH_HISTORY_DIFFERS: {
    wanted: 'a folder editions/ that holds exactly what the ledger says was published',
    next: 'put back editions/ and ledger.db from the same copy; nothing was changed',
  },
  PUBLISH_VERIFY_FAILED: {
    wanted: 'an edition in which the separate verifier finds nothing',
    next: 'run `fonoteca verify`, mend what it names, and publish again; nothing was published',
    exit: 12,
  },
  PUBLISH_TORRENT_FOREIGN: {
    wanted: 'beside each volume the torrent it was packed with',
    next: 'put the torrent back from a backup or another copy of the archive, then run `fonoteca verify`',
    exit: 12,
  },
  PUBLISH_TARGET_FOREIGN: {
    wanted: 'an empty folder, or one that holds an earlier copy of this archive',
    next: 'name another folder; nothing was written',
  },
  PUBLISH_TARGET_AHEAD: {
    wanted: 'a copy whose editions are all editions of this archive',
    next: 'nothing was written; this archive was perhaps restored from an old backup, or published from elsewhere: go on with the archive that has these editions, or publish to another folder',
  },
  KEYS_TOO_FEW: {
    wanted: 'as many secret keys as keys.json calls for, of this edition and of the one before',
    next: 'give the missing ones with `fonoteca publish --with-key FILE`; nothing was published',
  },
  KEYS_UNKNOWN: {
    wanted: 'the id of one of the keys of the next edition',
    next: 'see `fonoteca keys show`; nothing was changed',
    exit: 2,
  },
  KEYS_INVALID: {
    wanted: 'distinct keys, each with a role, and a threshold that the edition keys can reach',
    next: 'see `fonoteca keys show`; nothing was changed',
    exit: 2,
  },
  LOG_DIFFERS: {
    wanted: 'a log that the editions lead to',
    next: 'compare editions/ with another copy; if the editions are right, move editions/log away and publish again: it is made anew from them',
    exit: 12,
  },
  LOG_FORKED: {
    wanted: 'a log that begins with the head given',
    next: 'compare the head with the one you kept; when it is the one, keep both and tell others: two histories were shown, or this is an old copy',
    exit: 12,
  },
  LOG_NONE: {
    wanted: 'a log, which is written with each edition',
    next: 'publish first with `fonoteca publish`; of a copy, name the folder that holds editions/',
  },
  LOG_EDITION_UNKNOWN: {
    wanted: 'the number of an edition in this log',
    next: 'see `fonoteca log`',
    exit: 2,
  },
  LOG_HEAD_INVALID: {
    wanted: 'a head of the log as SIZE:ROOT, the root in 64 hex digits',
    next: 'copy the whole head again, as `fonoteca log` prints it',
    exit: 2,
  },
  EDITION_INVALID: {
    wanted: 'edition documents as docs/formats/edition.md describes them',
    next: 'run `fonoteca verify`; put the edition back from a copy. One that an earlier form of the program made cannot go on: `fonoteca get all --original-names`, `fonoteca init DIR --secret-key keys/edition.key` and add there; volumes come out the same',
    exit: 12,
  },
  // seeding
  SEED_UNCONFIRMED: {
    wanted: 'a seeder that says it no longer has the torrent',
    next: 'look at the seeder named, remove the torrent there without its data, then run the command again; no byte was zeroed',
  },
  SEED_TORRENT_WITHDRAWN: {
    wanted:
      'a volume of which nothing is withdrawn while its torrent is added; the client does not have it',
    next: 'run `fonoteca seed` again when the edition is published that says so',
  },
  SEED_DRIVER_OTHER: {
    wanted: 'the client that the settings name, since a withdrawal asks that one to let go',
    next: 'set driver under [seed] in fonoteca.toml; --dry-run and --status take any',
    exit: 2,
  },
  SEED_NONE: {
    wanted: 'a seeder',
    next: 'set driver under [seed] in fonoteca.toml, or name our own with --driver builtin',
    exit: 2,
  },
  SEED_TORRENT_WRONG: {
    wanted: 'beside what is seeded the torrent that the edition lists',
    next: 'run `fonoteca verify`; put the torrent back from a copy',
    exit: 12,
  },
  SEED_UNREACHABLE: {
    wanted: 'a torrent client that answers at seed.url',
    next: 'start it, or correct seed.url, seed.user and seed.password_file in fonoteca.toml',
  },
  SEED_ANSWER: {
    wanted: 'answers as Transmission’s RPC or qBittorrent’s Web API give them',
    next: 'check that seed.driver names the client that runs at seed.url, and its version',
  },
  SEED_REFUSED: {
    wanted: 'a torrent client that takes the torrent',
    next: 'look at the message; check that the client sees the volumes under seed.volumes_path',
  },
  // mirroring
  FOLLOW_KEY_MISSING: {
    wanted: 'the public key of an archive that is followed for the first time',
    next: 'give it with --key, taken from somewhere else than the address',
    exit: 2,
  },
  FOLLOW_STATE_DAMAGED: {
    wanted: 'a readable memory of the archive that is followed',
    next: 'move the folder aside and follow anew with --key; keep what is below evidence/',
  },
  FOLLOW_CLOCK: {
    wanted: 'a clock that stands behind what was seen before',
    next: 'set the clock of this machine, then run the same command again; if it is right and an earlier run had a wrong one, follow what was seen',
  },
  FOLLOW_ROLLBACK: {
    wanted: 'an edition and a timestamp no older than those seen before',
    next: 'do not trust that address; try another one. What was good is kept',
    exit: 12,
  },
  FOLLOW_FROZEN: {
    wanted: 'a timestamp that has not run out',
    next: 'try another address, or ask the publisher to publish; what was good is kept',
    exit: 12,
  },
  FOLLOW_FAST_FORWARD: {
    wanted: 'every edition between the one known and the one named',
    next: 'do not trust that address; try another one. What was good is kept',
    exit: 12,
  },
  FOLLOW_MIXED: {
    wanted: 'files of one edition',
    next: 'run the same command again, it may have been changing; or try another address. What was good is kept',
    exit: 12,
  },
  FOLLOW_OTHER_ARCHIVE: {
    wanted: 'the archive that this folder follows',
    next: 'check the address; another archive wants another --dir. What was good is kept',
    exit: 12,
  },
  FOLLOW_FORKED: {
    wanted: 'one signed history',
    next: 'tell others who follow this archive: two histories are signed, both are kept below evidence/',
    exit: 12,
  },
  FOLLOW_LOG_SHRUNK: {
    wanted: 'a log no smaller than the one known',
    next: 'tell others who follow this archive; what was sent is kept below evidence/',
    exit: 12,
  },
  FOLLOW_LOG_REWRITTEN: {
    wanted: 'a log that begins with the one known',
    next: 'tell others who follow this archive; what was sent is kept below evidence/',
    exit: 12,
  },
  FOLLOW_LOG_WRONG: {
    wanted: 'tiles of the log that lead to the head in the timestamp',
    next: 'do not trust that address; try another one. What was good is kept',
    exit: 12,
  },
  FOLLOW_SINCE: {
    wanted: 'a log that begins with the head that --since gives',
    next: 'compare each digit with what was noted; only when they are right are there two histories: tell others who follow this archive',
    exit: 12,
  },
  FOLLOW_VOLUME_UNKNOWN: {
    wanted: 'the name of a volume of the newest edition',
    next: 'see editions/NNNN/torrents.json for the names',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
