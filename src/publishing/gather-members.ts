/**
 * What the ledger knows of every member of every volume, and the gate in front of publication: a member whose
 * distribution is not allowed today stops the whole edition, whatever packing allowed then. Members withdrawn are
 * left out: their bytes are gone from the volume.
 */
import type { Digest } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';
import type { RightsLine } from '../model/edition.ts';
import type { Derivative } from '../model/holding.ts';
import {
  attributionOf,
  type Decision,
  decideDerivative,
  decideDistribution,
} from '../model/rights.ts';
import type { Volume, VolumeMember } from '../model/volume.ts';

/** A member with what is known of it. */
export interface PublishedMember extends VolumeMember {
  readonly volume: Volume;
  /** The holding itself, or the one a derivative was made from. */
  readonly holding: HeldHolding;
  readonly derivative: Derivative | undefined;
  /** Whether the edition lists its volume; otherwise only what is known of it is published. */
  readonly listed: boolean;
}

/** Every member with its rights. */
export interface GatheredMembers {
  /** In the order of `volumes`, then of each volume. */
  readonly members: readonly PublishedMember[];
  /** One line a digest of the listed volumes, sorted by digest. */
  readonly rights: readonly RightsLine[];
}

/** Which members are gathered. */
export interface Gathering {
  readonly volumes: readonly Volume[];
  /** Names of the volumes that the edition lists. */
  readonly listed: ReadonlySet<string>;
  readonly withdrawn: ReadonlySet<Digest>;
  /** Embargoes are held against it. */
  readonly day: string;
}

/**
 * The members of all volumes that may be distributed everywhere that day. Throws `PUBLISH_NOT_DISTRIBUTABLE` with the
 * first member of a listed volume that may not, or of which the ledger knows no rights. Memory: one row a member.
 */
export async function gatherMembers(
  ledger: Ledger,
  { volumes, listed, withdrawn, day }: Gathering,
): Promise<GatheredMembers> {
  const members: PublishedMember[] = [];
  const rights = new Map<Digest, RightsLine>();
  for (const volume of volumes) {
    const isListed = listed.has(volume.name);
    for (const member of volume.members) {
      if (withdrawn.has(member.digest)) continue;
      const found = await gatherMember(ledger, volume, member);
      const decision = decide(found, day);
      if (found && decision.allowed) {
        members.push({ ...found, listed: isListed });
        if (isListed) rights.set(member.digest, rightsOf(found, decision.because));
      } else if (isListed) throw refusal(volume, member, decision.because);
    }
  }
  const lines = [...rights.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  return { members, rights: lines };
}

type FoundMember = Omit<PublishedMember, 'listed'>;

async function gatherMember(
  ledger: Ledger,
  volume: Volume,
  member: VolumeMember,
): Promise<FoundMember | undefined> {
  const original = await ledger.holding(member.digest);
  // The tier decides when the same bytes are both: an original that is somebody's derivative has its own rights too.
  if (original && volume.tier === 'original')
    return { ...member, volume, holding: original, derivative: undefined };
  const derivative = await ledger.derivative(member.digest);
  if (original && !derivative)
    return { ...member, volume, holding: original, derivative: undefined };
  const source = derivative && (await ledger.holding(derivative.sourceDigest));
  return source && { ...member, volume, holding: source, derivative };
}

function decide(member: FoundMember | undefined, day: string): Decision {
  if (!member) return { allowed: false, because: 'no rights are recorded for it' };
  const { rights } = member.holding;
  return member.derivative ? decideDerivative(rights, day) : decideDistribution(rights, day);
}

function rightsOf({ digest, holding: { rights } }: FoundMember, because: string): RightsLine {
  return {
    digest,
    licence: rights.licence,
    holder: rights.holder,
    attribution: attributionOf(rights),
    distributable: true,
    because,
  };
}

function refusal(volume: Volume, member: VolumeMember, because: string): FonotecaError {
  const seen = `${member.path} (${member.digest}) in ${volume.name}: ${because}`;
  return new FonotecaError('PUBLISH_NOT_DISTRIBUTABLE', seen);
}
