/** The ledger's questions, each one named statement. Rows are parsed by the model's schemas on the way out. */
import assert from 'node:assert/strict';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import type { Digest } from '../base/digest.ts';
import { descriptionSchema } from '../model/description.ts';
import {
  type EditionKeysFact,
  factSchema,
  type SourceFile,
  sourceFileSchema,
} from '../model/fact.ts';
import { type Derivative, derivativeSchema, holdingSchema } from '../model/holding.ts';
import { tombstoneSchema } from '../model/tombstone.ts';
import type {
  AlbumRow,
  ArtistRow,
  EditionRow,
  FingerprintRow,
  HeldHolding,
  HistoryRow,
  Ledger,
  LedgerCounts,
  Page,
  Part,
  TrackRow,
} from './ledger.ts';
import { matchQueries } from './match-queries.ts';
import { volumeQueries } from './volume-queries.ts';

type Row = Record<string, unknown>;
/** Most rows one page may ask for. */
const MAX_PAGE_ROWS = 1000;

/** Artists left over from an earlier description have neither track nor album. */
const ARTIST_IS_HEARD = `(EXISTS (SELECT 1 FROM track WHERE artist_id = artist.id)
  OR EXISTS (SELECT 1 FROM album JOIN track ON track.album_id = album.id WHERE album.artist_id = artist.id))`;
const COUNTS = `SELECT
  (SELECT count(*) FROM track) - (SELECT count(*) FROM (
    SELECT DISTINCT track_id AS id FROM holding WHERE digest IN (SELECT digest FROM withdrawn)) AS gone
    WHERE id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM holding
      WHERE track_id = gone.id AND digest NOT IN (SELECT digest FROM withdrawn))) AS tracks,
  (SELECT count(*) FROM album WHERE EXISTS (SELECT 1 FROM track WHERE album_id = album.id)) AS albums,
  (SELECT count(*) FROM artist WHERE ${ARTIST_IS_HEARD}) AS artists,
  (SELECT count(*) FROM holding WHERE digest NOT IN (SELECT digest FROM withdrawn)) AS holdings,
  (SELECT coalesce(sum(json_extract(body, '$.sizeBytes')), 0) FROM holding
    WHERE dropped = 0 AND digest NOT IN (SELECT digest FROM withdrawn)) AS heldBytes,
  (SELECT count(*) FROM volume) AS volumes,
  (SELECT coalesce(sum(json_extract(body, '$.sizeBytes')), 0) FROM volume) AS volumeBytes,
  (SELECT count(*) FROM edition) AS editions`;
const ALBUM = 'SELECT id, title, artist, artist_id AS artistId, date FROM album';
const HOLDING = `SELECT body, seq, dropped, track_id, album_id,
  (SELECT description FROM track WHERE track.id = holding.track_id) AS description,
  EXISTS (SELECT 1 FROM withdrawn WHERE digest = holding.digest) AS withdrawn FROM holding`;
const TRACK = `SELECT id, artist_id AS artistId, album_id AS albumId, description,
  EXISTS (SELECT 1 FROM holding WHERE track_id = track.id) AND NOT EXISTS (SELECT 1 FROM holding
    WHERE track_id = track.id AND digest NOT IN (SELECT digest FROM withdrawn)) AS withdrawn FROM track`;
const FINGERPRINTS = `SELECT seq, digest, json_extract(body, '$.technical.fingerprint') AS fingerprint FROM holding
  WHERE seq > ? AND fingerprint IS NOT NULL AND digest NOT IN (SELECT digest FROM withdrawn) ORDER BY seq LIMIT ?`;
const SOURCE = 'SELECT body FROM source_file';
const REFUSED_FILES = `${SOURCE} WHERE vanished = 0 AND json_extract(body, '$.outcome') = 'refused' ORDER BY root, path`;

