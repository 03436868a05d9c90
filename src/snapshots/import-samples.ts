/** Imports for tests: rows as they are given, in the files that an import leaves behind. */
import path from 'node:path';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { sha256 } from '../base/digest.ts';
import { realDisk } from '../base/disk.ts';
import { ensureDirectory, putFile } from '../base/durable.ts';
import { fieldOf } from '../catalogue/snapshot-rows.ts';
import { createParquetWriter } from '../formats/parquet-writer.ts';
import type { AlbumRow, ArtistRow, CatalogueTables, TrackRow } from '../model/catalogue-row.ts';
import { importColumns } from '../model/import-columns.ts';
import { IMPORT_TABLES, type ImportRecord, type ImportTable } from '../model/import-record.ts';

/** Rows of some tables. */
type SampleTables = { readonly [Table in ImportTable]?: readonly CatalogueTables[Table][] };

/** A track of which only some fields matter. */
export function sampleTrack(fields: Partial<TrackRow> & Pick<TrackRow, 'id'>): TrackRow {
  return {
    recordingId: null,
    title: `title of ${fields.id}`,
    artist: 'Somebody',
    artistIds: [],
    albumId: null,
    album: null,
    discNumber: null,
    trackNumber: null,
    durationMs: null,
    isrcs: [],
    releaseDate: null,
    explicit: null,
    popularity: null,
    listens: null,
    listeners: null,
    label: null,
    genres: [],
    licence: null,
    ...fields,
  };
}

/** An album of which only some fields matter. */
export function sampleAlbum(fields: Partial<AlbumRow> & Pick<AlbumRow, 'id'>): AlbumRow {
  return {
    title: `album ${fields.id}`,
    artist: 'Somebody',
    artistIds: [],
    upc: null,
    releaseDate: null,
    type: null,
    label: null,
    trackCount: null,
    popularity: null,
    markets: null,
    language: null,
    ...fields,
  };
}

/** An artist of which only some fields matter. */
export function sampleArtist(fields: Partial<ArtistRow> & Pick<ArtistRow, 'id'>): ArtistRow {
  return {
    name: `name of ${fields.id}`,
    sortName: null,
    followers: null,
    popularity: null,
    genres: [],
    place: null,
    ...fields,
  };
}

/** Writes an import of `tables` below `catalogue`, at most `shardRows` rows to a file, and returns its record. */
export function writeSampleImport(
  catalogue: string,
  tables: SampleTables,
  options: {
    source: string;
    date?: string;
    popularity?: ImportRecord['popularity'];
    shardRows?: number;
    format?: ImportRecord['format'];
  },
): ImportRecord {
  const { source, date = '2026-01-01', popularity = null, shardRows = 1000 } = options;
  const { format = 'fonoteca-catalogue-import/2' } = options;
  const id = `${source}-${sha256(canonicalJson([source, date, tables as unknown as Json])).slice(0, 16)}`;
  const directory = path.join(catalogue, 'imports', id);
  ensureDirectory(realDisk, directory);
  const shards = IMPORT_TABLES.flatMap((table) => {
    const rows = tables[table] ?? [];
    return Array.from({ length: Math.ceil(rows.length / shardRows) }, (_, number) =>
      writeShard(
        { directory, table, number, format },
        rows.slice(number * shardRows, (number + 1) * shardRows),
      ),
    );
  });
  const record: ImportRecord = {
    format,
    id,
    source,
    licence: 'CC0-1.0',
    otherLicences: [],
    dump: { date, sequence: null },
    importedAt: '2026-01-02T00:00:00Z',
    files: [],
    popularity,
    inputs: {},
    tables: Object.fromEntries(
      IMPORT_TABLES.flatMap((table) => {
        const kept = tables[table]?.length;
        return kept === undefined ? [] : [[table, { read: kept, kept, merged: 0, refused: 0 }]];
      }),
    ),
    refusedValues: 0,
    shards,
  };
  putFile(realDisk, path.join(directory, 'import.json'), JSON.stringify(record), { replace: true });
  return record;
}

interface Shard extends Pick<ImportRecord, 'format'> {
  readonly directory: string;
  readonly table: ImportTable;
  readonly number: number;
}

function writeShard(
  { directory, table, number, format }: Shard,
  rows: readonly object[],
): ImportRecord['shards'][number] {
  const isFirst = format === 'fonoteca-catalogue-import/1';
  const columns = importColumns(table).filter(({ name }) => !isFirst || name !== 'language');
  const parts: Uint8Array[] = [];
  const writer = createParquetWriter(columns, (bytes) => parts.push(Buffer.from(bytes)));
  for (const row of rows) writer.add(columns.map(({ name }) => valueIn(row, name)));
  writer.finish();
  const bytes = Buffer.concat(parts);
  const file = `${table}-${String(number).padStart(5, '0')}.parquet`;
  putFile(realDisk, path.join(directory, file), bytes, { replace: true });
  return { table, file, rows: rows.length, bytes: bytes.length, sha256: sha256(bytes) };
}

function valueIn(row: object, column: string): unknown {
  return (row as Record<string, unknown>)[fieldOf(column)] ?? null;
}
