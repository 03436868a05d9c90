/** Reports on the real tables that are kept beside the project: each imported alone by a mapping, built and counted. */
import fs from 'node:fs';
import path from 'node:path';
import { createArchive, openArchive, type World } from '../../src/archive.ts';
import { fixedClock } from '../../src/base/clock.ts';
import { realDisk } from '../../src/base/disk.ts';
import { unwatched } from '../../src/base/progress.ts';
import { parseMapping } from '../../src/importing/mapping-file.ts';
import { runImport } from '../../src/importing/run-import.ts';
import { runReport } from '../../src/reporting.ts';
import { buildSnapshot } from '../../src/snapshots/build-snapshot.ts';

const DATA = path.resolve(import.meta.dirname, '../../../shared/data/catalog');
/** Why the tables cannot be asked; false when they can. */
export const WITHOUT_DATA = fs.existsSync(DATA) ? false : `no data at ${DATA}`;
/** 14,021 songs with features. */
export const SONGS = path.join(DATA, 'spotify_songs.dev.csv.gz');
/** 2,229 songs with counted plays. */
export const PLAYS = path.join(DATA, 'classic-rock-song-list.csv');
const world: World = {
  disk: realDisk,
  clock: fixedClock('2026-11-21T10:00:00Z'),
  random: { bytes: (count) => new Uint8Array(count).fill(7) },
};

const FEATURES = {
  key: 'key',
  mode: 'mode',
  tempo_bpm: 'tempo',
  loudness_db: 'loudness',
  energy: 'energy',
  danceability: 'danceability',
  valence: 'valence',
  speechiness: 'speechiness',
  instrumentalness: 'instrumentalness',
  acousticness: 'acousticness',
  liveness: 'liveness',
};
/** How songs are read. */
export const SONG_RULES = [
  {
    table: 'tracks',
    columns: {
      id: 'track_id',
      title: 'track_name',
      artist: 'track_artist',
      album_id: 'track_album_id',
      duration_ms: 'duration_ms',
      popularity: 'track_popularity',
      release_date: 'track_album_release_date',
    },
  },
  { table: 'features', columns: { id: 'track_id', ...FEATURES } },
  {
    table: 'artists',
    columns: {
      id: { from: ['track_artist'], as: 'name-id' },
      name: 'track_artist',
      genres: { from: 'playlist_genre', split: ';' },
    },
  },
];
const PLAYED = { from: ['Song Clean', 'ARTIST CLEAN'], as: 'name-id' };
/** How plays are read. */
export const PLAY_RULES = [
  {
    table: 'tracks',
    columns: {
      id: PLAYED,
      title: 'Song Clean',
      artist: 'ARTIST CLEAN',
      release_date: 'Release Year',
      listens: 'PlayCount',
    },
  },
];

/** The folder of the report on `file`, imported alone by `rules`, below `root`. */
export async function reportOnTable(
  root: string,
  name: string,
  file: string,
  rules: readonly object[],
): Promise<string> {
  const home = path.join(root, name);
  await createArchive(home, { name, contact: 'a@example.org' }, world);
  const mapping = {
    format: 'fonoteca-mapping/1',
    name,
    namespace: `table-${name}`,
    licence: null,
    popularity: { origin: name, method: 'as the file has it' },
    files: [{ kind: 'songs', match: ['*.csv'], format: 'csv', missing: ['', 'NA'], rows: rules }],
  };
  const catalogue = path.join(home, 'catalogue');
  const deps = { ...world, catalogue, watch: unwatched };
  await runImport({ preset: parseMapping(JSON.stringify(mapping), name), paths: [file] }, deps);
  await buildSnapshot({}, { ...deps, threads: 1 });
  await using archive = await openArchive(home, { write: true }, world);
  const out = path.join(root, `${name}-report`);
  await runReport(archive, out, { memory: '256MB' }, unwatched);
  return out;
}
