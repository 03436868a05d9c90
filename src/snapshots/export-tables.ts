/**
 * The exchange set: a snapshot as plain Parquet tables with names and all links, made on request for those who compute with
 * other tools. One pass over each kind of rows. Spec: docs/tables.md.
 */
import path from 'node:path';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import type { Disk } from '../base/disk.ts';
import {
  abortQuietly,
  type DurableWriter,
  ensureDirectory,
  putFile,
  startDurable,
} from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { digestFile } from '../catalogue/block-digests.ts';
import type { Snapshot } from '../catalogue/snapshot-look-up.ts';
import { createParquetWriter, type ParquetWriter } from '../formats/parquet-writer.ts';
import type { Tables } from '../tables/tables.ts';
import { EXCHANGE_FIELDS, type ExchangeTable } from './exchange-fields.ts';
import { FEATURES } from './statistics.ts';
import { statisticsSource } from './statistics-source.ts';

/** What was written. */
export interface ExchangeReport {
  readonly directory: string;
  readonly tables: readonly {
    readonly table: ExchangeTable;
    readonly rows: number;
    readonly bytes: number;
  }[];
}

/** What an export works with. `tables` may read the folder of the snapshot. */
interface ExportDeps {
  readonly disk: Disk;
  readonly tables: Tables;
  readonly watch: Watch;
}

type Writers = Record<
  ExchangeTable,
  { readonly parquet: ParquetWriter; readonly durable: DurableWriter }
>;

/**
 * Writes the tables of `snapshot` into `directory`, which must be new or empty, and `exchange.json` last. Null when it was
 * asked to stop; what was written so far is removed. `FILE_EXISTS`, `SNAPSHOT_BLOCK`.
 */
export async function exportTables(
  snapshot: Snapshot,
  directory: string,
  { disk, tables, watch }: ExportDeps,
): Promise<ExchangeReport | null> {
  if (disk.list(directory).length > 0)
    throw new FonotecaError('FILE_EXISTS', `${directory} is not empty`);
  const source = statisticsSource(disk, snapshot, 'tracks');
  ensureDirectory(disk, directory);
  const writers = startWriters(disk, directory);
  try {
    if (
      !(await fill(
        snapshot,
        writers,
        tables.lines(`SELECT ${FEATURES.join(', ')} FROM ${source}`),
        watch,
      ))
    ) {
      for (const { durable } of Object.values(writers)) abortQuietly(durable);
      return null;
    }
    return finish(disk, directory, snapshot, writers);
  } catch (error) {
    for (const { durable } of Object.values(writers)) abortQuietly(durable);
    throw error;
  }
}

function startWriters(disk: Disk, directory: string): Writers {
  return Object.fromEntries(
    Object.entries(EXCHANGE_FIELDS).map(([table, fields]) => {
      const durable = startDurable(disk, path.join(directory, `${table}.parquet.part`));
      return [
        table,
        { durable, parquet: createParquetWriter(fields, (bytes) => durable.write(bytes)) },
      ];
    }),
  ) as Writers;
}

async function fill(
  snapshot: Snapshot,
  writers: Writers,
  features: AsyncIterable<Buffer>,
  watch: Watch,
): Promise<boolean> {
  const add = (table: ExchangeTable, row: readonly unknown[]) => writers[table].parquet.add(row);
  for (const row of snapshot.rowsFrom('artists', 0)) {
    add('artists', [
      row.rank,
      row.id,
      row.name,
      row.sortName,
      row.followers,
      row.popularity,
      row.place,
    ]);
    for (const genre of row.genres) add('artist_genres', [row.id, genre]);
  }
  for (const row of snapshot.rowsFrom('albums', 0)) {
    const { id, upc } = row;
    add('albums', [
      row.rank,
      id,
      row.title,
      row.artist,
      row.releaseDate,
      row.type,
      row.label,
      row.trackCount,
      row.popularity,
      row.markets,
      row.language,
    ]);
    row.artistIds.forEach(
      (artistId, position) => void add('album_artists', [id, position, artistId]),
    );
    if (upc !== null) add('identifiers', [id, 'upc', upc]);
  }
  const tracks = snapshot.rowsFrom('tracks', 0)[Symbol.iterator]();
  for await (const chunk of features)
    for (const line of chunk.toString('utf8').trimEnd().split('\n')) {
      if (watch.stop.aborted) return false;
      const { value: row } = tracks.next();
      if (!row) throw new FonotecaError('SNAPSHOT_MANIFEST', 'more rows of statistics than tracks');
      const values = JSON.parse(line) as (number | null)[];
      addTrack(row, values, add);
      if (row.rank % PROGRESS_ROWS === 0)
        watch.progress({
          stage: 'export',
          doneItems: row.rank,
          totalItems: snapshot.manifest.rows.tracks,
        });
    }
  for (const [from, to] of snapshot.sideRows('redirects')) add('redirects', [from, to]);
  for (const link of snapshot.sideRows('links')) add('links', link);
  return true;
}

/** Rows between two words of progress. */
const PROGRESS_ROWS = 4096;

function addTrack(
  row: ReturnType<Snapshot['tracksAt']>[number] & object,
  features: readonly (number | null)[],
  add: (table: ExchangeTable, row: readonly unknown[]) => void,
): void {
  add('tracks', [
    row.rank,
    row.id,
    row.recordingId,
    row.title,
    row.artist,
    row.albumId,
    row.album,
    row.discNumber,
    row.trackNumber,
    row.durationMs,
    row.releaseDate,
    row.explicit,
    row.popularity,
    row.listens,
    row.listeners,
    row.label,
    row.genres,
    row.licence,
  ]);
  row.artistIds.forEach(
    (artistId, position) => void add('track_artists', [row.id, position, artistId]),
  );
  for (const isrc of row.isrcs) add('identifiers', [row.id, 'isrc', isrc]);
  if (row.recordingId !== null) add('identifiers', [row.id, 'recording', row.recordingId]);
  if (features.some((value) => value !== null)) add('features', [row.id, ...features]);
}

function finish(
  disk: Disk,
  directory: string,
  { manifest }: Snapshot,
  writers: Writers,
): ExchangeReport {
  const told: { table: ExchangeTable; rows: number; bytes: number }[] = [];
  const files: Json[] = [];
  for (const [name, { parquet, durable }] of Object.entries(writers)) {
    const table = name as ExchangeTable;
    const file = path.join(directory, `${table}.parquet`);
    parquet.finish();
    durable.commit(file, { replace: true });
    const { bytes, sha256 } = digestFile(disk, file);
    told.push({ table, rows: parquet.rows, bytes });
    files.push({ file: `${table}.parquet`, rows: parquet.rows, bytes, sha256 });
  }
  const { id, sources, popularity, rows } = manifest;
  const about = {
    format: 'fonoteca-catalogue-exchange/1',
    snapshot: id,
    sources,
    popularity,
    rows,
    files,
  };
  putFile(
    disk,
    path.join(directory, 'exchange.json'),
    `${canonicalJson(about as unknown as Json)}\n`,
    {
      replace: true,
    },
  );
  return { directory, tables: told };
}
