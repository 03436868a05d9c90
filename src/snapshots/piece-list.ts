/** The pieces that unfinished files of rows consist of, listed beside them: a line of JSON each. */
import path from 'node:path';
import { type Disk, readWhole } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import type { RowPiece } from './row-piece.ts';

const PIECES = 'pieces.jsonl';
const NEWLINE = 10;

/** What has to be known of a piece to find it in the unfinished files. */
export interface ListedPiece {
  readonly rows: number;
  /** Bytes of each block of the row file. */
  readonly blocks: readonly number[];
  /** Of each column of the statistics: values, plain bytes, bytes, bytes of its dictionary. */
  readonly columns: readonly (readonly [number, number, number, number])[];
}

/** A list of pieces being written. */
export interface PieceList {
  add(piece: RowPiece): void;
  /** Makes it durable as far as it goes. */
  sync(): void;
  /** Ends it; without `sync` it goes. */
  end(): void;
}

/** The list of the pieces whose unfinished files lie in `temporary`. */
export function startPieceList(disk: Disk, temporary: string): PieceList {
  const file = path.join(temporary, PIECES);
  disk.unlink(file);
  const durable = startDurable(disk, file);
  return {
    add({ rows, blocks, statistics }) {
      const listed: ListedPiece = {
        rows,
        blocks: [...blocks.sizes],
        columns: statistics.map((column) => [
          ...([column.values, column.plainBytes, column.bytes] as const),
          column.dictionaryBytes ?? 0,
        ]),
      };
      durable.write(Buffer.from(`${JSON.stringify(listed)}\n`));
    },
    sync: () => durable.sync(),
    end: () => abortQuietly(durable),
  };
}

/** The list in `temporary`; the beginning of a line behind the last whole one is left out. */
export function listedPieces(disk: Disk, temporary: string): ListedPiece[] {
  const bytes = readWhole(disk, path.join(temporary, PIECES));
  const text = bytes.toString('utf8', 0, bytes.lastIndexOf(NEWLINE) + 1);
  // Our own file, of which as much was made durable as is needed.
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ListedPiece);
}
