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
    wanted: 'an address, or a file that is there',
    next: 'put the file where the table says and run the same command again',
  },
  RIGHTS_UNKNOWN: {
    wanted: 'a recorded right to publish',
    next: 'add a licence by table, tag or --licence; until then it is held dark',
  },
  RIGHTS_CONFLICT: {
    wanted: 'one licence for a file',
    next: 'clear up which is right; the file’s own evidence was used',
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
} as const satisfies Record<string, ErrorEntry>;
