/** Snapshots made up for tests of the planner: rows in, statistics tables as Parquet and an open door to DuckDB out. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createParquetWriter, type ParquetField } from '../formats/parquet-writer.ts';
import { openTables } from '../tables/open-tables.ts';
import { quoted } from '../tables/tables.ts';
import type { HeldTrack, PlanSource } from './plan-input.ts';

/** A track of a made-up snapshot; what is left out is unknown. */
export interface MadeTrack {
  readonly popularity?: number | null;
  readonly listens?: number | null;
  readonly durationMs?: number | null;
  readonly year?: number | null;
  readonly album?: number | null;
  readonly artist?: number | null;
  readonly isrc?: string | null;
  readonly licence?: string | null;
}

/** A made-up snapshot. Tracks are brought into the order of ranks: popularity from the highest, unknown last. */
export interface MadeSnapshot {
  readonly tracks: readonly MadeTrack[];
  readonly albums?: readonly {
    readonly popularity?: number | null;
    readonly label?: string | null;
    /** Left out of all albums, their table has no such column. */
    readonly language?: string | null;
  }[];
  readonly artists?: readonly {
    readonly popularity?: number | null;
    readonly followers?: number | null;
    readonly place?: string | null;
    readonly genres?: readonly string[];
  }[];
  readonly held?: readonly HeldTrack[];
}

/** The snapshots of a test file, all read through one door. */
export interface MadeSources extends AsyncDisposable {
  source(snapshot: MadeSnapshot): PlanSource;
}

/** An open door for made-up snapshots. */
export async function openMadeSources(): Promise<MadeSources> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-planning-'));
  const limits = { memoryBytes: 2 ** 28, threads: 2 };
  const tables = await openTables({ work: folder, folders: [], ...limits });
  let made = 0;
  return {
    source({ tracks, albums = [], artists = [], held = [] }) {
      made += 1;
      const write = (name: string, fields: readonly ParquetField[], rows: readonly unknown[][]) => {
        const file = path.join(folder, `${name}-${made}.parquet`);
        const parts: Uint8Array[] = [];
        const writer = createParquetWriter(fields, (bytes) => parts.push(Buffer.from(bytes)));
        for (const row of rows) writer.add(row);
        writer.finish();
        fs.writeFileSync(file, Buffer.concat(parts));
        return `read_parquet(${quoted(file)}, file_row_number = true)`;
      };
      const ranked = inRankOrder(tracks);
      const hasLanguages = albums.some(({ language }) => language !== undefined);
      return {
        tables,
        tracks: write('tracks', TRACK_FIELDS, ranked.map(trackCells)),
        albums: write(
          'albums',
          hasLanguages ? [...ALBUM_FIELDS, { name: 'language', kind: 'text' }] : ALBUM_FIELDS,
          albums.map(({ popularity = null, label = null, language = null }) =>
            hasLanguages ? [popularity, label, language] : [popularity, label],
          ),
        ),
        artists: write(
          'artists',
          ARTIST_FIELDS,
          artists.map((artist) => [
            ...[artist.popularity ?? null, artist.followers ?? null, artist.place ?? null],
            artist.genres ?? [],
          ]),
        ),
        rows: { tracks: tracks.length, albums: albums.length, artists: artists.length },
        held,
      };
    },
    async [Symbol.asyncDispose]() {
      await tables[Symbol.asyncDispose]();
      fs.rmSync(folder, { recursive: true });
    },
  };
}

/** `tracks` as a snapshot sorts them; those alike stay in their order. */
export function inRankOrder(tracks: readonly MadeTrack[]): MadeTrack[] {
  return [...tracks].sort((a, b) => (b.popularity ?? -1) - (a.popularity ?? -1));
}

const TRACK_FIELDS: readonly ParquetField[] = [
  ...['popularity', 'listens', 'duration_ms', 'release_year', 'album', 'artist'].map((name) => ({
    name,
    kind: 'whole' as const,
  })),
  { name: 'isrc', kind: 'text' },
  { name: 'licence', kind: 'text' },
];
const ALBUM_FIELDS: readonly ParquetField[] = [
  { name: 'popularity', kind: 'whole' },
  { name: 'label', kind: 'text' },
];
const ARTIST_FIELDS: readonly ParquetField[] = [
  { name: 'popularity', kind: 'whole' },
  { name: 'followers', kind: 'whole' },
  { name: 'place', kind: 'text' },
  { name: 'genres', kind: 'texts' },
];

function trackCells(track: MadeTrack): unknown[] {
  const { popularity, listens, durationMs, year, album, artist, isrc, licence } = track;
  return [popularity, listens, durationMs, year, album, artist, isrc, licence].map(
    (cell) => cell ?? null,
  );
}
