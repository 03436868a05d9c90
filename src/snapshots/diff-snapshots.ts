/**
 * What changed from one snapshot to another, by id: rows that came, went, were redirected, or say something else. Each
 * snapshot is read once; hashes of ids and rows meet in files of about 14 bytes a row, joined a slice at a time.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import { hashKey } from '../catalogue/key-hash.ts';
import type {
  CatalogueRows,
  CatalogueTrack,
  Ranked,
  Snapshot,
} from '../catalogue/snapshot-look-up.ts';
import { createParquetWriter } from '../formats/parquet-writer.ts';
import { quoted, type Tables } from '../tables/tables.ts';
import { ROW_KINDS, type RowKind } from './row-kinds.ts';

/** How the rows of one kind changed. */
export interface KindDiff {
  readonly added: number;
  /** Whose id is no row any more; `redirected` of them mean another row now. */
  readonly gone: number;
  readonly redirected: number;
  /** Of the same id, with any other value. */
  readonly changed: number;
  readonly same: number;
}

/** How one snapshot differs from another. */
export interface SnapshotDiff {
  readonly kinds: Readonly<Record<RowKind, KindDiff>>;
  /** The highest tracks of the newer one that the older has not, by rank. */
  readonly newest: readonly CatalogueTrack[];
}

/** Rows joined at a time: about 60 bytes of memory each. */
const SLICE_ROWS = 32_000_000;
/** Tracks looked at for the highest new ones. */
const NEWEST_LOOK = 100_000;
const NEWEST = 10;

/** What changed from `older` to `newer`. `temporary` is an existing folder that `tables` may read; what is put there goes. */
export async function diffSnapshots(
  { older, newer }: { older: Snapshot; newer: Snapshot },
  { disk, tables, temporary }: { disk: Disk; tables: Tables; temporary: string },
): Promise<SnapshotDiff> {
  const moved = movedKinds(older, newer);
  const kinds: Partial<Record<RowKind, KindDiff>> = {};
  for (const kind of ROW_KINDS) {
    const files = [older, newer].map((snapshot, index) => {
      const file = path.join(temporary, `diff-${kind}-${index}.parquet`);
      gather(disk, file, snapshot.rowsFrom(kind, 0));
      return file;
    }) as [string, string];
    const rows = older.manifest.rows[kind] + newer.manifest.rows[kind];
    kinds[kind] = { ...(await compare(tables, files, rows)), redirected: moved[kind] };
    for (const file of files) disk.unlink(file);
  }
  return { kinds: kinds as Record<RowKind, KindDiff>, newest: newestTracks(older, newer) };
}

function newestTracks(older: Snapshot, newer: Snapshot): CatalogueTrack[] {
  const found: CatalogueTrack[] = [];
  for (const track of newer.rowsFrom('tracks', 0)) {
    if (found.length === NEWEST || track.rank === NEWEST_LOOK) break;
    if (!older.track(track.id)) found.push(track);
  }
  return found;
}

/** Rows of the older snapshot whose id the newer one takes for another. */
function movedKinds(older: Snapshot, newer: Snapshot): Record<RowKind, number> {
  const moved = { tracks: 0, albums: 0, artists: 0 };
  for (const [from] of newer.sideRows('redirects')) {
    if (older.track(from!)?.id === from) moved.tracks += 1;
    else if (older.album(from!)?.id === from) moved.albums += 1;
    else if (older.artist(from!)?.id === from) moved.artists += 1;
  }
  return moved;
}

/** Hashes of ids with hashes of what their rows say, as a Parquet file; the rank is no part of it. */
function gather<Kind extends RowKind>(
  disk: Disk,
  file: string,
  rows: Iterable<Ranked<CatalogueRows[Kind]>>,
): void {
  disk.unlink(file);
  const durable = startDurable(disk, `${file}.part`);
  const fields = ['high', 'low', 'says'].map((name) => ({ name, kind: 'whole' as const }));
  const writer = createParquetWriter(fields, (bytes) => durable.write(bytes));
  const id = new Uint32Array(2);
  const says = new Uint32Array(2);
  try {
    for (const { rank: _, ...row } of rows) {
      hashKey((row as unknown as { id: string }).id, id);
      hashKey(JSON.stringify(row), says);
      writer.add([id[0], id[1], says[0]! * 2 ** 20 + (says[1]! >>> 12)]);
    }
    writer.finish();
    durable.commit(file, { replace: true });
  } catch (error) {
    abortQuietly(durable);
    throw error;
  }
}

/** Both files joined by the 64 bits of the id's hash, a slice of it at a time. */
async function compare(
  tables: Tables,
  [older, newer]: readonly [string, string],
  rows: number,
): Promise<Omit<KindDiff, 'redirected'>> {
  const slices = Math.max(1, Math.ceil(rows / SLICE_ROWS));
  const total = { added: 0, gone: 0, changed: 0, same: 0 };
  for (let slice = 0; slice < slices; slice++) {
    const [a, b] = [older, newer].map(
      (file) => `(SELECT * FROM ${quoted(file)} WHERE high % ${slices} = ${slice})`,
    );
    const [row] = await tables.rows(
      `SELECT count(*) FILTER (a.says IS NULL), count(*) FILTER (b.says IS NULL), count(*) FILTER (a.says <> b.says), count(*) FILTER (a.says = b.says) FROM ${a} a FULL JOIN ${b} b ON a.high = b.high AND a.low = b.low`,
    );
    const [added, gone, changed, same] = row!.map(Number) as [number, number, number, number];
    total.added += added;
    total.gone += gone;
    total.changed += changed;
    total.same += same;
  }
  return total;
}
