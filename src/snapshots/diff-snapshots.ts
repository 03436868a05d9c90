/**
 * What changed from one snapshot to another, by id: rows that came, went, were redirected, or say something else. Each
 * snapshot is read once; hashes of ids and rows meet in files of about 14 bytes a row, joined a slice at a time.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import { hashKey } from '../catalogue/key-hash.ts';
import {
  type CatalogueAlbum,
  type CatalogueArtist,
  type CatalogueRows,
  type CatalogueTrack,
  MAX_BATCH,
  type Ranked,
  type Snapshot,
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

/** A row of any kind. */
export type DiffRow = CatalogueTrack | CatalogueAlbum | CatalogueArtist;

/** The highest by rank of the rows of one kind that changed, at most ten of each. */
export interface KindExamples {
  readonly added: readonly DiffRow[];
  /** As they were, and mean no other row now. */
  readonly gone: readonly DiffRow[];
  /** As they were, with the id that theirs means now. */
  readonly redirected: readonly { readonly row: DiffRow; readonly to: string }[];
  readonly changed: readonly { readonly before: DiffRow; readonly after: DiffRow }[];
}

/** How one snapshot differs from another. */
export interface SnapshotDiff {
  readonly kinds: Readonly<Record<RowKind, KindDiff>>;
  readonly examples: Readonly<Record<RowKind, KindExamples>>;
}

/** Rows joined at a time: about 60 bytes of memory each. */
const SLICE_ROWS = 32_000_000;
const EXAMPLES = 10;
/** Rows that went and are looked at for those that mean no other row now. */
const GONE_LOOK = MAX_BATCH;

/** What changed from `older` to `newer`. `temporary` is an existing folder that `tables` may read; what is put there goes. */
export async function diffSnapshots(
  { older, newer }: { older: Snapshot; newer: Snapshot },
  { disk, tables, temporary }: { disk: Disk; tables: Tables; temporary: string },
): Promise<SnapshotDiff> {
  const moved = movedKinds(older, newer);
  const kinds: Partial<Record<RowKind, KindDiff>> = {};
  const examples: Partial<Record<RowKind, KindExamples>> = {};
  for (const kind of ROW_KINDS) {
    const files = [older, newer].map((snapshot, index) => {
      const file = path.join(temporary, `diff-${kind}-${index}.parquet`);
      gather(disk, file, snapshot.rowsFrom(kind, 0));
      return file;
    }) as [string, string];
    const rows = older.manifest.rows[kind] + newer.manifest.rows[kind];
    const { counts, ranks } = await compare(tables, files, rows);
    kinds[kind] = { ...counts, redirected: moved[kind].count };
    examples[kind] = examplesOf(kind, { older, newer }, { ranks, moved: moved[kind].highest });
    for (const file of files) disk.unlink(file);
  }
  return { kinds, examples } as SnapshotDiff;
}

/** Ranks in the older snapshot of rows that went, in the newer one of the others; ascending. */
type ChangedRanks = Readonly<Record<'added' | 'gone' | 'changed', readonly number[]>>;

function examplesOf(
  kind: RowKind,
  { older, newer }: { older: Snapshot; newer: Snapshot },
  { ranks, moved }: { ranks: ChangedRanks; moved: readonly number[] },
): KindExamples {
  const then = doorsOf(older)[kind];
  const now = doorsOf(newer)[kind];
  return {
    added: now.at(ranks.added),
    gone: then
      .at(ranks.gone)
      .filter(({ id }) => newer.currentId(id) === id)
      .slice(0, EXAMPLES),
    redirected: then.at(moved).map((row) => ({ row, to: newer.currentId(row.id) })),
    changed: now.at(ranks.changed).flatMap((after) => {
      const before = then.byId(after.id);
      return before ? [{ before, after }] : [];
    }),
  };
}

interface RowDoor {
  at(ranks: readonly number[]): DiffRow[];
  byId(id: string): DiffRow | undefined;
}

function doorsOf(snapshot: Snapshot): Record<RowKind, RowDoor> {
  const there = (rows: readonly (DiffRow | undefined)[]) => rows.flatMap((row) => row ?? []);
  return {
    tracks: { at: (ranks) => there(snapshot.tracksAt(ranks)), byId: snapshot.track },
    albums: { at: (ranks) => there(snapshot.albumsAt(ranks)), byId: snapshot.album },
    artists: { at: (ranks) => there(snapshot.artistsAt(ranks)), byId: snapshot.artist },
  };
}

interface Moved {
  count: number;
  /** The first ranks, ascending. */
  highest: number[];
}

/** Rows of the older snapshot whose id the newer one takes for another. */
function movedKinds(older: Snapshot, newer: Snapshot): Record<RowKind, Moved> {
  const none = (): Moved => ({ count: 0, highest: [] });
  const moved = { tracks: none(), albums: none(), artists: none() };
  const doors = doorsOf(older);
  for (const [from] of newer.sideRows('redirects'))
    for (const kind of ['tracks', 'albums', 'artists'] as const) {
      const row = doors[kind].byId(from!);
      if (!row || row.id !== from) continue;
      const { highest } = moved[kind];
      moved[kind].count += 1;
      if (highest.length === EXAMPLES && row.rank > highest.at(-1)!) break;
      highest.push(row.rank);
      highest.sort((a, b) => a - b).splice(EXAMPLES);
      break;
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

/** Both files joined by the 64 bits of the id's hash, a slice of it at a time. Their rows stand by rank. */
async function compare(
  tables: Tables,
  [older, newer]: readonly [string, string],
  rows: number,
): Promise<{ counts: Omit<KindDiff, 'redirected'>; ranks: ChangedRanks }> {
  const slices = Math.max(1, Math.ceil(rows / SLICE_ROWS));
  const counts = { added: 0, gone: 0, changed: 0, same: 0 };
  const ranks = { added: [] as number[], gone: [] as number[], changed: [] as number[] };
  const isAdded = 'FILTER (a.says IS NULL)';
  const isGone = 'FILTER (b.says IS NULL)';
  const isChanged = 'FILTER (a.says <> b.says)';
  for (let slice = 0; slice < slices; slice++) {
    const [a, b] = [older, newer].map(
      (file) =>
        `(SELECT high, low, says, file_row_number::UINTEGER AS rank FROM read_parquet(${quoted(file)}, file_row_number = true) WHERE high % ${slices} = ${slice})`,
    );
    const [row] = await tables.rows(
      `SELECT count(*) ${isAdded}, count(*) ${isGone}, count(*) ${isChanged}, count(*) FILTER (a.says = b.says), min(b.rank, ${EXAMPLES}) ${isAdded}, min(a.rank, ${GONE_LOOK}) ${isGone}, min(b.rank, ${EXAMPLES}) ${isChanged} FROM ${a} a FULL JOIN ${b} b ON a.high = b.high AND a.low = b.low`,
    );
    for (const [at, name] of (['added', 'gone', 'changed', 'same'] as const).entries())
      counts[name] += Number(row![at]);
    for (const [at, name] of (['added', 'gone', 'changed'] as const).entries()) {
      const all = [...ranks[name], ...((row![at + 4] ?? []) as number[])].sort((x, y) => x - y);
      ranks[name] = all.slice(0, name === 'gone' ? GONE_LOOK : EXAMPLES);
    }
  }
  return { counts, ranks };
}
