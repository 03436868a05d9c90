/** Errors of the stages, the site and the command line. */
import type { ErrorEntry } from './error-entry.ts';

/** Rows of the error catalogue. */
export const STAGES_ERRORS = {
  // ingest
  AUDIO_VERY_SHORT: {
    wanted: 'a second of sound or more',
    next: 'nothing, if it is meant so: it is held as it is',
  },
  SOURCE_LEFT: {
    wanted: 'audio, or a companion such as a cover, booklet, cue sheet, playlist or licence text',
    next: 'nothing, if it need not be held; otherwise name it as evidence in the table',
  },
  SOURCE_UNREADABLE: {
    wanted: 'a file or folder this user may read, with a path the system can open',
    next: 'mend its permissions or shorten its path, then run the same command again',
  },
  SOURCE_VANISHED: {
    wanted: 'the file that was read here before',
    next: 'nothing: what was read of it stays held',
  },
  SOURCE_IN_ARCHIVE: {
    wanted: 'a folder outside the archive',
    next: 'add the folder the music came from; what lies in the archive is held already',
    exit: 2,
  },
  SOURCE_NAME_TWIN: {
    wanted: 'names that stay apart when written as text',
    next: 'rename one of the two files, then run the same command again',
  },
  TABLE_UNREADABLE: {
    wanted:
      'a table with a header line and a column `path`, as docs/formats/tracks-table.md describes it',
    next: 'mend the table, or map its columns, then run the same command again',
  },
  TABLE_ROW_REFUSED: {
    wanted: 'a row as docs/formats/tracks-table.md describes it',
    next: 'mend the line named and run the same command again; the other rows were used',
  },
  TABLE_ROW_UNMATCHED: {
    wanted: 'a row whose path names one file below the folder of the table',
    next: 'mend the path, or add the file, then run the same command again',
  },
  TABLE_ROW_DUPLICATE: {
    wanted: 'one row for each file',
    next: 'remove one of the two rows; the first of them was used',
  },
  TABLE_CELL_IGNORED: {
    wanted: 'a cell in the form docs/formats/tracks-table.md gives for its column',
    next: 'mend the cell and run the same command again; the rest of the row was used',
  },
  EVIDENCE_MISSING: {
    wanted:
      'an address, or a regular file that is there, below the folder of the table and behind no link',
    next: 'put the file itself where the table says and run the same command again',
  },
  RIGHTS_UNKNOWN: {
    wanted: 'a recorded right to publish',
    next: 'add a licence by table, tag or --licence; until then it is held dark',
  },
  RIGHTS_CONFLICT: {
    wanted: 'one licence for a file',
    next: 'clear up which is right and write it in the table; the file’s own evidence was used, and nothing where it contradicts itself',
  },
  RIGHTS_LICENCE_VAGUE: {
    wanted: 'a licence with its version',
    next: 'nothing has to be done: your --licence makes it precise and is recorded as your statement',
  },
  RIGHTS_LICENCE_UNREADABLE: {
    wanted: 'an SPDX id, a Creative Commons or rightsstatements.org address, or LicenseRef-…',
    next: 'write the licence so in the table; until then the file is held dark',
  },
  // preservation
  RESTORE_UNKNOWN: {
    wanted: 'a track id, an album id, a digest, the start of one (8 digits or more), or `all`',
    next: 'look it up with `fonoteca search`',
  },
  RESTORE_AMBIGUOUS: { wanted: 'the start of one digest only', next: 'give more digits' },
  RESTORE_NO_PLACE: {
    wanted: 'a folder and name the bytes came under',
    next: 'restore it without original names, or by its digest',
  },
  RESTORE_ORIGINAL_DROPPED: {
    wanted: 'an original that is still held',
    next: 'restore without original names to get the derivative that was kept',
  },
  RESTORE_FROM_DERIVATIVE: {
    wanted: 'an original that is still held',
    next: 'nothing: the original was dropped, and its derivative was written in its place',
  },
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
  PACK_REPLAY_MISSING: {
    wanted: 'every member of the volume among the holdings, with its bytes',
    next: 'add the files, or encode them with the engine the index names, then replay again',
  },
  PACK_REPLAY_WITHDRAWN: {
    wanted: 'a volume without withdrawn members',
    next: 'leave it: what is withdrawn is packed no more',
  },
  PACK_REPLAY_ELSEWHERE: {
    wanted: 'members that lie in no volume yet, since each byte is kept once',
    next: 'leave it: they are published in the volume named',
  },
  PACK_MISFIT: {
    wanted: 'bytes of the length the pack plan says',
    next: 'run `fonoteca verify`, then pack again; no volume was recorded',
  },
  // encoding
  ENCODE_UNSOUND: {
    wanted: 'a derivative that our own reader finds intact',
    next: 'report this; the original is kept and nothing was published',
  },
  // preservation: making derivatives again
  REGENERATE_DIFFERENT: {
    wanted: 'the bytes of the derivative, made again from its original by the same build',
    next: 'run `fonoteca verify`: the original, the derivative or the program is not what it was; keep the original',
  },
  REGENERATE_OTHER_BUILD: {
    wanted: 'the build that made the derivative, of which alone the same bytes are promised',
    next: 'nothing is wrong; to compare bytes, install the version named and run it again',
  },
  // preservation: drop
  DROP_UNPROVED: {
    wanted: 'a packed derivative that is made again alike from its original',
    next: 'nothing was dropped; run `fonoteca verify`, or encode again with this build',
  },
  DROP_UNCONFIRMED: {
    wanted: 'a yes',
    next: 'run it on a terminal and answer yes, or add --yes; nothing was dropped',
  },
  // rights
  INGEST_WITHDRAWN: {
    wanted: 'a file that was not withdrawn from this archive, nor its sound under other tags',
    next: 'leave it out; or, when it may come back, run `fonoteca withdraw ID --undo --reason right-granted`',
  },
  RESTORE_WITHDRAWN: {
    wanted: 'something that is not withdrawn',
    next: 'see `fonoteca show`; `fonoteca withdraw ID --undo` brings it back where it may come back',
  },
  WITHDRAW_HOLDER_UNKNOWN: {
    wanted: 'a rights holder by the name that is recorded, letter for letter',
    next: 'see `holder` in rights.jsonl of the newest edition, or name tracks by their ids; nothing was changed',
  },
  WITHDRAW_UNCONFIRMED: {
    wanted: 'a yes',
    next: 'run it on a terminal and answer yes, or add --yes; nothing was withdrawn or restored',
  },
  SEALED_NONE: {
    wanted: 'bytes that agree with their digest, of which a sealed copy could be kept',
    next: 'nothing: they were damaged before, and are withdrawn all the same; they cannot be restored from here',
  },
  REDACT_DIFFERS: {
    wanted: 'the infohash that the edition lists for this volume',
    next: 'compare the volume with the edition by `fonoteca verify`; where members were restored since, or bytes are damaged, fetch the volume again',
  },
  REDACT_UNPROVED: {
    wanted: 'editions whose signatures, tombstones and log hold',
    next: 'fetch the folder editions/ again, and check it with `fonoteca verify`; nothing was changed',
    exit: 12,
  },
  // serving
  PORT_TAKEN: {
    wanted: 'an address and port that are free',
    next: 'choose another with --port or --host',
  },
  // cli
  NOT_HELD: {
    wanted: 'the id or digest of something held',
    next: 'find it with `fonoteca search WORDS`',
  },
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
  SEED_NONE: {
    wanted: 'a seeder',
    next: 'set driver under [seed] in fonoteca.toml, or name one with --driver',
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
    next: 'set the clock of this machine, then run the same command again',
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
  FOLLOW_VOLUME_UNKNOWN: {
    wanted: 'the name of a volume of the newest edition',
    next: 'see editions/NNNN/torrents.json for the names',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