/** Every reading method of the ledger over `database`. */
export function createQueries(
  database: DatabaseSync,
): Omit<Ledger, 'commit' | typeof Symbol.asyncDispose> {
  const { all, get } = reader(database);
  const pageOf = (page: Page): [string, number] => [
    page.after ?? '',
    Math.min(Math.max(1, page.limit), MAX_PAGE_ROWS),
  ];
  return {
    archive: async () =>
      parsed(archiveSchema, get(`SELECT value AS body FROM meta WHERE key = 'archive'`)),
    counts: async () => countsSchema.parse(get(COUNTS)),
    history: async (afterSeq, limit) =>
      all(
        'SELECT seq, at, fact FROM history WHERE seq > ? ORDER BY seq LIMIT ?',
        afterSeq,
        limit,
      ).map(historyRow),
    lastFact: async () =>
      optional(get('SELECT seq, at, fact FROM history ORDER BY seq DESC LIMIT 1'), historyRow),
    lastSeq: async () => Number(get('SELECT max(seq) AS seq FROM history')?.seq ?? 0),
    historyOf: async (subject) =>
      all('SELECT seq, at, fact FROM history WHERE subject = ? ORDER BY seq', subject).map(
        historyRow,
      ),
    sourceFiles: async (root) =>
      all(`${SOURCE} WHERE root = ? AND vanished = 0 ORDER BY path`, root).map(sourceRow),
    refusedFiles: async () => all(REFUSED_FILES).map(sourceRow),
    sourceRoots: async () =>
      all('SELECT DISTINCT root FROM source_file ORDER BY root').map((row) => String(row.root)),
    sourcesOf: async (digest) =>
      all(`${SOURCE} WHERE digest = ? ORDER BY root, path`, digest).map(sourceRow),
    ...holdingQueries({ all, get }),
    fingerprints: async (afterSeq, limit) => all(FINGERPRINTS, afterSeq, limit).map(fingerprintRow),
    ...trackQueries({ all, get }, pageOf),
    derivative: async (digest) =>
      optional(get('SELECT body FROM derivative WHERE digest = ?', digest), derivativeRow),
    derivativesOf: async (source) =>
      all('SELECT body FROM derivative WHERE source_digest = ? ORDER BY digest', source).map(
        derivativeRow,
      ),
    derivativeRefusal: async (source) =>
      optional(
        get('SELECT code, seen FROM derivative_refused WHERE digest = ?', source),
        refusalRow,
      ),
    derivativeRefusals: async () =>
      all('SELECT digest, code, seen FROM derivative_refused ORDER BY digest').map((row) => ({
        digest: String(row.digest) as Digest,
        ...refusalRow(row),
      })),
    ...volumeQueries({ all, get }),
    ...withdrawalQueries({ all, get }),
    ...matchQueries({ all, get }, { pageOf, trackRow, trackSql: TRACK }),
    latestPlan: async () =>
      optional(
        get('SELECT number, file, sha256 FROM plan ORDER BY number DESC LIMIT 1'),
        (row) => planRowSchema.parse(row) as { number: number; file: string; sha256: Digest },
      ),
    ...editionQueries({ all, get }),
  };
}

type Reader = {
  all: (sql: string, ...values: SQLInputValue[]) => Row[];
  get: (sql: string, ...values: SQLInputValue[]) => Row | undefined;
};

function holdingQueries({ all, get }: Reader) {
  return {
    holding: async (digest: Digest) =>
      optional(get(`${HOLDING} WHERE digest = ?`, digest), holdingRow),
    holdings: async () => all(`${HOLDING} ORDER BY seq`).map(holdingRow),
    holdingsOfTrack: async (trackId: string) =>
      all(`${HOLDING} WHERE track_id = ? ORDER BY seq`, trackId).map(holdingRow),
    holdingsOfAlbum: async (albumId: string) =>
      all(`${HOLDING} WHERE album_id = ? ORDER BY seq`, albumId).map(holdingRow),
    companionsOfAlbum: async (albumId: string) =>
      all(`${HOLDING} WHERE album_id = ? AND kind = 'companion' ORDER BY seq`, albumId).map(
        holdingRow,
      ),
    holdingsByAudio: async (digest: Digest) =>
      all(`${HOLDING} WHERE audio_digest = ? ORDER BY seq`, digest).map(holdingRow),
  };
}

function trackQueries({ all, get }: Reader, pageOf: (page: Page) => [string, number]) {
  const hasTracks = 'EXISTS (SELECT 1 FROM track WHERE album_id = album.id)';
  return {
    track: async (id: string) => optional(get(`${TRACK} WHERE id = ?`, id), trackRow),
    tracks: async (page: Page) =>
      all(`${TRACK} WHERE id > ? ORDER BY id LIMIT ?`, ...pageOf(page)).map(trackRow),
    // SQLite takes a negative limit for none.
    tracksOfAlbum: async (albumId: string, { skip, limit }: Part = { skip: 0, limit: -1 }) =>
      all(
        `${TRACK} WHERE album_id = ? ORDER BY disc, number, id LIMIT ? OFFSET ?`,
        albumId,
        limit,
        skip,
      ).map(trackRow),
    tracksOfArtist: async (artistId: string, page: Page) =>
      all(
        `${TRACK} WHERE artist_id = ? AND id > ? ORDER BY id LIMIT ?`,
        artistId,
        ...pageOf(page),
      ).map(trackRow),
    album: async (id: string) => get(`${ALBUM} WHERE id = ?`, id) as AlbumRow | undefined,
    albums: async (page: Page) =>
      all(
        `${ALBUM} WHERE id > ? AND ${hasTracks} ORDER BY id LIMIT ?`,
        ...pageOf(page),
      ) as unknown as AlbumRow[],
    albumsOfArtist: async (artistId: string, page: Page) =>
      all(
        `${ALBUM} WHERE artist_id = ? AND id > ? AND ${hasTracks} ORDER BY id LIMIT ?`,
        artistId,
        ...pageOf(page),
      ) as unknown as AlbumRow[],
    artist: async (id: string) =>
      get('SELECT id, name FROM artist WHERE id = ?', id) as ArtistRow | undefined,
    artists: async (page: Page) =>
      all(
        `SELECT id, name FROM artist WHERE id > ? AND ${ARTIST_IS_HEARD} ORDER BY id LIMIT ?`,
        ...pageOf(page),
      ) as unknown as ArtistRow[],
  };
}

