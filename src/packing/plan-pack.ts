/**
 * The pack plan: which holdings go into which new volume, before a byte is written. Only what the plan publishes,
 * what may be distributed everywhere today and what lies in no volume yet is taken; volumes that exist never change.
 */
import { FonotecaError } from '../base/errors.ts';
import { type PathSet, startPathSet } from '../formats/path-set.ts';
import { planVolume, type VolumePlan, type VolumePlanMember } from '../formats/volume-plan.ts';
import { describedBy } from '../ledger/described-by.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { TIERS, type Tier } from '../model/holding.ts';
import type { Plan, PlanEntry } from '../model/plan.ts';
import { decideDerivative, decideDistribution } from '../model/rights.ts';
import { derivativeMember, originalMember } from './member.ts';

/** What would be packed. */
export interface PackPlan {
  readonly volumes: readonly VolumePlan[];
  readonly payloadBytes: number;
  /** Holdings the plan publishes as Opus that still wait for `encode`. */
  readonly waiting: number;
}

/** How large a volume may grow. */
export interface PackLimits {
  readonly volumeBytes: number;
  readonly volumeMembers: number;
  /** `YYYY-MM-DD`, for embargoes. */
  readonly day: string;
}

/** The pack plan that carries out `plan`. Deterministic: the same holdings and limits give the same volumes. */
export async function planPack(ledger: Ledger, plan: Plan, limits: PackLimits): Promise<PackPlan> {
  const members: Record<Tier, VolumePlanMember[]> = { original: [], opus: [] };
  const taken = new Set<string>();
  let waiting = 0;
  for (const entry of plan.entries) {
    if (entry.tier === null) continue;
    if ((await ledger.holding(entry.digest))?.withdrawn) continue;
    const member = await memberOf(ledger, entry, limits.day);
    if (member === undefined) waiting += 1;
    else if (!taken.has(member.digest) && (await isPackable(ledger, member.digest))) {
      taken.add(member.digest);
      members[entry.tier].push(member);
    }
  }
  const volumes = TIERS.flatMap((tier) =>
    splitIntoVolumes(members[tier], limits).map((part) => planVolume({ tier, members: part })),
  );
  const payloadBytes = TIERS.flatMap((tier) => members[tier]).reduce(
    (sum, member) => sum + member.sizeBytes,
    0,
  );
  return { volumes, payloadBytes, waiting };
}

/** Whether a file lies in no volume yet and was not withdrawn since the plan was made. */
async function isPackable(ledger: Ledger, digest: VolumePlanMember['digest']): Promise<boolean> {
  return (await ledger.places(digest)).length === 0 && !(await ledger.isWithdrawn(digest));
}

/** The member for `entry`, or undefined while its derivative is not made. The rights gate stands here, whatever the plan says. */
async function memberOf(
  ledger: Ledger,
  entry: PlanEntry,
  day: string,
): Promise<VolumePlanMember | undefined> {
  const holding = await ledger.holding(entry.digest);
  if (!holding) throw new FonotecaError('PLAN_DAMAGED', `${entry.digest} is not held`);
  const decision =
    entry.tier === 'opus'
      ? decideDerivative(holding.rights, day)
      : decideDistribution(holding.rights, day);
  if (!decision.allowed)
    throw new FonotecaError('PACK_NO_RIGHT', `${entry.digest}: ${decision.because}`);
  const description = await describedBy(ledger, holding);
  if (entry.tier === 'original') return originalMember(holding, description);
  const derivative = (await ledger.derivativesOf(holding.digest)).find(
    ({ tier }) => tier === entry.tier,
  );
  return derivative && derivativeMember(holding, derivative, description);
}

/**
 * Fills volumes in the plan's order, which is popularity's, so that what is wanted most lies together. Names have eight digits of a
 * digest, which anybody can make meet; members whose paths would meet in one volume lie in two.
 */
function splitIntoVolumes(
  members: readonly VolumePlanMember[],
  limits: PackLimits,
): VolumePlanMember[][] {
  const parts: VolumePlanMember[][] = [];
  let bytes = 0;
  let paths = startPathSet();
  for (const member of members) {
    const part = parts.at(-1);
    if (
      part &&
      part.length < limits.volumeMembers &&
      bytes + member.sizeBytes <= limits.volumeBytes &&
      isApart(paths, member)
    ) {
      part.push(member);
      bytes += member.sizeBytes;
    } else {
      parts.push([member]);
      bytes = member.sizeBytes;
      paths = startPathSet();
      paths.add(member.path);
    }
  }
  return parts;
}

/** Takes the path of a member into `paths`, unless it meets one of them. */
function isApart(paths: PathSet, { path }: VolumePlanMember): boolean {
  try {
    paths.add(path);
    return true;
  } catch (error) {
    if (error instanceof FonotecaError && error.code === 'PATH_DUPLICATE') return false;
    throw error;
  }
}
