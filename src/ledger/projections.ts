/** From facts to tables: what each kind of fact does to the derived tables. Runs inside the transaction that appends the fact. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { albumArtistOf, type Description } from '../model/description.ts';
import type { Fact } from '../model/fact.ts';
import type { Holding } from '../model/holding.ts';
import { albumIdOf, artistIdOf } from '../model/ids.ts';
import type { Volume } from '../model/volume.ts';

/** Runs one parameterised statement; statements are prepared once. */
export type Run = (sql: string, ...values: SQLInputValue[]) => void;

/** A `Run` over `database` that keeps its prepared statements. */
export function preparedRun(database: DatabaseSync): Run {
  const statements = new Map<string, StatementSync>();
  return (sql, ...values) => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    statement.run(...values);
  };
}

/** The digest, id or name under which a fact's history is looked up. */
export function subjectOf(fact: Fact): string {
  switch (fact.kind) {
    case 'archive-created':
      return fact.archiveId;
    case 'file-read':
      return fact.file.digest ?? fact.file.path;
    case 'file-vanished':
      return fact.path;
    case 'holding-added':
      return fact.holding.digest;
    case 'track-described':
      return fact.trackId;
    case 'derivative-made':
      return fact.derivative.sourceDigest;
    case 'plan-made':
      return `plan ${fact.number}`;
    case 'volume-packed':
    case 'volume-redacted':
      return fact.volume.name;
    case 'volume-settled':
      return fact.name;
    case 'edition-published':
      return `edition ${fact.number}`;
    case 'keys-changed':
      return 'keys';
    case 'track-matched':
    case 'track-unmatched':
      return fact.trackId;
    case 'ids-merged':
    case 'ids-parted':
      return fact.from;
    default:
      return fact.digest;
  }
}

/** What one kind of fact does to the derived tables; `seq` is its place in the history, `at` the time of its append. */
type Projection<Kind extends Fact['kind']> = (
  run: Run,
  fact: Extract<Fact, { kind: Kind }>,
  seq: number,
  at: string,
) => void;

const PROJECTIONS: { readonly [Kind in Fact['kind']]: Projection<Kind> } = {
  'archive-created': (run, { archiveId, name }) =>
    run(`INSERT INTO meta VALUES ('archive', ?)`, JSON.stringify({ archiveId, name })),
  'file-read': (run, { file }) =>
    run(
      `INSERT OR REPLACE INTO source_file (root, path, digest, vanished, body) VALUES (?, ?, ?, 0, ?)`,
      file.root,
      file.path,
      file.digest,
      JSON.stringify(file),
    ),
  'file-vanished': (run, { root, path }) =>
    run(`UPDATE source_file SET vanished = 1 WHERE root = ? AND path = ?`, root, path),
  'holding-added': (run, { holding }, seq) => addHolding(run, holding, seq),
  'track-described': (run, { trackId, description }) => describeTrack(run, trackId, description),
  'rights-recorded': (run, { rights, digest }) =>
    run(
      `UPDATE holding SET body = json_set(body, '$.rights', json(?)) WHERE digest = ?`,
      JSON.stringify(rights),
      digest,
    ),
  'derivative-made': (run, { derivative }) => {
    run(
      `INSERT OR IGNORE INTO derivative VALUES (?, ?, ?, ?)`,
      derivative.digest,
      derivative.sourceDigest,
      derivative.tier,
      JSON.stringify(derivative),
    );
    run(`DELETE FROM derivative_refused WHERE digest = ?`, derivative.sourceDigest);
  },
  'derivative-refused': (run, { digest, code, seen }) =>
    run(`INSERT OR REPLACE INTO derivative_refused VALUES (?, ?, ?)`, digest, code, seen),
  'plan-made': (run, { number, file, sha256 }) =>
    run(`INSERT OR REPLACE INTO plan VALUES (?, ?, ?)`, number, file, sha256),
  'volume-packed': (run, { volume }, seq) => addVolume(run, volume, seq),
  'volume-settled': (run, { name }) => run(`UPDATE volume SET settled = 1 WHERE name = ?`, name),
  'edition-published': (run, { number, sha256, volumes }, _seq, at) => {
    const names = JSON.stringify(volumes);
    run(`INSERT INTO edition VALUES (?, ?, ?, ?)`, number, sha256, at, names);
    run(LIST_IDENTITIES, number, names);
  },
  'original-dropped': (run, { digest }) =>
    run(`UPDATE holding SET dropped = 1 WHERE digest = ?`, digest),
  withdrawn: (run, { digest, audioDigest, subject, reason, date }, seq) => {
    run(ADD_TOMBSTONE, seq, 'withdrawn', digest, audioDigest, subject, reason, date);
    run(`INSERT OR REPLACE INTO withdrawn VALUES (?, ?)`, digest, audioDigest);
  },
  restored: (run, { digest, reason, date }, seq) => {
    run(ADD_RESTORATION, seq, digest, reason, date, digest);
    run(`DELETE FROM withdrawn WHERE digest = ?`, digest);
  },
  'volume-redacted': (run, { volume }, seq) => {
    run(`UPDATE volume SET body = ? WHERE name = ?`, JSON.stringify(volume), volume.name);
    addIdentity(run, volume, seq);
  },
  'keys-changed': (run, keys) =>
    run(`INSERT OR REPLACE INTO meta VALUES ('keys', ?)`, JSON.stringify(keys)),
  'track-matched': (run, match) => {
    const { trackId, catalogueId } = match;
    run(DELETE_UNMATCHED, trackId, catalogueId);
    run(
      `INSERT OR REPLACE INTO catalogue_match VALUES (?, ?, ?)`,
      trackId,
      catalogueId,
      JSON.stringify(match),
    );
  },
  'track-unmatched': (run, { trackId, catalogueId }) => {
    run(DELETE_MATCH, trackId, catalogueId);
    run(`INSERT OR IGNORE INTO catalogue_unmatched VALUES (?, ?)`, trackId, catalogueId);
  },
  'ids-merged': (run, { from, to, reason }) =>
    run(`INSERT OR REPLACE INTO catalogue_merge VALUES (?, ?, ?)`, from, to, reason),
  'ids-parted': (run, { from, to }) =>
    run(`DELETE FROM catalogue_merge WHERE from_id = ? AND to_id = ?`, from, to),
};

