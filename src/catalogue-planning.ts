/**
 * Where the planner meets the snapshot in use, what is held of it, and the plans kept beside it: `plans/catalogue-NNNN.plan`.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Archive } from './archive.ts';
import { FonotecaError } from './base/errors.ts';
import { parseSize } from './base/sizes.ts';
import type { Snapshot } from './catalogue/snapshot-look-up.ts';
import { openCurrentSnapshot } from './catalogue/snapshot-open.ts';
import { openCatalogueTables } from './catalogue-snapshots.ts';
import { allMatches, catalogueOf, mergedId } from './cataloguing.ts';
import type { HeldHolding } from './ledger/ledger.ts';
import { decideDerivative, decideDistribution } from './model/rights.ts';
import { type CataloguePlan, type PlanWishes, planCatalogue } from './planning/plan-catalogue.ts';
import { diffPlans, type PlanDiff } from './planning/plan-diff.ts';
import { type OpenPlan, openPlan, writePlan } from './planning/plan-file.ts';
import type { HeldTrack, PlanSource } from './planning/plan-input.ts';
import { namedPolicy, POLICY_NAMES, type Policy, readPolicy } from './planning/policy.ts';
import { statisticsSources } from './snapshots/statistics-source.ts';

/** What a person may wish of a plan over the catalogue. */
export interface CataloguePlanWishes {
  /** `300TB` or `none`; the settings' otherwise. */
  readonly budget?: string | undefined;
  readonly keep?: string | undefined;
  /** A name or a file; the settings' otherwise. */
  readonly policy?: string | undefined;
  readonly rights?: 'all' | 'known' | undefined;
}

/** A plan that is kept. */
export interface KeptPlan {
  readonly file: string;
  /** False when the last one says the same. */
  readonly fresh: boolean;
  /** Against the plan before; undefined when there is none, null when it is over another snapshot (plan-comparison.ts). */
  readonly diff: PlanDiff | null | undefined;
}

/** Columns are read in order and let go; nothing is sorted or joined. */
const TABLES_MEMORY_BYTES = 2 ** 29;
const MOST_POLICY_BYTES = 2 ** 20;
const NAME = /^catalogue-(\d{4,})\.plan$/;

/** The policy that `name` means: one that has a name, or a TOML file. `POLICY_UNKNOWN`, `POLICY_INVALID`, `POLICY_CONTRADICTION`. */
export function choosePolicy(archive: Pick<Archive, 'config'>, name: string | undefined): Policy {
  const settings = archive.config.plan;
  const wanted = name ?? settings.policy;
  const policy = namedPolicy(wanted) ?? policyInFile(wanted);
  // The archive's own word that nothing is re-encoded stands above a policy's.
  if (settings.tail !== 'original') return policy;
  const unknown = policy.unknown === 'opus' ? 'original' : policy.unknown;
  return { ...policy, tail: 'original', unknown };
}

function policyInFile(file: string): Policy {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > MOST_POLICY_BYTES)
    throw new FonotecaError(
      'POLICY_UNKNOWN',
      `${file} is none of ${POLICY_NAMES.join(', ')}, and no file`,
    );
  return readPolicy(fs.readFileSync(file, 'utf8'));
}

/** The plan over the snapshot in use, not kept. `SNAPSHOT_MISSING`, and the errors of `planCatalogue`. */
export async function runCataloguePlanPreview(
  archive: Archive,
  wishes: CataloguePlanWishes,
): Promise<CataloguePlan> {
  const { disk, clock, config } = archive;
  using snapshot = openCurrentSnapshot(disk, catalogueOf(archive));
  const day = clock.nowIso().slice(0, 10);
  const planWishes: PlanWishes = {
    policy: choosePolicy(archive, wishes.policy),
    rights: wishes.rights ?? 'all',
    budgetBytes: limitOf(wishes.budget ?? config.plan.budget),
    keepBytes: limitOf(wishes.keep ?? 'none'),
    day,
  };
  const held = await heldTracks(archive, snapshot, day);
  await using statistics = await openStatistics(archive, snapshot);
  const release = async () => await statistics[Symbol.asyncDispose]();
  return await planCatalogue(
    { ...statistics.source, held, release },
    snapshot.manifest.id,
    planWishes,
  );
}

/** The statistics of `snapshot` behind an open door to DuckDB. `SNAPSHOT_BLOCK`, and as `openTables`. */
export async function openStatistics(
  archive: Archive,
  snapshot: Snapshot,
): Promise<AsyncDisposable & { readonly source: Omit<PlanSource, 'held' | 'release'> }> {
  const read = statisticsSources(archive.disk, snapshot);
  const folders = [path.join(snapshot.directory, 'statistics')];
  const tables = await openCatalogueTables(archive, folders, TABLES_MEMORY_BYTES);
  return {
    source: { tables, ...read, rows: snapshot.manifest.rows },
    [Symbol.asyncDispose]: async () => await tables[Symbol.asyncDispose](),
  };
}

