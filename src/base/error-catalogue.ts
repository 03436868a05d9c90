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
  // audio
  AUDIO_FORMAT_UNSUPPORTED: {
    wanted: 'sound in Ogg Vorbis, Ogg Opus, FLAC, MP3 or WAV, told by its first bytes',
    next: 'the original is kept as it is; convert it yourself if a derivative is wanted',
  },
  AUDIO_UNDECODABLE: {
    wanted: 'sound that the decoder can read',
    next: 'the original is kept as it is and gets no derivative; try to get it again from its source',
  },
  AUDIO_CHANNELS_UNSUPPORTED: {
    wanted: 'one or two channels',
    next: 'the original is kept as it is and gets no derivative',
  },
  AUDIO_BUDGET: {
    wanted: 'at most an hour of sound, or as much as 8 kbit/s would give for the size of the file',
    next: 'the original is kept as it is and gets no derivative; look at the file before trusting it',
  },
  AUDIO_ENGINE_UNSAFE: {
    wanted: 'namespaces for the ffmpeg engine, which reads foreign bytes in native code',
    next: 'allow unprivileged user namespaces, or use the wasm engine',
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
  KEY_MISSING: {
    wanted: 'the signing key keys/edition.key',
    next: 'put back the key from its copy; without it no edition can be signed',
  },
  CLOCK_IMPLAUSIBLE: {
    wanted: 'a clock not earlier than the last thing this archive recorded',
    next: 'set the clock of this machine, then run the same command again',
  },
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
  STORE_RANGE: {
    wanted: 'a range inside an object that lies in a volume',
    next: 'ask for the whole object',
  },
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
    wanted:
      'one canonical JSON line a member, in member order, as docs/formats/volume.md describes it',
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
  PACK_MISFIT: {
    wanted: 'bytes of the length the pack plan says',
    next: 'run `fonoteca verify`, then pack again; no volume was recorded',
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
  // formats: audio
  AUDIO_NOT_AUDIO: {
    wanted: 'the bytes of a sound recording, whatever the file is called',
    next: 'look at what the file is; it was not handed to any decoder',
  },
  AUDIO_NOT_CHECKED: {
    wanted: 'Ogg (Vorbis, Opus, FLAC), FLAC, MPEG audio or WAV, whose integrity is read here',
    next: 'keep the file: its digest protects it from now on, but nothing was said of its past',
  },
  AUDIO_BUDGET: {
    wanted: 'sound in proportion to the bytes it comes in',
    next: 'look at the file by hand; it was kept and not decoded further',
  },
  AUDIO_FOREIGN_DATA: {
    wanted: 'audio and tags only',
    next: 'nothing has to be done; the foreign bytes are kept with the file and not part of the audio digest',
  },
  AUDIO_CUT_INVISIBLE: {
    wanted: 'a stated length, so that a missing end can be seen',
    next: 'compare the duration with the catalogue',
  },
  AUDIO_TAGS_INVALID: {
    wanted: 'a tag block that can be read to its end',
    next: 'nothing has to be done for the sound; tags may be missing',
  },
  AUDIO_OGG_CRC: {
    wanted: 'Ogg pages whose checksum fits',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_OGG_PAGE: {
    wanted: 'Ogg pages that follow one another without other bytes between them',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_OGG_TRUNCATED: {
    wanted: 'a last page marked as the end of the stream',
    next: 'get the file again from its source: its end is missing',
  },
  AUDIO_OGG_SEQUENCE: {
    wanted: 'page numbers without a gap',
    next: 'get the file again from its source: pages are missing',
  },
  AUDIO_OGG_GRANULE: {
    wanted: 'positions in time that go forward and agree with the packets',
    next: 'listen to the place named: sound may be missing there',
  },
  AUDIO_OGG_HEADER: {
    wanted: 'the header packets its codec asks for',
    next: 'get the file again from its source; it cannot be played',
  },
  AUDIO_OGG_STREAMS: {
    wanted: 'one sound stream in the file',
    next: 'nothing has to be done; only the first sound stream is counted',
  },
  AUDIO_FLAC_FRAME: {
    wanted: 'FLAC frames that decode and whose checksums fit',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_FLAC_TRUNCATED: {
    wanted: 'a FLAC stream that ends with a whole frame',
    next: 'get the file again from its source: its end is missing',
  },
  AUDIO_FLAC_COUNT: {
    wanted: 'as many samples as STREAMINFO states',
    next: 'get the file again from its source: frames are missing, or the header is wrong',
  },
  AUDIO_FLAC_SEQUENCE: {
    wanted: 'frame numbers without a gap',
    next: 'get the file again from its source: frames are missing',
  },
  AUDIO_FLAC_MD5: {
    wanted: 'samples with the MD5 that STREAMINFO states',
    next: 'get the file again from its source: the sound is not what its encoder was given',
  },
  AUDIO_FLAC_METADATA: {
    wanted: 'metadata blocks as RFC 9639 lays them out, STREAMINFO first and true of the frames',
    next: 'nothing has to be done if the verdict is intact; some players may refuse the file',
  },
  AUDIO_MPEG_CHAIN: {
    wanted: 'MPEG frames each of which ends where the next begins',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_MPEG_TRUNCATED: {
    wanted: 'a last MPEG frame that is whole',
    next: 'get the file again from its source: its end is missing',
  },
  AUDIO_MPEG_COUNT: {
    wanted: 'as many frames as the Xing, Info or VBRI header states',
    next: 'get the file again from its source: frames are missing',
  },
  AUDIO_MPEG_CRC: {
    wanted: 'the checksum that the LAME header states for the music',
    next: 'get the file again from its source; it is kept as it is and marked as damaged',
  },
  AUDIO_WAV_SIZE: {
    wanted: 'chunks whose stated sizes fit the length of the file',
    next: 'get the file again from its source if the verdict is damaged: its end is missing',
  },
  AUDIO_WAV_HEADER: {
    wanted: 'a fmt chunk before the data chunk, true of the data',
    next: 'get the file again from its source; it cannot be played',
  },
  // encoding
  ENCODE_UNSOUND: {
    wanted: 'a derivative that our own reader finds intact',
    next: 'report this; the original is kept and nothing was published',
  },
  // preservation: drop
  DROP_UNPROVED: { wanted: 'a packed derivative that is made again alike from its original', next: 'nothing was dropped; run `fonoteca verify`, or encode again with this build' },
  DROP_UNCONFIRMED: { wanted: 'a yes', next: 'run it on a terminal and answer yes, or add --yes; nothing was dropped' },
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
    next: 'record the right with `fonoteca add --licence`, or withdraw the member named; nothing was published',
  },
  PUBLISH_NEEDS_CONTACT: {
    wanted: 'a contact for rights holders where an archive has a public address',
    next: 'set publish.contact in fonoteca.toml to an address people can write to',
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
    next: 'run `fonoteca verify`, then repair: the torrent is damaged or of another volume',
    exit: 12,
  },
  PUBLISH_TARGET_FOREIGN: {
    wanted: 'an empty folder, or one that holds an earlier copy of this archive',
    next: 'name another folder; nothing was written',
  },
  EDITION_INVALID: {
    wanted: 'edition documents as docs/formats/edition.md describes them',
    next: 'run `fonoteca verify`; put the edition back from a copy',
    exit: 12,
  },
  // verifier: the wanted column repeats src/verifier/codes.ts, which imports nothing; a test holds them together
  VERIFY_NOTHING: {
    wanted: 'at least one edition below editions/',
    next: 'name the folder that holds editions/ and volumes/',
    exit: 12,
  },
  VERIFY_FILE_MISSING: {
    wanted: 'every file that the edition lists',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_FILE_UNLISTED: {
    wanted: 'no file beside those that the edition lists',
    next: 'remove the file unless you put it there',
    exit: 12,
  },
  VERIFY_FILE_KIND: {
    wanted: 'regular files, not links, folders, pipes or devices',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_FILE_UNREADABLE: {
    wanted: 'a disk that gives the bytes back',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_FILE_SIZE: {
    wanted: 'the size that the edition lists',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_FILE_DIGEST: {
    wanted: 'the SHA-256 that the edition lists',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_DOCUMENT: {
    wanted: 'a document in canonical form with the fields its format calls for',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_SIGNATURE_FORM: {
    wanted: 'a minisign signature in canonical form',
    next: 'get the signature again from its publisher',
    exit: 12,
  },
  VERIFY_SIGNATURE_WRONG: {
    wanted: 'a signature that fits the document',
    next: 'get the document and its signature again from its publisher; trust neither until then',
    exit: 12,
  },
  VERIFY_KEY_UNKNOWN: {
    wanted: 'a signature by a key that keys.json names',
    next: 'get the edition again from its publisher; trust nothing of it until then',
    exit: 12,
  },
  VERIFY_KEY_OTHER: {
    wanted: 'the public key that was given',
    next: 'check the key with its owner on another channel; trust nothing of this copy until then',
    exit: 12,
  },
  VERIFY_CHAIN_BROKEN: {
    wanted: 'the digest of the edition before, back to edition 1',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_EDITION_NUMBER: {
    wanted: 'the number of its folder inside the edition',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_EDITION_MISSING: {
    wanted: 'every edition from 1 on',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_POINTER: {
    wanted: 'a current.json that names an edition and a timestamp that are there',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_POINTER_BEHIND: {
    wanted: 'a current.json that names the newest edition',
    next: 'run `fonoteca publish` again in the archive, or fetch the copy again',
    exit: 12,
  },
  VERIFY_TIMESTAMP: {
    wanted: 'signed timestamps that name editions that are there',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_VOLUME_CHANGED: {
    wanted: 'volumes that stay the same from edition to edition',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_VOLUME_NAME: {
    wanted: 'the name that the members of the volume give',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_TORRENT: {
    wanted: 'a canonical single-file hybrid torrent of its volume',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_INFOHASH: {
    wanted: 'the infohashes that the edition lists',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_PIECES: {
    wanted: 'the piece hashes and tree root of the torrent',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_LEAVES: {
    wanted: 'the 16 KiB leaf hashes of the .leaves file',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_TAR: {
    wanted: 'a tar as docs/formats/volume.md lays it out',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_INDEX: {
    wanted: 'one index line for each member, in order, at its place',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_MEMBER: {
    wanted: 'payloads that have the digest of their index line',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
  VERIFY_RIGHTS_MISSING: {
    wanted: 'recorded rights for every published member',
    next: 'do not pass the member on; tell the publisher',
    exit: 12,
  },
  VERIFY_NOT_DISTRIBUTABLE: {
    wanted: 'only members that may be distributed',
    next: 'do not pass the member on; tell the publisher',
    exit: 12,
  },
  VERIFY_CATALOGUE: {
    wanted: 'catalogue files that lie in the volumes as told',
    next: 'run `fonoteca repair`, or get the file again from another copy',
    exit: 12,
  },
});

/** A stable error code. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;
