/**
 * The rows of a kind that was cut short while it was written: its unfinished row file and statistics with a list of their pieces.
 * Made into whole files they stand for the ranges that are gone, and are read as lines like these.
 */
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Disk, readInto } from '../base/disk.ts';
import { ensureDirectory } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { startRowFile } from '../catalogue/row-file.ts';
import { ROW_FILES, STATISTICS_FILES } from '../catalogue/snapshot-files.ts';
import type { ColumnPages } from '../formats/parquet-column.ts';
import type { Tables } from '../tables/tables.ts';
import { listedPieces } from './piece-list.ts';
import { lineMaker } from './range-rows.ts';
import type { RowKind } from './row-kinds.ts';
import { featuresAgain } from './statistics.ts';
import { STATISTICS_PART, startStatistics } from './statistics-file.ts';
import { openWrittenRows } from './written-rows.ts';

/** The bytes before the first group of a Parquet file. */
const MAGIC_BYTES = 4;
const LINES_AT_ONCE = 512;

interface UnfinishedRows {
  /** Where they were written, and below which they go when they are finished. */
  readonly temporary: string;
  readonly set: string;
  /** Rows that were made durable. */
  readonly rows: number;
}

/**
 * Makes the unfinished rows of `kind` into whole files in the folder `whole`: as many pieces as their rows lie in. Copies 70
 * bytes a track.
 */
export function finishRows(
  disk: Disk,
  kind: RowKind,
  { temporary, set, rows }: UnfinishedRows,
  whole: string,
): void {
  ensureDirectory(disk, whole);
  const rowFile = startRowFile(disk, path.join(whole, 'rows.tmp'), kind);
  const statistics = startStatistics(disk, path.join(whole, 'statistics.tmp'), kind);
  /** Cut short behind its last row, a file may be finished: it begins as it did. */
  const there = (unfinished: string, finished: string) => {
    const file = path.join(temporary, unfinished);
    return disk.stat(file) ? file : path.join(set, finished);
  };
  using opened = new DisposableStack();
  const open = (file: string, from: number) => opened.use(openPart(disk, file, from));
  try {
    const from = {
      rows: open(there(ROW_FILES[kind], ROW_FILES[kind]), 0),
      statistics: open(there(STATISTICS_PART, STATISTICS_FILES[kind]), MAGIC_BYTES),
    };
    for (const piece of listedPieces(disk, temporary)) {
      if (rowFile.rows >= rows) break;
      const sizes = Uint32Array.from(piece.blocks);
      const bytes = from.rows.next(sizes.reduce((sum, size) => sum + size, 0));
      rowFile.append({ rows: piece.rows, bytes, sizes });
      const columns = piece.columns.map(
        ([values, plainBytes, size, dictionaryBytes]): ColumnPages => ({
          ...{ pages: [from.statistics.next(size)], values, plainBytes, bytes: size },
          dictionaryBytes,
        }),
      );
      statistics.appendGroup(piece.rows, columns);
    }
    if (rowFile.rows < rows) throw cutShort(temporary);
    rowFile.finish(path.join(whole, ROW_FILES[kind]));
    statistics.finish(path.join(whole, path.basename(STATISTICS_FILES[kind])));
  } catch (error) {
    rowFile.abort();
    statistics.abort();
    throw error;
  }
}

function openPart(disk: Disk, file: string, from: number) {
  const descriptor = disk.openForReading(file);
  let position = from;
  return {
    next(count: number): Uint8Array<ArrayBuffer> {
      const bytes = new Uint8Array(count);
      if (readInto(disk, descriptor, bytes, position) < count) throw cutShort(file);
      position += count;
      return bytes;
    },
    [Symbol.dispose]: () => disk.close(descriptor),
  };
}

function cutShort(file: string): FonotecaError {
  return new FonotecaError('DISK_IO', `fewer bytes than were made durable (${file})`);
}

interface WrittenBefore {
  readonly disk: Disk;
  /** The files of the kinds before. */
  readonly set: string;
  /** What `finishRows` made. */
  readonly whole: string;
  readonly rows: number;
  readonly tables: Tables;
}

/** The first rows of `kind` as the lines that they were made from, in chunks of whole lines. */
export async function* linesAgain(
  kind: RowKind,
  { disk, set, whole, rows, tables }: WrittenBefore,
): AsyncGenerator<Buffer> {
  using written = openWrittenRows(disk, kind, { set, own: whole });
  const line = lineMaker(kind);
  const file = path.join(whole, path.basename(STATISTICS_FILES[kind]));
  const features = kind === 'tracks' ? textLines(tables.texts(featuresAgain(file))) : undefined;
  try {
    for (let first = 0; first < rows; first += LINES_AT_ONCE) {
      let lines = '';
      for (let rank = first; rank < Math.min(rows, first + LINES_AT_ONCE); rank += 1) {
        const told = features && ((await features.next()).value as string);
        lines += `${line(written.values(rank), told)}\n`;
      }
      yield Buffer.from(lines);
      await setImmediate();
    }
  } finally {
    await features?.return(undefined);
  }
}

async function* textLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for await (const chunk of chunks) yield* chunk.toString('utf8').trimEnd().split('\n');
}