/** Keeps `plan` under `plans/`, unless the last one there says the same. */
export function keepCataloguePlan(archive: Archive, plan: CataloguePlan): KeptPlan {
  const { disk, layout } = archive;
  const before = planFiles(archive).at(-1);
  const number = before === undefined ? 1 : Number(NAME.exec(before)![1]) + 1;
  const name = `catalogue-${String(number).padStart(4, '0')}.plan`;
  const file = path.join(layout.plans, name);
  writePlan(disk, { file, temporary: path.join(layout.work, `${name}.tmp`) }, plan.header, plan);
  if (before === undefined) return { file: name, fresh: true, diff: undefined };
  using older = openKeptPlan(archive, before);
  using newer = openPlan(disk, file);
  if (older.seal !== newer.seal) {
    const isOfOne = older.header.snapshot === newer.header.snapshot;
    return { file: name, fresh: true, diff: isOfOne ? diffPlans(older, newer) : null };
  }
  disk.unlink(file);
  return { file: before, fresh: false, diff: undefined };
}

/** The last kept plan over a catalogue; undefined when there is none. `PLAN_DAMAGED`. */
export function openLastCataloguePlan(
  archive: Pick<Archive, 'disk' | 'layout'>,
): OpenPlan | undefined {
  const last = planFiles(archive).at(-1);
  return last === undefined ? undefined : openKeptPlan(archive, last);
}

/** The kept plan in the file `name`. `PLAN_DAMAGED`. */
export function openKeptPlan(
  { disk, layout }: Pick<Archive, 'disk' | 'layout'>,
  name: string,
): OpenPlan {
  return openPlan(disk, path.join(layout.plans, name));
}

/** The names of the kept plans over a catalogue, the last one in force. */
export function planFiles({ disk, layout }: Pick<Archive, 'disk' | 'layout'>): string[] {
  return disk
    .list(layout.plans)
    .filter((name) => NAME.test(name))
    .sort((a, b) => Number(NAME.exec(a)![1]) - Number(NAME.exec(b)![1]));
}

function limitOf(text: string): number | null {
  return text === 'none' ? null : parseSize(text);
}

/** What is held of the snapshot, by the matches of the ledger, by rank. Time: a look at an id and a derivative for each. */
async function heldTracks(
  { ledger }: Archive,
  snapshot: Snapshot,
  day: string,
): Promise<HeldTrack[]> {
  const matches = new Map(
    (await allMatches(ledger)).map(({ trackId, catalogueId }) => [trackId, catalogueId]),
  );
  const byRank = new Map<number, HeldHolding>();
  for (const holding of await ledger.holdings()) {
    const { kind, trackId, withdrawn } = holding;
    if (kind !== 'audio' || trackId === null) continue;
    // Pages of matches leave out what is withdrawn.
    const match = matches.get(trackId) ?? (await ledger.matchOf(trackId))?.catalogueId;
    const rank = match && snapshot.rankOf('tracks', await mergedId(ledger, match));
    if (typeof rank !== 'number') continue;
    const before = byRank.get(rank);
    // Of several copies the one that may be used for most stands for the track.
    const uses = (one: HeldHolding) => USES_OF[rightOf(one.rights, day)];
    const isBetter = !before || before.withdrawn || (!withdrawn && uses(holding) > uses(before));
    if (isBetter) byRank.set(rank, holding);
  }
  const held: HeldTrack[] = [];
  for (const [rank, holding] of [...byRank].sort(([a], [b]) => a - b)) {
    const [derivative] = await ledger.derivativesOf(holding.digest);
    held.push({
      rank,
      isrcs: snapshot.isrcsAt(rank),
      originalBytes: holding.sizeBytes,
      opusBytes: derivative?.sizeBytes,
      right: rightOf(holding.rights, day),
      withdrawn: holding.withdrawn,
    });
  }
  return held;
}

/** How much may be done with a copy. */
const USES_OF = { free: 2, 'no-derivatives': 1, dark: 0 } as const;

function rightOf(
  rights: Parameters<typeof decideDistribution>[0],
  day: string,
): HeldTrack['right'] {
  if (!decideDistribution(rights, day).allowed) return 'dark';
  return decideDerivative(rights, day).allowed ? 'free' : 'no-derivatives';
}
