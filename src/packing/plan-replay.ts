/**
 * A published volume made again from one's own holdings: the same bytes, name and infohash, whoever makes them.
 *
 * Input: the index of a volume, `fonoteca-index-1.jsonl` or the head of its tar, and the ledger. Output: a pack plan of
 * the volumes that can be made, and for the others what keeps them from it. What an index says of rights is not asked:
 * the gate is the ledger's own.
 */
import type { Digest } from '../base/digest.ts';
import { type Disk, readInto } from '../base/disk.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import { parseVolumeHead } from '../formats/volume-head.ts';
import {
  type IndexLine,
  indexSpans,
  isTombstone,
  type MemberLine,
} from '../formats/volume-index.ts';
import { planVolume, type VolumePlan } from '../formats/volume-plan.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { decideDerivative, decideDistribution } from '../model/rights.ts';
import type { LooseStore } from '../store/loose-store.ts';
import type { PackPlan } from './plan-pack.ts';

/** What a replay is planned from. */
export interface ReplayDeps {
  readonly ledger: Ledger;
  readonly loose: LooseStore;
  readonly disk: Disk;
}

/** What would be packed again, and what would not. */
export interface ReplayPlan extends PackPlan {
  /** Volumes that are here already. */
  readonly present: readonly string[];
  /** For each volume that cannot be made: its members that are missing, withdrawn, without a right or elsewhere. */
  readonly findings: readonly Finding[];
}

/** Largest index read, as in a volume. */
const MAX_INDEX_BYTES = 512 * 1024 * 1024;
const TAR_START = 'PaxHeaders/';

/**
 * The plan that makes the volumes of `files` again on `day` (`YYYY-MM-DD`). A volume with a finding is left out whole.
 * Throws what the reading of an index throws: `VOLUME_INDEX_INVALID`, `TAR_INVALID`, `PATH_DUPLICATE`, `FILE_MISSING`.
 */
export async function planReplay(
  files: readonly string[],
  day: string,
  deps: ReplayDeps,
): Promise<ReplayPlan> {
  const volumes: VolumePlan[] = [];
  const present: string[] = [];
  const findings: Finding[] = [];
  const taken = new Map<Digest, string>();
  for (const file of files) {
    const lines = readIndex(deps.disk, file);
    const members = lines.flatMap((line) => (isTombstone(line) ? [] : [line]));
    const tombstones = lines.filter(isTombstone).map(({ digest, path }) => ({
      code: 'PACK_REPLAY_WITHDRAWN' as const,
      subject: digest,
      seen: `a tombstone for ${path} in ${file}`,
    }));
    const plan = tombstones.length === 0 ? planOf(members, file) : undefined;
    if (
      plan &&
      (volumes.some(({ name }) => name === plan.name) || (await deps.ledger.volume(plan.name)))
    ) {
      present.push(plan.name);
      continue;
    }
    const refused: Finding[] = [...tombstones];
    for (const member of members) {
      const finding = await refusal(member, day, taken, deps);
      if (finding) refused.push(finding);
    }
    findings.push(...refused);
    if (!plan || refused.length > 0) continue;
    volumes.push(plan);
    for (const { digest } of plan.members) taken.set(digest, plan.name);
  }
  const payloadBytes = volumes
    .flatMap(({ members }) => members)
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { volumes, payloadBytes, waiting: 0, present, findings };
}

/** The volume with exactly these lines; every byte of it but the payloads follows from them. */
function planOf(lines: readonly MemberLine[], file: string): VolumePlan {
  const [first] = lines;
  if (!first || lines.some(({ tier }) => tier !== first.tier))
    throw new FonotecaError('VOLUME_INDEX_INVALID', `${lines.length} lines of one tier in ${file}`);
  const members = lines.map(({ length, offset: _, tier: __, ...line }) => ({
    ...line,
    sizeBytes: length,
  }));
  const plan = planVolume({ tier: first.tier, members });
  const made = indexSpans(plan.indexBytes);
  const differs = lines.findIndex((line, at) => made[at]?.line.offset !== line.offset);
  if (differs >= 0)
    throw new FonotecaError('VOLUME_INDEX_INVALID', `the offset in line ${differs + 1} of ${file}`);
  return plan;
}

/** Why `member` cannot go into a volume here today, or undefined when it can. */
async function refusal(
  { digest, tier, path, length }: MemberLine,
  day: string,
  taken: ReadonlyMap<Digest, string>,
  { ledger, loose }: ReplayDeps,
): Promise<Finding | undefined> {
  const derivative = tier === 'original' ? undefined : await ledger.derivative(digest);
  const source = tier === 'original' ? digest : derivative?.sourceDigest;
  const holding = source && (await ledger.holding(source));
  if (!holding || (derivative && derivative.tier !== tier))
    return { code: 'PACK_REPLAY_MISSING', subject: digest, seen: `${path} is not held` };
  if ((await ledger.isWithdrawn(digest)) || (await ledger.isWithdrawn(holding.digest)))
    return { code: 'PACK_REPLAY_WITHDRAWN', subject: digest, seen: `${path} is withdrawn here` };
  const { rights } = holding;
  const decision = derivative ? decideDerivative(rights, day) : decideDistribution(rights, day);
  if (!decision.allowed)
    return { code: 'PACK_NO_RIGHT', subject: digest, seen: `${path}: ${decision.because}` };
  const volume = (await ledger.places(digest))[0]?.volume ?? taken.get(digest);
  if (volume !== undefined)
    return { code: 'PACK_REPLAY_ELSEWHERE', subject: digest, seen: `${path} lies in ${volume}` };
  const sizeBytes = loose.sizeOf(digest);
  if (sizeBytes === length) return undefined;
  const seen = sizeBytes === undefined ? `${path} was let go` : `${path} has ${sizeBytes} bytes`;
  return { code: 'PACK_REPLAY_MISSING', subject: digest, seen };
}

/** The lines of the index in `file`: the index itself, or a volume of which only the head is read. */
function readIndex(disk: Disk, file: string): IndexLine[] {
  const descriptor = disk.openForReading(file);
  const read = (position: number, length: number) => {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readInto(disk, descriptor, bytes, position));
  };
  try {
    if (Buffer.from(read(0, TAR_START.length)).toString('latin1') === TAR_START)
      return parseVolumeHead(read).entries.map(({ line }) => line);
    const sizeBytes = disk.stat(file)?.sizeBytes ?? 0;
    if (sizeBytes > MAX_INDEX_BYTES)
      throw new FonotecaError('VOLUME_INDEX_INVALID', `an index of ${sizeBytes} bytes in ${file}`);
    return indexSpans(read(0, sizeBytes)).map(({ line }) => line);
  } finally {
    disk.close(descriptor);
  }
}
