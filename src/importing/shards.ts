/**
 * The shards of an import being written: a Parquet file for each table and piece. A piece ends behind the record, or the
 * block of lines, with which one of its tables reaches two million rows, so that the same source gives the same pieces in
 * every run; what was finished before a run was cut short is gone through again without being written.
 */
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { startSha256 } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, type DurableWriter, startDurable } from '../base/durable.ts';
import {
  createParquetWriter,
  type ParquetField,
  type ParquetWriter,
} from '../formats/parquet-writer.ts';
import type { EncodedTable } from './block-orders.ts';

/** A finished file of a table. */
export interface Shard {
  readonly table: string;
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: Digest;
}

/** The shards of an import. */
export interface Shards {
  /** Adds a row to `table`. */
  add(table: string, values: readonly unknown[]): void;
  /** Adds rows that were encoded elsewhere. */
  addEncoded(encoded: EncodedTable): void;
  /** Whether the piece is as large as it may get. Asked between records. */
  isFull(): boolean;
  /**
   * Ends the piece: returns its shards, written or found finished. `undefined` when what was finished before does not
   * fit what was read now.
   */
  endPiece(): readonly Shard[] | undefined;
  /** The shards of the piece that comes `ahead` pieces behind the one under way, where they were finished before. */
  finishedPiece(ahead: number): readonly Shard[] | undefined;
  /**
   * As `endPiece`, of a piece that was written elsewhere and is durable: each `file` is where it lies, and gets its name among
   * the shards. Nothing may be in the piece under way.
   */
  takePiece(written: readonly Shard[]): readonly Shard[] | undefined;
  /** Gives up the piece under way. */
  abort(): void;
}

/** A shard's file is deleted after use, so it is no larger than free disk can spare beside the snapshot being built. */
export const PIECE_ROWS = 2_000_000;
const NUMBER_DIGITS = 5;

interface OpenShard {
  readonly writer: ParquetWriter | undefined;
  readonly file: string;
  readonly durable: DurableWriter | undefined;
  readonly finish: () => Digest | undefined;
  rows: number;
}

/**
 * Shards in `directory` of tables whose columns `fieldsOf` tells. `finished` are the pieces of an earlier run, in order.
 * Memory: a page of each column and the compressed pages of 122,880 rows, about 30 MB a table.
 */
export function createShards(
  disk: Disk,
  directory: string,
  fieldsOf: (table: string) => readonly ParquetField[],
  finished: readonly (readonly Shard[])[],
  pieceRows: number,
): Shards {
  let piece = 0;
  let mostRows = 0;
  const numbers = new Map<string, number>();
  let open = new Map<string, OpenShard>();
  const nextFile = (table: string): string => {
    const number = numbers.get(table) ?? 0;
    numbers.set(table, number + 1);
    return `${table}-${String(number).padStart(NUMBER_DIGITS, '0')}.parquet`;
  };
  const start = (table: string): OpenShard => {
    const file = nextFile(table);
    const isWritten = piece < finished.length;
    const shard = isWritten
      ? { writer: undefined, durable: undefined, finish: () => undefined, file, rows: 0 }
      : { ...startFile(disk, path.join(directory, file), fieldsOf(table)), file, rows: 0 };
    open.set(table, shard);
    return shard;
  };
  return {
    add(table, values) {
      const shard = open.get(table) ?? start(table);
      shard.writer?.add(values);
      shard.rows += 1;
      if (shard.rows > mostRows) mostRows = shard.rows;
    },
    addEncoded({ table, rows, columns }) {
      const shard = open.get(table) ?? start(table);
      const pages = columns.map((each) => ({
        ...{ pages: [each.bytes], values: each.values },
        ...{ plainBytes: each.plainBytes, bytes: each.bytes.length },
      }));
      shard.writer?.append(rows, pages);
      shard.rows += rows;
      if (shard.rows > mostRows) mostRows = shard.rows;
    },
    isFull: () => mostRows >= pieceRows,
    endPiece() {
      const before = finished[piece];
      const shards = before
        ? sameShards(before, open)
        : [...open].map(([table, shard]) => finishShard(disk, directory, table, shard));
      piece += 1;
      mostRows = 0;
      open = new Map();
      return shards;
    },
    finishedPiece: (ahead) => finished[piece + ahead],
    takePiece(written) {
      const named = written.map((shard) => ({ ...shard, file: nextFile(shard.table) }));
      const before = finished[piece];
      piece += 1;
      if (before) return sameShards(before, new Map(named.map((shard) => [shard.table, shard])));
      for (const [index, { file }] of named.entries())
        disk.renameReplace(written[index]!.file, path.join(directory, file));
      disk.syncDirectory(directory);
      return named;
    },
    abort() {
      for (const { durable } of open.values()) if (durable) abortQuietly(durable);
      open = new Map();
    },
  };
}

function startFile(disk: Disk, file: string, fields: readonly ParquetField[]) {
  const temporary = `${file}.part`;
  disk.unlink(temporary);
  const durable = startDurable(disk, temporary);
  const hash = startSha256();
  const writer = createParquetWriter(fields, (bytes) => {
    hash.update(bytes);
    durable.write(bytes);
  });
  return { writer, durable, finish: () => hash.finish() };
}

function finishShard(disk: Disk, directory: string, table: string, shard: OpenShard): Shard {
  const { writer, durable, file, rows } = shard;
  writer!.finish();
  const bytes = durable!.sizeBytes;
  const sha256 = shard.finish()!;
  disk.unlink(path.join(directory, file));
  durable!.commit(path.join(directory, file), { replace: true });
  return { table, file, rows, bytes, sha256 };
}

/** The shards of a finished piece, when what was read now has as many rows in the same files. */
function sameShards(
  before: readonly Shard[],
  open: ReadonlyMap<string, Pick<Shard, 'file' | 'rows'>>,
): readonly Shard[] | undefined {
  const isSame =
    before.length === open.size &&
    before.every(
      ({ table, file, rows }) => open.get(table)?.file === file && open.get(table)?.rows === rows,
    );
  return isSame ? before : undefined;
}
