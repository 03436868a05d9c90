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
import { type Volume, volumeSchema } from '../model/volume.ts';
import type {
  AlbumRow,
  ArtistRow,
  EditionRow,
  FingerprintRow,
  HeldHolding,
  HistoryRow,
  Ledger,
  LedgerCounts,
  MemberPlace,
  Page,
  SupersededIdentity,
  TrackRow,
} from './ledger.ts';
import { matchQueries } from './match-queries.ts';

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
    holding: async (digest) => optional(get(`${HOLDING} WHERE digest = ?`, digest), holdingRow),
    holdings: async () => all(`${HOLDING} ORDER BY seq`).map(holdingRow),
    holdingsOfTrack: async (trackId) =>
      all(`${HOLDING} WHERE track_id = ? ORDER BY seq`, trackId).map(holdingRow),
    holdingsOfAlbum: async (albumId) =>
      all(`${HOLDING} WHERE album_id = ? ORDER BY seq`, albumId).map(holdingRow),
    holdingsByAudio: async (digest) =>
      all(`${HOLDING} WHERE audio_digest = ? ORDER BY seq`, digest).map(holdingRow),
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

function trackQueries({ all, get }: Reader, pageOf: (page: Page) => [string, number]) {
  const hasTracks = 'EXISTS (SELECT 1 FROM track WHERE album_id = album.id)';
  return {
    track: async (id: string) => optional(get(`${TRACK} WHERE id = ?`, id), trackRow),
    tracks: async (page: Page) =>
      all(`${TRACK} WHERE id > ? ORDER BY id LIMIT ?`, ...pageOf(page)).map(trackRow),
    tracksOfAlbum: async (albumId: string) =>
      all(`${TRACK} WHERE album_id = ? ORDER BY disc, number, id`, albumId).map(trackRow),
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

const IDENTITIES = `SELECT infohash_v1 AS infohashV1, infohash_v2 AS infohashV2, edition
  FROM volume_identity WHERE volume = ? ORDER BY since`;

/** Fewer tombstones than members, so the look-up starts from them. */
const CHANGED = `SELECT volume AS name FROM volume_identity AS now WHERE edition IS NULL
  AND since = (SELECT max(since) FROM volume_identity WHERE volume = now.volume)
  AND EXISTS (SELECT 1 FROM volume_identity WHERE volume = now.volume AND edition IS NOT NULL)`;
const UNREDACTED = `SELECT body FROM volume WHERE name IN (
  SELECT member.volume FROM tombstone JOIN volume_member AS member ON member.digest = tombstone.digest
  WHERE tombstone.seq > (SELECT max(since) FROM volume_identity WHERE volume = member.volume)) ORDER BY seq`;

function editionQueries({ all, get }: Reader) {
  return {
    editions: async () =>
      all('SELECT number, sha256, at, volumes FROM edition ORDER BY number').map(editionRow),
    editionKeys: async () =>
      optional(get(`SELECT value FROM meta WHERE key = 'keys'`), editionKeysRow),
  };
}

function volumeQueries({ all, get }: Reader) {
  return {
    volume: async (name: string) =>
      optional(get('SELECT body FROM volume WHERE name = ?', name), volumeRow),
    volumes: async () => all('SELECT body FROM volume ORDER BY seq').map(volumeRow),
    unsettledVolumes: async () =>
      all('SELECT body FROM volume WHERE settled = 0 ORDER BY seq').map(volumeRow),
    places: async (digest: Digest) =>
      all(
        'SELECT volume, path, digest, size AS sizeBytes, position AS positionBytes FROM volume_member WHERE digest = ? ORDER BY volume, path',
        digest,
      ).map((row) => row as unknown as MemberPlace),
    unredactedVolumes: async () => all(UNREDACTED).map(volumeRow),
    changingVolumes: async () =>
      new Set([...all(UNREDACTED).map(volumeRow), ...all(CHANGED)].map(({ name }) => String(name))),
    superseded: async (volume: string) => supersededRows(all(IDENTITIES, volume)),
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
  const body = JSON.parse(String(row.body));
  const described =
    row.description === null ? {} : { description: JSON.parse(String(row.description)) };
  const holding = holdingSchema.parse({ ...body, ...described });
  const albumId = row.album_id === null ? null : String(row.album_id);
  return {
    ...holding,
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

function volumeRow(row: Row): Volume {
  return volumeSchema.parse(JSON.parse(String(row.body)));
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

/** What a volume was, one row a change: records of the same bytes one after the other are one, and the last is what it is. */
function supersededRows(rows: readonly Row[]): SupersededIdentity[] {
  const periods: SupersededIdentity[] = [];
  for (const row of rows as unknown as SupersededIdentity[]) {
    const last = periods.at(-1);
    if (last?.infohashV2 !== row.infohashV2) periods.push({ ...row });
    else periods[periods.length - 1] = { ...row, edition: row.edition ?? last.edition };
  }
  return periods.slice(0, -1);
}
