/**
 * What the ledger knows of every member of every volume, and the gate in front of publication: a member whose
 * distribution is not allowed today stops the whole edition, whatever packing allowed then.
 */
import type { Digest } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';
import type { RightsLine } from '../model/edition.ts';
import type { Derivative } from '../model/holding.ts';
import { attributionOf, decideDerivative, decideDistribution } from '../model/rights.ts';
import type { Volume, VolumeMember } from '../model/volume.ts';

/** A member with what is known of it. */
export interface PublishedMember extends VolumeMember {
  readonly volume: Volume;
  /** The holding itself, or the one a derivative was made from. */
  readonly holding: HeldHolding;
  readonly derivative: Derivative | undefined;
}

/** Every member with its rights. */
export interface GatheredMembers {
  /** In the order of `volumes`, then of each volume. */
  readonly members: readonly PublishedMember[];
  /** One line a digest, sorted by digest. */
  readonly rights: readonly RightsLine[];
}

/**
 * The members of `volumes`, all allowed to be distributed everywhere on `day`. Throws `PUBLISH_NOT_DISTRIBUTABLE` with
 * the first member that is not, or of which the ledger knows no rights. Memory: one row a member.
 */
export async function gatherMembers(
  ledger: Ledger,
  volumes: readonly Volume[],
  day: string,
): Promise<GatheredMembers> {
  const members: PublishedMember[] = [];
  const rights = new Map<Digest, RightsLine>();
  for (const volume of volumes) {
    for (const member of volume.members) {
      const found = await gatherMember(ledger, volume, member);
      members.push(found);
      rights.set(member.digest, rightsOf(found, day));
    }
  }
  const lines = [...rights.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  return { members, rights: lines };
}

async function gatherMember(
  ledger: Ledger,
  volume: Volume,
  member: VolumeMember,
): Promise<PublishedMember> {
  const original = await ledger.holding(member.digest);
  const derivative = await ledger.derivative(member.digest);
  // The tier decides when the same bytes are both: an original that is somebody's derivative has its own rights too.
  if (original && (volume.tier === 'original' || !derivative))
    return { ...member, volume, holding: original, derivative: undefined };
  const source = derivative && (await ledger.holding(derivative.sourceDigest));
  if (source) return { ...member, volume, holding: source, derivative };
  throw refusal(volume, member, 'no rights are recorded for it');
}

function rightsOf(member: PublishedMember, day: string): RightsLine {
  const { rights } = member.holding;
  const decision = member.derivative
    ? decideDerivative(rights, day)
    : decideDistribution(rights, day);
  if (!decision.allowed) throw refusal(member.volume, member, decision.because);
  return {
    digest: member.digest,
    licence: rights.licence,
    holder: rights.holder,
    attribution: attributionOf(rights),
    distributable: true,
    because: decision.because,
  };
}

function refusal(volume: Volume, member: VolumeMember, because: string): FonotecaError {
  const seen = `${member.path} (${member.digest}) in ${volume.name}: ${because}`;
  return new FonotecaError('PUBLISH_NOT_DISTRIBUTABLE', seen);
}
