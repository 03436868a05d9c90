/**
 * Whether a newer state of the same sources is so far from the snapshot in use that a person should look first: a dump that was
 * cut short, a million rows that nobody knows, or ids that stand for something else now. Other sources are a wish of the
 * person's own.
 */
import path from 'node:path';
import { sha256 } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { type Manifest, readManifest } from '../catalogue/manifest.ts';
import { SNAPSHOTS } from '../catalogue/snapshot-files.ts';
import { MAX_BATCH, type Snapshot } from '../catalogue/snapshot-look-up.ts';
import { currentSnapshot, openSnapshot } from '../catalogue/snapshot-open.ts';
import { ROW_KINDS, type RowKind } from './row-kinds.ts';

/**
 * What may change between two dumps of the same sources: rows that came or went, ids that went, ids that say something else. A
 * month of MusicBrainz changes some hundredths.
 */
const MOST_CHANGE = 0.2;
/** Fewer rows may change as they like. */
const LEAST_ROWS = 1000;
/** Ids of a kind that are looked at: a share of a fifth is told to a hundredth. */
const SAMPLE_ROWS = 2000;

/** What changed too much from the snapshot in use to `next`, in words such as `tracks 5000, were 9000`; null where nothing did. */
export function largeChange(disk: Disk, catalogue: string, next: Manifest): string | null {
  const id = currentSnapshot(disk, catalogue);
  if (id === null || id === next.id) return null;
  const [older, newer] = [id, next.id].map((each) => path.join(catalogue, SNAPSHOTS, each));
  if (!disk.stat(older!)) return null;
  const inUse = readManifest(disk, older!);
  if (sourcesOf(inUse).symmetricDifference(sourcesOf(next)).size > 0) return null;
  const kinds = ROW_KINDS.filter((kind) => inUse.rows[kind] >= LEAST_ROWS);
  const told = [
    ...changedRows(kinds, inUse, next),
    ...changedIds(disk, kinds, [older!, newer!], next.id),
  ];
  return told.length === 0 ? null : told.join('; ');
}

function sourcesOf({ sources }: Manifest): Set<string> {
  return new Set(sources.map(({ source }) => source));
}

function changedRows(kinds: readonly RowKind[], inUse: Manifest, next: Manifest): string[] {
  return kinds
    .filter((kind) => {
      const [before, after] = [inUse.rows[kind], next.rows[kind]];
      return Math.abs(after - before) > before * MOST_CHANGE;
    })
    .map((kind) => `${kind} ${next.rows[kind]}, were ${inUse.rows[kind]}`);
}

/** An id of the snapshot in use and the names that it stands for. */
interface Named {
  readonly id: string;
  readonly says: string;
}

type NamedRow = { readonly id: string } & (
  | { readonly title: string; readonly artist: string }
  | { readonly name: string }
);

function changedIds(
  disk: Disk,
  kinds: readonly RowKind[],
  [older, newer]: readonly [string, string],
  seed: string,
): string[] {
  if (kinds.length === 0) return [];
  let samples: { kind: RowKind; sample: Named[] }[];
  try {
    using inUse = openSnapshot(disk, older);
    samples = kinds.map((kind) => ({ kind, sample: sampleOf(inUse, kind, seed) }));
  } catch (error) {
    if (!(error instanceof FonotecaError)) throw error;
    return [`its ids were not compared with the snapshot in use (${error.code}: ${error.seen})`];
  }
  using next = openSnapshot(disk, newer);
  return samples.flatMap(({ kind, sample }) => changesOf(kind, sample, next));
}

function changesOf(kind: RowKind, sample: readonly Named[], next: Snapshot): string[] {
  const found = sample.map(({ id, says }) => ({ says, now: saidOf(next, kind, id) }));
  const stayed = found.filter(({ now }) => now !== undefined);
  const gone = found.length - stayed.length;
  const other = stayed.filter(({ says, now }) => now !== says).length;
  const names = kind === 'artists' ? 'another name' : 'another title or artist';
  return [
    ...(gone > found.length * MOST_CHANGE
      ? [`${kind}: ${gone} of ${found.length} ids looked at are gone`]
      : []),
    ...(other > stayed.length * MOST_CHANGE
      ? [`${kind}: ${other} of ${stayed.length} ids that stayed say ${names}`]
      : []),
  ];
}

/**
 * One row of each of `SAMPLE_ROWS` stretches of the ranks. Which one follows from the id of the newer snapshot, and so from every
 * byte of its dumps: nobody can write one that spares the rows that are looked at.
 */
function sampleOf(snapshot: Snapshot, kind: RowKind, seed: string): Named[] {
  const rows = snapshot.manifest.rows[kind];
  const count = Math.min(rows, SAMPLE_ROWS);
  const ranks = Array.from({ length: count }, (_, number) => {
    const part = Number.parseInt(sha256(`${seed} ${kind} ${number}`).slice(0, 8), 16) / 2 ** 32;
    return Math.floor(((number + part) * rows) / count);
  });
  const sample: Named[] = [];
  for (let at = 0; at < count; at += MAX_BATCH)
    sample.push(...namedAt(snapshot, kind, ranks.slice(at, at + MAX_BATCH)));
  return sample;
}

function namedAt(snapshot: Snapshot, kind: RowKind, ranks: readonly number[]): Named[] {
  const { tracksAt: tracks, albumsAt: albums, artistsAt: artists } = snapshot;
  const rows: readonly (NamedRow | undefined)[] = { tracks, albums, artists }[kind](ranks);
  return rows.flatMap((row) => (row ? [{ id: row.id, says: namesOf(row) }] : []));
}

/** What the row says that `id` means now, redirects followed; undefined where there is none. */
function saidOf(snapshot: Snapshot, kind: RowKind, id: string): string | undefined {
  const { track: tracks, album: albums, artist: artists } = snapshot;
  const row = { tracks, albums, artists }[kind](id);
  return row && namesOf(row);
}

function namesOf(row: NamedRow): string {
  return JSON.stringify('name' in row ? row.name : [row.title, row.artist]);
}
