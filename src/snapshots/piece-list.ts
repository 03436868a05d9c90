/** The pieces that unfinished files of rows consist of, listed beside them: a line of JSON each. */
import path from 'node:path';
import { type Disk, readWhole } from '../base/disk.ts';
import {
  abortQuietly,
  continueDurable,
  type DurableWriter,
  startDurable,
} from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { RowPiece } from './row-piece.ts';
import type { WrittenGroup } from './statistics-file.ts';

const PIECES = 'pieces.jsonl';

/** What has to be known of a piece to go on behind it. */
export interface ListedPiece extends WrittenGroup {
  /** Bytes of each block of the row file. */
  readonly blocks: readonly number[];
  readonly lastAlbum: string | null;
  /** Of each hash index of its kind, how many keys it had. */
  readonly keys: readonly number[];
}

/** A list of pieces being written. */
export interface PieceList {
  /** Adds `piece`, of which each hash index took so many `keys`. */
  add(piece: RowPiece, keys: readonly number[]): void;
  /** Makes it durable as far as it goes. */
  sync(): void;
  /** Ends it; without `sync` it goes. */
  end(): void;
}

/** The list of the pieces whose unfinished files lie in `temporary`. */
export function startPieceList(disk: Disk, temporary: string): PieceList {
  const file = path.join(temporary, PIECES);
  disk.unlink(file);
  return listOver(startDurable(disk, file));
}

/** Goes on with the list in `temporary` behind the pieces of its first `rows`, which `sync` made durable, and gives them. */
export function continuePieceList(
  disk: Disk,
  temporary: string,
  rows: number,
): { readonly list: PieceList; readonly pieces: readonly ListedPiece[] } {
  const file = path.join(temporary, PIECES);
  const bytes = readWhole(disk, file);
  const pieces: ListedPiece[] = [];
  let keptBytes = 0;
  for (let listed = 0; listed < rows; listed += pieces.at(-1)!.rows) {
    const end = bytes.indexOf('\n', keptBytes);
    if (end < 0)
      throw new FonotecaError('DISK_IO', `${listed} of ${rows} rows are listed (${file})`);
    // Our own file, of which as much was made durable as is read.
    pieces.push(JSON.parse(bytes.toString('utf8', keptBytes, end)) as ListedPiece);
    keptBytes = end + 1;
  }
  return { list: listOver(continueDurable(disk, file, keptBytes)), pieces };
}

function listOver(durable: DurableWriter): PieceList {
  return {
    add({ rows, blocks, statistics, lastAlbum }, keys) {
      const columns = statistics.map(({ pages: _, ...column }) => column);
      const listed: ListedPiece = { rows, blocks: [...blocks.sizes], columns, lastAlbum, keys };
      durable.write(Buffer.from(`${JSON.stringify(listed)}\n`));
    },
    sync: () => durable.sync(),
    end: () => abortQuietly(durable),
  };
}
