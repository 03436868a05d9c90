/** What the tests of importing share: a folder that goes, files in it, an import of them, and its tables as rows. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { fixedClock, type Random } from '../base/clock.ts';
import { realDisk } from '../base/disk.ts';
import { unwatched } from '../base/progress.ts';
import type { ImportDeps, ImportReport } from './import-request.ts';
import { parseMapping } from './mapping-file.ts';
import type { Preset } from './preset.ts';
import { runImport } from './run-import.ts';

/** Real data of others, where this machine has it. */
export const DATA: string = path.resolve(import.meta.dirname, '../../../shared/data/catalog');
/** Why a test over `DATA` is skipped, or false. */
export const WITHOUT_DATA: string | false = fs.existsSync(DATA) ? false : `no data at ${DATA}`;

const RANDOM: Random = { bytes: (count) => new Uint8Array(count).fill(7) };

/** A folder with `files` in it, removed when it is disposed of. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>> = {}): {
  readonly path: string;
  [Symbol.dispose](): void;
} {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-import-'));
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  return {
    path: folder,
    [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

/** A mapping of lines of JSON with id, title, artist and some more. */
export function songMapping(more: Partial<Preset> = {}): Preset {
  const preset: Preset = {
    format: 'fonoteca-mapping/1',
    name: 'songs',
    namespace: 'table-songs',
    licence: 'CC0-1.0',
    files: [
      {
        kind: 'songs',
        match: ['*.jsonl'],
        format: 'jsonl',
        rows: [
          {
            table: 'tracks',
            columns: {
              id: 'id',
              title: 'title',
              artist: 'artist',
              isrcs: { from: ['isrc'] },
              duration_ms: { from: ['s'], as: 'seconds' },
            },
          },
          {
            table: 'albums',
            when: [{ path: 'album' }],
            columns: { id: 'album', title: 'album', artist: 'artist' },
          },
        ],
      },
    ],
    ...more,
  };
  return parseMapping(JSON.stringify(preset), 'the mapping of a test');
}

/** What an import into `catalogue` is given. */
export function depsOf(catalogue: string, more: Partial<ImportDeps> = {}): ImportDeps {
  return {
    disk: realDisk,
    clock: fixedClock('2026-11-21T10:00:00Z'),
    random: RANDOM,
    catalogue,
    watch: unwatched,
    ...more,
  };
}

/** The import of `paths` into the folder `catalogue`. */
export async function importInto(
  catalogue: string,
  preset: Preset,
  paths: readonly string[],
  more: Partial<ImportDeps> = {},
): Promise<ImportReport> {
  return await runImport({ preset, paths }, depsOf(catalogue, more));
}

/** The rows of `table` in the import at `directory`, as DuckDB reads them, in the order of the files. */
export async function rowsOf(directory: string, table: string): Promise<Record<string, unknown>[]> {
  const files = fs.readdirSync(directory).filter((name) => name.startsWith(`${table}-`));
  if (files.length === 0) return [];
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const list = files.map((name) => `'${path.join(directory, name)}'`).join(', ');
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet([${list}])`);
  return reader.getRowObjectsJson().map((row) => ({ ...row }));
}

/** Writes the rows of the SELECT `sql` to the Parquet file `file`; `options` are further ones of COPY, a comma before each. */
export async function writeParquet(sql: string, file: string, options = ''): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(`COPY (${sql}) TO '${file}' (FORMAT parquet${options})`);
  connection.closeSync();
}

/** The bytes of each file in `directory` by name. */
export function filesIn(directory: string): Map<string, string> {
  const names = fs
    .readdirSync(directory)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return new Map(
    names.map((name) => [name, fs.readFileSync(path.join(directory, name), 'latin1')]),
  );
}
