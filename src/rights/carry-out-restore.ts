/**
 * Carries a restoration out: the bytes come back and are read back first, and one commit then says that they are there
 * and may be given again. Killed before that commit, the next run zeroes them again; killed after it, only names and
 * sealed copies are left to settle.
 */
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import type { RestoreReason } from '../model/tombstone.ts';
import type { Volume } from '../model/volume.ts';
import { carryOutRedaction, planRedaction, type RedactedVolume } from '../store/redact-volume.ts';
import { leaveSeeders, volumeAfter, type WithdrawalReport } from './carry-out-withdrawal.ts';
import { type WithdrawalPlan, withoutItems } from './plan-withdrawal.ts';
import type { RightsDeps } from './withdrawal-item.ts';

/** Restores `plan`. Errors: `SEED_UNCONFIRMED`, `SEALED_MISSING`, `STORE_OBJECT_DAMAGED`; what was withdrawn then still is. */
export async function carryOutRestore(
  plan: WithdrawalPlan,
  words: { reason: RestoreReason; date: string },
  deps: RightsDeps,
  watch: Watch,
): Promise<WithdrawalReport> {
  const { ledger, store, disk, sealed } = deps;
  const left = withoutItems(await ledger.withdrawnDigests(), plan.items);
  for (const volume of plan.volumes) await leaveSeeders(deps, volume);
  const redacted: { volume: Volume; before: string; bytes: RedactedVolume | undefined }[] = [];
  for (const volume of plan.volumes) {
    if (watch.stop.aborted) break;
    const redaction = planRedaction(disk, store.layout.volumes, volume.name, left, sealed);
    const [missing] = redaction?.missing ?? [];
    if (missing !== undefined)
      throw new FonotecaError('SEALED_MISSING', `${missing} of ${volume.name}`);
    const bytes = redaction && (await carryOutRedaction(disk, redaction, deps.punch));
    const after = bytes ? volumeAfter(volume, bytes) : volume;
    redacted.push({ volume: after, before: volume.infohashV1, bytes });
    watch.progress({
      stage: 'restore',
      doneItems: redacted.length,
      totalItems: plan.volumes.length,
      item: volume.name,
    });
  }
  if (redacted.length < plan.volumes.length)
    return { volumes: [], looseRemoved: 0, unsealed: [], interrupted: true };
  for (const digest of plan.loose) await putLoose(deps, digest);
  await ledger.commit([
    ...plan.items.map(({ digest }) => ({ kind: 'restored' as const, digest, ...words })),
    ...redacted.map(({ volume }) => ({ kind: 'volume-redacted' as const, volume })),
  ]);
  for (const { volume, bytes } of redacted) {
    bytes?.settle();
    store.volumes.forget(volume.name);
  }
  for (const { digest } of plan.items) sealed.release(digest);
  const volumes = redacted.map(({ volume, before }) => ({ volume, before }));
  return { volumes, looseRemoved: 0, unsealed: [], interrupted: false };
}

async function putLoose(
  { store, sealed }: RightsDeps,
  digest: WithdrawalPlan['loose'][number],
): Promise<void> {
  const payload = sealed.open(digest);
  const writer = store.loose.startPut(`restore-${digest}`);
  try {
    for (let at = 0; at < payload.sizeBytes; at += CHUNK_BYTES)
      writer.write(payload.read(at, Math.min(CHUNK_BYTES, payload.sizeBytes - at)));
    writer.commit();
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    payload.close();
  }
}

const CHUNK_BYTES = 256 * 1024;
