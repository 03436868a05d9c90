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
      return fact.volume.name;
    case 'volume-settled':
      return fact.name;
    case 'edition-published':
      return `edition ${fact.number}`;
    default:
      return fact.digest;
  }
}

/** Applies one fact, the `seq`-th of the history, to the derived tables. */
export function project(run: Run, fact: Fact, seq: number, at: string): void {
  switch (fact.kind) {
    case 'archive-created':
      run(
        `INSERT INTO meta VALUES ('archive', ?)`,
        JSON.stringify({ archiveId: fact.archiveId, name: fact.name }),
      );
      return;
    case 'file-read':
      run(
        `INSERT OR REPLACE INTO source_file (root, path, digest, vanished, body) VALUES (?, ?, ?, 0, ?)`,
        fact.file.root,
        fact.file.path,
        fact.file.digest,
        JSON.stringify(fact.file),
      );
      return;
    case 'file-vanished':
      run(`UPDATE source_file SET vanished = 1 WHERE root = ? AND path = ?`, fact.root, fact.path);
      return;
    case 'holding-added':
      addHolding(run, fact.holding, seq);
      return;
    case 'track-described':
      describeTrack(run, fact.trackId, fact.description);
      return;
    case 'rights-recorded':
      run(
        `UPDATE holding SET body = json_set(body, '$.rights', json(?)) WHERE digest = ?`,
        JSON.stringify(fact.rights),
        fact.digest,
      );
      return;
    case 'derivative-made':
      run(
        `INSERT OR IGNORE INTO derivative VALUES (?, ?, ?, ?)`,
        fact.derivative.digest,
        fact.derivative.sourceDigest,
        fact.derivative.tier,
        JSON.stringify(fact.derivative),
      );
      run(`DELETE FROM derivative_refused WHERE digest = ?`, fact.derivative.sourceDigest);
      return;
    case 'derivative-refused':
      run(
        `INSERT OR REPLACE INTO derivative_refused VALUES (?, ?, ?)`,
        fact.digest,
        fact.code,
        fact.seen,
      );
      return;
    case 'plan-made':
      run(`INSERT OR REPLACE INTO plan VALUES (?, ?, ?)`, fact.number, fact.file, fact.sha256);
      return;
    case 'volume-packed':
      addVolume(run, fact.volume, seq);
      return;
    case 'volume-settled':
      run(`UPDATE volume SET settled = 1 WHERE name = ?`, fact.name);
      return;
    case 'edition-published':
      run(
        `INSERT INTO edition VALUES (?, ?, ?, ?)`,
        fact.number,
        fact.sha256,
        at,
        JSON.stringify(fact.volumes),
      );
      return;
    case 'original-dropped':
      run(`UPDATE holding SET dropped = 1 WHERE digest = ?`, fact.digest);
      return;
  }
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
}
