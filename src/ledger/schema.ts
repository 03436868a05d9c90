/**
 * The ledger's tables in SQLite. `history` holds the facts and admits no change; every other table is derived from
 * it by `projections.ts` in the same transaction.
 */

/** The schema's version: of the derived tables, since `history` is the same in all. A later version is refused. */
export const SCHEMA_VERSION = 4;

/** The statement and triggers that make an empty history. */
export const HISTORY_SCHEMA = `
CREATE TABLE history (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  fact TEXT NOT NULL
) STRICT;
CREATE INDEX history_subject ON history (subject, seq);
CREATE TRIGGER history_keeps BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_stays BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
`;

/** The statements that make the derived tables, empty. */
export const DERIVED_SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE source_file (
  root TEXT NOT NULL,
  path TEXT NOT NULL,
  digest TEXT,
  vanished INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL,
  PRIMARY KEY (root, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_file_digest ON source_file (digest);

CREATE TABLE holding (
  digest TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  track_id TEXT,
  album_id TEXT,
  audio_digest TEXT,
  dropped INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX holding_track ON holding (track_id);
CREATE INDEX holding_album ON holding (album_id);
CREATE INDEX holding_audio ON holding (audio_digest);
CREATE INDEX holding_seq ON holding (seq);

CREATE TABLE track (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  artist TEXT NOT NULL,
  artist_id TEXT NOT NULL,
  album_id TEXT,
  disc INTEGER NOT NULL,
  number INTEGER NOT NULL,
  description TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX track_album ON track (album_id, disc, number, id);
CREATE INDEX track_artist ON track (artist_id, id);

CREATE TABLE artist (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE album (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  artist TEXT NOT NULL,
  artist_id TEXT NOT NULL,
  date TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX album_artist ON album (artist_id, id);

CREATE TABLE derivative (
  digest TEXT PRIMARY KEY,
  source_digest TEXT NOT NULL,
  tier TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX derivative_source ON derivative (source_digest);
CREATE TABLE derivative_refused (digest TEXT PRIMARY KEY, code TEXT NOT NULL, seen TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE volume (
  name TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  tier TEXT NOT NULL,
  settled INTEGER NOT NULL DEFAULT 0,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE volume_member (
  digest TEXT NOT NULL,
  volume TEXT NOT NULL,
  path TEXT NOT NULL,
  position INTEGER NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (digest, volume, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX volume_member_volume ON volume_member (volume, path);
CREATE TABLE volume_identity (
  volume TEXT NOT NULL,
  since INTEGER NOT NULL,
  infohash_v1 TEXT NOT NULL,
  infohash_v2 TEXT NOT NULL,
  edition INTEGER,
  PRIMARY KEY (volume, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstone (
  number INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  digest TEXT NOT NULL,
  audio TEXT,
  subject TEXT,
  reason TEXT NOT NULL,
  date TEXT NOT NULL
) STRICT;
CREATE INDEX tombstone_digest ON tombstone (digest, number);
CREATE TABLE withdrawn (digest TEXT PRIMARY KEY, audio TEXT) STRICT, WITHOUT ROWID;
CREATE INDEX withdrawn_audio ON withdrawn (audio);

CREATE TABLE catalogue_match (track_id TEXT PRIMARY KEY, catalogue_id TEXT NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX catalogue_match_row ON catalogue_match (catalogue_id, track_id);
CREATE TABLE catalogue_unmatched (track_id TEXT NOT NULL, catalogue_id TEXT NOT NULL, PRIMARY KEY (track_id, catalogue_id)) STRICT, WITHOUT ROWID;
CREATE TABLE catalogue_merge (from_id TEXT PRIMARY KEY, to_id TEXT NOT NULL, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX catalogue_merge_to ON catalogue_merge (to_id, from_id);

CREATE TABLE plan (number INTEGER PRIMARY KEY, file TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT;
CREATE TABLE edition (number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, at TEXT NOT NULL, volumes TEXT NOT NULL) STRICT;
`;
