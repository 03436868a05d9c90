/** Indexes of made-up rows in a folder of their own, for tests: small segments and runs, so that all of them are merged. */
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { realDisk } from '../base/disk.ts';
import { ensureDirectory, removeTree } from '../base/durable.ts';
import type { DocumentNames, SnapshotSearch } from './search-answer.ts';
import type { SearchBatch, SearchGroup, WrittenSearch } from './search-documents.ts';
import { openSearch, type SearchEngineOptions } from './search-engine.ts';
import type { SampleRow } from './search-samples.ts';
import { startSearchWriter } from './search-writer.ts';

/** A folder with the three indexes of `rows`: the tracks, and their albums and artists in the order of their best tracks. */
export interface SampleIndex extends Disposable {
  readonly directory: string;
  readonly written: readonly WrittenSearch[];
  readonly rows: readonly SampleRow[];
  names(group: SearchGroup, rank: number): DocumentNames;
  open(options?: Partial<SearchEngineOptions>): SnapshotSearch;
}

const BATCH_ROWS = 700;
let made = 0;

/** Writes the indexes of `rows`. */
export function writeSampleIndex(
  rows: readonly SampleRow[],
  sizes: { segmentDocuments?: number; runPostings?: number } = {},
): SampleIndex {
  made += 1;
  const directory = path.join(os.tmpdir(), `fonoteca-search-${process.pid}-${made}`);
  const temporary = path.join(directory, 'work');
  removeTree(realDisk, directory);
  ensureDirectory(realDisk, temporary);
  const albums = distinct(rows, (row) => `${row.artist}\n${row.album}`);
  const artists = distinct(rows, (row) => row.artist);
  const groups = { tracks: rows, albums, artists };
  const written = (['tracks', 'albums', 'artists'] as const).map((group) => {
    const writer = startSearchWriter(realDisk, { directory, temporary, group, ...sizes });
    for (let at = 0; at < groups[group].length; at += BATCH_ROWS)
      writer.add(batchOf(group, groups[group].slice(at, at + BATCH_ROWS)));
    return writer.finish();
  });
  const names = (group: SearchGroup, rank: number): DocumentNames => {
    const { title, artist, album } = groups[group][rank]!;
    if (group === 'artists') return { title: null, artist, album: null };
    return { title: group === 'tracks' ? title : null, artist, album };
  };
  return {
    directory,
    written,
    rows,
    names,
    open: (options) =>
      openSearch(realDisk, {
        directory,
        rows: { names, tracksWithIsrc: () => [] },
        clock: systemClock,
        deadlineMs: 60_000,
        ...options,
      }),
    [Symbol.dispose]: () => removeTree(realDisk, directory),
  };
}

/** The columns of `rows` as documents of `group`. */
export function batchOf(group: SearchGroup, rows: readonly SampleRow[]): SearchBatch {
  const artist = rows.map((row) => row.artist);
  const genres = rows.map((row) => row.genres);
  const count = rows.length;
  if (group === 'artists') return { count, artist, genres };
  const album = rows.map((row) => row.album);
  const label = rows.map((row) => row.label);
  const year = rows.map((row) => row.year);
  if (group === 'albums') return { count, artist, album, label, year, genres };
  const title = rows.map((row) => row.title);
  const licence = rows.map((row) => row.licence);
  const explicit = rows.map((row) => row.explicit);
  return { count, title, artist, album, label, year, genres, licence, explicit };
}

function distinct(rows: readonly SampleRow[], keyOf: (row: SampleRow) => string): SampleRow[] {
  const first = new Map<string, SampleRow>();
  for (const row of rows) if (!first.has(keyOf(row))) first.set(keyOf(row), row);
  return [...first.values()];
}
