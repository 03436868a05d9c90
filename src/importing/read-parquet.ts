/**
 * Foreign Parquet is read by DuckDB, in a process of its own: rows that stand there as the catalogue keeps them are copied by
 * it, all others come out as lines. What lies in a tar, or under a name that DuckDB takes for a pattern, is laid beside the import for
 * as long as that takes.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Disk, openRegular } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { openTables } from '../tables/open-tables.ts';
import { quoted, type Tables, type TablesOptions } from '../tables/tables.ts';
import { copyPlainRows } from './copy-plain-rows.ts';
import { blamingFile, columnTypes, foreignRows } from './foreign-parquet.ts';
import type { Session } from './import-session.ts';
import { compilePlainColumns, ROW_NUMBER } from './plain-columns.ts';
import type { Preset, SourceFile } from './preset.ts';
import { readSelect } from './read-select.ts';
import { digestFile, eachChunk, type InputFile } from './source-files.ts';
import type { SourceMember } from './tar-members.ts';

/** A Parquet file of a source. */
export interface ParquetMember {
  readonly input: InputFile;
  readonly member: SourceMember;
  readonly rule: SourceFile;
  /** Hears of the bytes read so far; false when it is time to stop. */
  readonly told: (bytes: number) => boolean;
  /** Bytes of the input that have been read from the disk here. */
  readonly readBytes: () => number;
}

/** What it is read with. */
export interface ParquetReading {
  readonly preset: Preset;
  readonly disk: Disk;
  /** The folder of the import. */
  readonly directory: string;
  readonly session: Session;
  readonly threads: number;
  /** Rows of a piece: files with far fewer are read as lines, so that shards are not many. */
  readonly pieceRows: number;
  readonly watch: Watch;
}

const DOOR_MEMORY_BYTES = 2 ** 30;
const SPOOL = 'spool.parquet';
/** Where other files match it, a path with one of these is read as those. */
const PATTERN = /[*?[\]]/;
const LEAST_PIECES = 1 / 20;
/** Of a piece: what is copied at a time, so that files of a million rows are copied side by side too. */
const STRETCH = 1 / 4;

/** Reads `member`; false when it was stopped. `SOURCE_PARQUET`, `SOURCE_CHANGED`, `MAPPING_COLUMN_MISSING`. */
export async function readParquet(
  member: ParquetMember,
  reading: ParquetReading,
): Promise<boolean> {
  const { input, told, readBytes } = member;
  const { disk, directory, watch } = reading;
  const isWhole = !PATTERN.test(input.path) && isParquet(input.path);
  const file = isWhole ? input.path : path.join(directory, SPOOL);
  const { name } = member.member;
  if (!isWhole && !(await spool(disk, file, member.member, () => told(readBytes())))) return false;
  const isRead = await blamingFile(name, () => readRows(member, file, isWhole, reading));
  if (!isRead) return false;
  if (!isWhole) {
    disk.unlink(file);
    return true;
  }
  const after = await digestFile(disk, file, () => !watch.stop.aborted);
  if (after && after.sha256 !== input.sha256) throw new FonotecaError('SOURCE_CHANGED', input.name);
  return after !== undefined;
}

/** Reads the rows of `file`, the short way those that can be; false when it was stopped. */
async function readRows(
  { input, member, rule, told, readBytes }: ParquetMember,
  file: string,
  isWhole: boolean,
  reading: ParquetReading,
): Promise<boolean> {
  const { preset, directory, session, threads, pieceRows } = reading;
  const door: TablesOptions = {
    work: directory,
    folders: [path.dirname(file)],
    memoryBytes: DOOR_MEMORY_BYTES,
    threads: 1,
  };
  await using tables = await openTables(door);
  const source = `read_parquet(${quoted(file)})`;
  const types = await columnTypes(tables, source);
  const [[count] = []] = await tables.rows(`SELECT count(*) FROM ${source}`);
  const rows = Number(count);
  const before = session.records;
  // DuckDB reads where nobody counts bytes: as much of them is told as of the rows.
  const goesOn = () => {
    const share = (session.records - before) / Math.max(1, rows);
    return told(isWhole ? Math.floor(input.bytes * Math.min(1, share)) : readBytes());
  };
  const lines = { rule, fileName: member.name, goesOn };
  const isMuch = rows >= pieceRows * LEAST_PIECES;
  const plain = isMuch ? compilePlainColumns(rule, preset, types) : undefined;
  if (!plain) return await readSelect(tables, foreignRows(source, types), session, lines);
  const stretchRows = Math.ceil(pieceRows * STRETCH);
  const copy = { file, kind: rule.kind, rows, stretchRows, plain };
  const left = await withDoors(tables, door, Math.min(threads, rows / stretchRows), (doors) =>
    copyPlainRows(copy, { ...reading, doors, goesOn }),
  );
  if (!left) return left === 0;
  const numbered = `read_parquet(${quoted(file)}, ${ROW_NUMBER} = true)`;
  const others = `${foreignRows(numbered, types)} WHERE NOT ${plain.test}`;
  return await readSelect(tables, others, session, { ...lines, isNumbered: true });
}

/** What `use` gives of `first` and further doors, as many as are wanted. */
async function withDoors<T>(
  first: Tables,
  options: TablesOptions,
  wanted: number,
  use: (doors: readonly Tables[]) => Promise<T>,
): Promise<T> {
  await using further = new AsyncDisposableStack();
  const doors = [first];
  while (doors.length < wanted) doors.push(further.use(await openTables(options)));
  return await use(doors);
}

async function spool(
  disk: Disk,
  file: string,
  member: SourceMember,
  goesOn: () => boolean,
): Promise<boolean> {
  disk.unlink(file);
  const writer = startDurable(disk, `${file}.part`);
  try {
    const isWhole = await eachChunk(member.chunks, (chunk) => writer.write(chunk), goesOn);
    if (isWhole) writer.commit(file, { replace: true });
    else writer.abort();
    return isWhole;
  } catch (error) {
    abortQuietly(writer);
    throw error;
  }
}

function isParquet(file: string): boolean {
  const descriptor = openRegular(file, fs.constants.O_RDONLY);
  try {
    const head = Buffer.alloc(4);
    fs.readSync(descriptor, head, 0, 4, 0);
    return head.toString('latin1') === 'PAR1';
  } finally {
    fs.closeSync(descriptor);
  }
}