const DELETE_MATCH = 'DELETE FROM catalogue_match WHERE track_id = ? AND catalogue_id = ?';
const DELETE_UNMATCHED = 'DELETE FROM catalogue_unmatched WHERE track_id = ? AND catalogue_id = ?';

/** An edition speaks of each volume as it is at that moment of the history. */
const LIST_IDENTITIES = `UPDATE volume_identity SET edition = ? WHERE (volume, since) IN (
  SELECT volume, max(since) FROM volume_identity WHERE volume IN (SELECT value FROM json_each(?)) GROUP BY volume)`;
const NEXT_NUMBER = '(SELECT coalesce(max(number), 0) + 1 FROM tombstone)';
const ADD_TOMBSTONE = `INSERT INTO tombstone (number, seq, kind, digest, audio, subject, reason, date)
  VALUES (${NEXT_NUMBER}, ?, ?, ?, ?, ?, ?, ?)`;
/** A restoration repeats what the withdrawal said of the file. */
const ADD_RESTORATION = `INSERT INTO tombstone (number, seq, kind, digest, audio, subject, reason, date)
  SELECT ${NEXT_NUMBER}, ?, 'restored', ?, audio, subject, ?, ? FROM tombstone WHERE digest = ? ORDER BY number DESC LIMIT 1`;

/** Applies one fact, the `seq`-th of the history, to the derived tables. */
export function project(run: Run, fact: Fact, seq: number, at: string): void {
  // A row takes the facts of its own key; the compiler does not follow that through the look-up.
  const projection = PROJECTIONS[fact.kind] as Projection<Fact['kind']>;
  projection(run, fact, seq, at);
}

function addHolding(run: Run, holding: Holding, seq: number): void {
  run(
    `INSERT INTO holding (digest, seq, kind, track_id, album_id, audio_digest, dropped, body) VALUES (?, ?, ?, ?, ?, ?, 0, ?)
     ON CONFLICT (digest) DO UPDATE SET dropped = 0`,
    holding.digest,
    seq,
    holding.kind,
    holding.trackId,
    holding.albumId,
    holding.technical?.audioDigest ?? null,
    JSON.stringify(holding),
  );
  if (holding.trackId !== null && holding.description !== null)
    describeTrack(run, holding.trackId, holding.description);
}

function describeTrack(run: Run, trackId: string, description: Description): void {
  const albumArtist = albumArtistOf(description);
  const albumId =
    description.album === undefined ? null : albumIdOf(albumArtist, description.album);
  run(
    `INSERT OR REPLACE INTO track VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    trackId,
    description.title,
    description.artist,
    artistIdOf(description.artist),
    albumId,
    description.discNumber ?? 1,
    description.trackNumber ?? 0,
    JSON.stringify(description),
  );
  run(`UPDATE holding SET album_id = ? WHERE track_id = ?`, albumId, trackId);
  for (const name of new Set([description.artist, albumArtist])) {
    run(`INSERT OR IGNORE INTO artist VALUES (?, ?)`, artistIdOf(name), name);
  }
  if (albumId === null || description.album === undefined) return;
  run(
    `INSERT INTO album VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET date = min(coalesce(date, excluded.date), coalesce(excluded.date, date))`,
    albumId,
    description.album,
    albumArtist,
    artistIdOf(albumArtist),
    description.date ?? null,
  );
}

function addVolume(run: Run, volume: Volume, seq: number): void {
  run(
    `INSERT INTO volume (name, seq, tier, body) VALUES (?, ?, ?, ?)`,
    volume.name,
    seq,
    volume.tier,
    JSON.stringify(volume),
  );
  for (const member of volume.members) {
    run(
      `INSERT INTO volume_member VALUES (?, ?, ?, ?, ?)`,
      member.digest,
      volume.name,
      member.path,
      member.positionBytes,
      member.sizeBytes,
    );
  }
  addIdentity(run, volume, seq);
}

function addIdentity(run: Run, volume: Volume, seq: number): void {
  run(
    `INSERT INTO volume_identity VALUES (?, ?, ?, ?, NULL)`,
    volume.name,
    seq,
    volume.infohashV1,
    volume.infohashV2,
  );
}