function editionQueries({ all, get }: Reader) {
  return {
    editions: async () =>
      all('SELECT number, sha256, at, volumes FROM edition ORDER BY number').map(editionRow),
    editionKeys: async () =>
      optional(get(`SELECT value FROM meta WHERE key = 'keys'`), editionKeysRow),
  };
}

function withdrawalQueries({ all, get }: Reader) {
  return {
    tombstones: async () =>
      all(
        'SELECT number, kind, digest, audio, subject, reason, date FROM tombstone ORDER BY number',
      ).map((row) => tombstoneSchema.parse(row)),
    withdrawnDigests: async () =>
      new Set(
        all('SELECT digest FROM withdrawn ORDER BY digest').map((row) => row.digest as Digest),
      ),
    isWithdrawn: async (digest: Digest) =>
      get('SELECT 1 FROM withdrawn WHERE digest = ?', digest) !== undefined,
    isAudioWithdrawn: async (audioDigest: Digest) =>
      get('SELECT 1 FROM withdrawn WHERE audio = ? LIMIT 1', audioDigest) !== undefined,
  };
}

/** Prepares each statement once. */
function reader(database: DatabaseSync): Reader {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const made = database.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  return {
    all: (sql, ...values) => prepare(sql).all(...values) as Row[],
    get: (sql, ...values) => prepare(sql).get(...values) as Row | undefined,
  };
}

const archiveSchema = z.strictObject({ archiveId: z.string(), name: z.string() });
const planRowSchema = z.strictObject({ number: z.number(), file: z.string(), sha256: z.string() });
const count = z.number();
const countsSchema: z.ZodType<LedgerCounts> = z.object({
  tracks: count,
  albums: count,
  artists: count,
  holdings: count,
  heldBytes: count,
  volumes: count,
  volumeBytes: count,
  editions: count,
});

function parsed<T>(schema: z.ZodType<T>, row: Row | undefined): T | undefined {
  return row ? schema.parse(JSON.parse(String(row.body))) : undefined;
}

function optional<T>(row: Row | undefined, read: (row: Row) => T): T | undefined {
  return row ? read(row) : undefined;
}

function historyRow(row: Row): HistoryRow {
  return {
    seq: Number(row.seq),
    at: String(row.at),
    fact: factSchema.parse(JSON.parse(String(row.fact))),
  };
}

function sourceRow(row: Row): SourceFile {
  return sourceFileSchema.parse(JSON.parse(String(row.body)));
}

/**
 * The columns win over the body: re-tagging moves a track to another album without rewriting its holdings, and a table describes the
 * track anew.
 */
function holdingRow(row: Row): HeldHolding {
  const holding = holdingSchema.parse(JSON.parse(String(row.body)));
  const albumId = row.album_id === null ? null : String(row.album_id);
  const description =
    row.description === null
      ? holding.description
      : descriptionSchema.parse(JSON.parse(String(row.description)));
  return {
    ...holding,
    description,
    ownDescription: holding.description,
    albumId,
    seq: Number(row.seq),
    dropped: row.dropped === 1,
    withdrawn: row.withdrawn === 1,
  };
}

function trackRow(row: Row): TrackRow {
  const description = descriptionSchema.parse(JSON.parse(String(row.description)));
  return {
    id: String(row.id),
    artistId: String(row.artistId),
    albumId: row.albumId === null ? null : String(row.albumId),
    description,
    withdrawn: row.withdrawn === 1,
  };
}

function derivativeRow(row: Row): Derivative {
  return derivativeSchema.parse(JSON.parse(String(row.body)));
}

function fingerprintRow(row: Row): FingerprintRow {
  return {
    seq: Number(row.seq),
    digest: String(row.digest) as Digest,
    fingerprint: String(row.fingerprint),
  };
}

function refusalRow(row: Row): { code: string; seen: string } {
  return { code: String(row.code), seen: String(row.seen) };
}

function editionRow(row: Row): EditionRow {
  return {
    number: Number(row.number),
    sha256: String(row.sha256) as Digest,
    at: String(row.at),
    volumes: z.array(z.string()).parse(JSON.parse(String(row.volumes))),
  };
}

function editionKeysRow(row: Row): EditionKeysFact {
  const fact = factSchema.parse(JSON.parse(String(row.value)));
  assert(fact.kind === 'keys-changed', 'the keys of the next edition');
  return fact;
}
