/**
 * Carries a withdrawal out, in an order that a kill at any point does not spoil: the fact (reads are refused from
 * here) → the torrents leave every seeder, confirmed → sealed copies → zeros, index lines, leaves, torrent, read back →
 * the fact of the volume's new bytes → their new names. `recoverWithdrawals` completes what was cut off anywhere.
 */
import type { Digest } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { removeFromSeeders } from '../model/seeder.ts';
import type { WithdrawalReason } from '../model/tombstone.ts';
import type { Volume } from '../model/volume.ts';
import { carryOutRedaction, planRedaction } from '../store/redact-volume.ts';
import { redactionsInProgress } from '../store/redact-volume-journal.ts';
import type { WithdrawalPlan } from './plan-withdrawal.ts';
import { removeLoose, sealMembers } from './seal-bytes.ts';
import type { RightsDeps } from './withdrawal-item.ts';

/** What the tombstones of a withdrawal say, and whether the operator keeps a copy. */
export interface WithdrawalWords {
  readonly reason: WithdrawalReason;
  /** `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly date: string;
  /** Keep no sealed copy, and remove the one of what was withdrawn before. */
  readonly destroy: boolean;
}

/** What was done to volumes and loose objects. */
export interface WithdrawalReport {
  /** As they are now, with the v1 infohash of before. */
  readonly volumes: readonly { readonly volume: Volume; readonly before: string }[];
  readonly looseRemoved: number;
  /** What was damaged already, so that no sealed copy of it could be kept. */
  readonly unsealed: readonly Digest[];
  readonly interrupted: boolean;
}

/** Withdraws `plan`. Errors: `SEED_UNCONFIRMED` (nothing is zeroed), `STORE_OBJECT_DAMAGED`. The same call completes it. */
export async function carryOutWithdrawal(
  plan: WithdrawalPlan,
  words: WithdrawalWords,
  deps: RightsDeps,
  watch: Watch,
): Promise<WithdrawalReport> {
  const { reason, date, destroy } = words;
  // The note that nothing is to be kept comes first, so that whoever completes a killed run keeps nothing.
  if (destroy)
    for (const { digest } of [...plan.items, ...plan.already]) deps.sealed.destroy(digest);
  else for (const { digest } of plan.items) deps.sealed.allow(digest);
  await deps.ledger.commit(
    plan.items.map(({ digest, audioDigest, subject }) => ({
      kind: 'withdrawn',
      digest,
      audioDigest,
      subject,
      reason,
      date,
    })),
  );
  return recoverWithdrawals(deps, watch);
}

/** Brings the bytes of every volume and loose object into agreement with the withdrawals in the ledger. */
export async function recoverWithdrawals(
  deps: RightsDeps,
  watch: Watch,
): Promise<WithdrawalReport> {
  const withdrawn = await deps.ledger.withdrawnDigests();
  const waiting = await waitingVolumes(deps);
  // Every torrent leaves before the first byte of any volume changes.
  for (const volume of waiting) await leaveSeeders(deps, volume);
  const volumes: WithdrawalReport['volumes'][number][] = [];
  const unsealed: Digest[] = [];
  for (const volume of waiting) {
    if (watch.stop.aborted) break;
    unsealed.push(...(await redactOne(deps, volume, withdrawn)));
    const now = await deps.ledger.volume(volume.name);
    if (now) volumes.push({ volume: now, before: volume.infohashV1 });
    watch.progress({
      stage: 'withdraw',
      doneItems: volumes.length,
      totalItems: waiting.length,
      item: volume.name,
    });
  }
  const interrupted = volumes.length < waiting.length;
  const loose = interrupted ? { removed: 0, unsealed: [] } : await removeLoose(deps, withdrawn);
  unsealed.push(...loose.unsealed);
  return { volumes, looseRemoved: loose.removed, unsealed, interrupted };
}

/** The v1 infohashes of `volume`, now and before, leave every seeder. */
export async function leaveSeeders(
  { ledger, seeders }: Pick<RightsDeps, 'ledger' | 'seeders'>,
  volume: Volume,
): Promise<void> {
  if (seeders.length === 0) return;
  const before = await ledger.superseded(volume.name);
  for (const { infohashV1 } of [volume, ...before]) await removeFromSeeders(seeders, infohashV1);
}

/** `volume` with the identity of its new bytes. */
export function volumeAfter(
  volume: Volume,
  bytes: Pick<Volume, 'digest' | 'piecesRoot' | 'infohashV1' | 'infohashV2'>,
): Volume {
  const { digest, piecesRoot, infohashV1, infohashV2 } = bytes;
  return { ...volume, digest, piecesRoot, infohashV1, infohashV2 };
}

async function waitingVolumes({ ledger, store, disk }: RightsDeps): Promise<Volume[]> {
  const names = new Set(redactionsInProgress(disk, store.layout.volumes));
  for (const { name } of await ledger.unredactedVolumes()) names.add(name);
  const waiting: Volume[] = [];
  for (const name of names) {
    const volume = await ledger.volume(name);
    if (volume) waiting.push(volume);
  }
  return waiting;
}

/** Redacts one volume; the digests of which no sealed copy could be kept. */
async function redactOne(
  deps: RightsDeps,
  volume: Volume,
  withdrawn: ReadonlySet<Digest>,
): Promise<Digest[]> {
  const { ledger, store, disk, sealed } = deps;
  const plan = planRedaction(disk, store.layout.volumes, volume.name, withdrawn, sealed);
  if (!plan) {
    await ledger.commit([{ kind: 'volume-redacted', volume }]);
    return [];
  }
  const { torrent, journal } = plan.state;
  if (journal === undefined && torrent.infohashV2 !== volume.infohashV2)
    throw new FonotecaError(
      'STORE_OBJECT_DAMAGED',
      `${volume.name}.torrent is of ${torrent.infohashV2}, the ledger knows ${volume.infohashV2}`,
    );
  const unsealed = await sealMembers(deps, volume, plan);
  const redacted = await carryOutRedaction(disk, plan, deps.punch);
  await ledger.commit([{ kind: 'volume-redacted', volume: volumeAfter(volume, redacted) }]);
  redacted.settle();
  store.volumes.forget(volume.name);
  return unsealed;
}
