/**
 * How the plan in force over the catalogue differs from one before: what is kept, gained and lost, by what reason, with a
 * few tracks of each. By rank over one snapshot, by stable id over two, as long as both are kept.
 */
import path from 'node:path';
import type { Archive } from './archive.ts';
import { FonotecaError } from './base/errors.ts';
import { SNAPSHOTS } from './catalogue/snapshot-files.ts';
import type { CatalogueTrack, Snapshot } from './catalogue/snapshot-look-up.ts';
import { listSnapshots, openSnapshot } from './catalogue/snapshot-open.ts';
import { openKeptPlan, planFiles } from './catalogue-planning.ts';
import { openCatalogueTables, workFolder } from './catalogue-snapshots.ts';
import { catalogueOf } from './cataloguing.ts';
import { ABSENT_STATUS, diffPlans, type PlanDiff } from './planning/plan-diff.ts';
import { diffPlansById } from './planning/plan-diff-ids.ts';
import type { OpenPlan } from './planning/plan-file.ts';

/** A plan of the two. */
interface ComparedPlan {
  readonly file: string;
  readonly snapshot: string;
  readonly statuses: Readonly<Record<string, number>>;
  /** Whether its snapshot is still there. */
  readonly isKept: boolean;
}

/** A track that one plan has for one reason and the other for another. */
export interface ChangedTrack {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  /** In each snapshot; null where it is unknown, or the snapshot has no such track. */
  readonly popularityWas: number | null;
  readonly popularityIs: number | null;
}

/** How two plans differ. */
export interface PlanComparison {
  readonly older: ComparedPlan;
  readonly newer: ComparedPlan;
  /** Null when the two are over different snapshots of which one is gone: then only the sums can be told. */
  readonly diff:
    | (Omit<PlanDiff, 'changes'> & {
        readonly changes: readonly {
          readonly was: string;
          readonly is: string;
          readonly tracks: number;
          readonly examples: readonly ChangedTrack[];
        }[];
      })
    | null;
}

/** The plan in force against the plan in the file `name`, or the one before it. `PLAN_MISSING`. */
export async function comparePlans(
  archive: Archive,
  name: string | undefined,
): Promise<PlanComparison> {
  const files = planFiles(archive);
  const [olderFile, newerFile] = [name ?? files.at(-2), files.at(-1)];
  if (!newerFile || !olderFile || !files.includes(olderFile))
    throw new FonotecaError('PLAN_MISSING', olderFile ?? 'only one plan over the catalogue');
  using opened = new DisposableStack();
  const kept = new Set(listSnapshots(archive.disk, catalogueOf(archive)));
  const openSide = (file: string) => {
    const plan = opened.use(openKeptPlan(archive, file));
    const { snapshot: id, statuses } = plan.header;
    const directory = path.join(catalogueOf(archive), SNAPSHOTS, id);
    const snapshot = kept.has(id) ? opened.use(openSnapshot(archive.disk, directory)) : undefined;
    return { plan, snapshot, told: { file, snapshot: id, statuses, isKept: kept.has(id) } };
  };
  const [older, newer] = [openSide(olderFile), openSide(newerFile)];
  const diff = await diffOf(archive, older, newer);
  const changes = diff?.changes.map(({ was, is, tracks, examples }) => {
    const isGone = is === ABSENT_STATUS;
    const of = (isGone ? older : newer).snapshot;
    const found = of?.tracksAt(examples).filter((track) => track !== undefined) ?? [];
    const other = isGone ? newer.snapshot : older.snapshot;
    return { was, is, tracks, examples: found.map((track) => changed(track, other, isGone)) };
  });
  return {
    older: older.told,
    newer: newer.told,
    diff: diff && changes ? { ...diff, changes } : null,
  };
}

interface Side {
  readonly plan: OpenPlan;
  readonly snapshot: Snapshot | undefined;
}

async function diffOf(archive: Archive, older: Side, newer: Side): Promise<PlanDiff | undefined> {
  if (older.plan.header.snapshot === newer.plan.header.snapshot)
    return diffPlans(older.plan, newer.plan);
  if (!older.snapshot || !newer.snapshot) return undefined;
  await using tables = await openCatalogueTables(archive, []);
  return await diffPlansById(
    {
      older: { plan: older.plan, snapshot: older.snapshot },
      newer: { plan: newer.plan, snapshot: newer.snapshot },
    },
    { disk: archive.disk, tables, temporary: workFolder(archive) },
  );
}

function changed(
  { id, title, artist, popularity }: CatalogueTrack,
  other: Snapshot | undefined,
  isGone: boolean,
): ChangedTrack {
  const theirs = other?.track(id)?.popularity ?? null;
  const [popularityWas, popularityIs] = isGone ? [popularity, theirs] : [theirs, popularity];
  return { id, title, artist, popularityWas, popularityIs };
}
