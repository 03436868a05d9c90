/**
 * Withdrawing and restoring over an open archive, and redacting a copy that is none: here settings meet the stage of
 * rights, what a killed run left is completed first, and the next edition says in public what was done.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Archive } from './archive.ts';
import { realDisk } from './base/disk.ts';
import { type Finding, FonotecaError } from './base/errors.ts';
import type { Watch } from './base/progress.ts';
import { punchHole } from './base/punch-hole.ts';
import { behindWhatIsDone, refreshHeld } from './cataloguing.ts';
import { completeWithdrawals, rightsDeps } from './complete-withdrawals.ts';
import { findHoldings } from './look-up.ts';
import { isOfAbsentVolume } from './mirroring/judge-tree.ts';
import { type Edition, editionFilePath, editionSchema } from './model/edition.ts';
import { STABLE_ID } from './model/ids.ts';
import {
  type RestoreReason,
  type Tombstone,
  type WithdrawalReason,
  withdrawnAfter,
} from './model/tombstone.ts';
import { recoverPacking } from './packing/carry-out-pack.ts';
import { forgetPictures } from './pictures.ts';
import type { PublishReport } from './publishing/publish-edition.ts';
import { carryOutRestore } from './rights/carry-out-restore.ts';
import { carryOutWithdrawal, type WithdrawalReport } from './rights/carry-out-withdrawal.ts';
import { holdingsOfHolder, type WithdrawalChoice } from './rights/choose-items.ts';
import { mendSmallFiles } from './rights/mend-copy.ts';
import { planRestore, planWithdrawal, type WithdrawalPlan } from './rights/plan-withdrawal.ts';
import {
  type CopyPlan,
  type CopyRedaction,
  type CopyWithdrawals,
  carryOutCopyRedaction,
  planCopyRedaction,
} from './rights/redact-copy.ts';
import { runPublish, runPublishPreview, today } from './stages.ts';
import type { VerifyFinding } from './verifier/codes.ts';
import { verifyArchive } from './verifier/verify-archive.ts';

/** What a person names: an id or digest, all of a rights holder, or what has ended. */
export type WithdrawalSubject = { readonly id: string } | { readonly holder: string } | 'ended';

/** A withdrawal or a restoration as a person wishes it. */
export type WithdrawalWish =
  | { readonly undo: false; readonly reason: WithdrawalReason; readonly destroy: boolean }
  | { readonly undo: true; readonly reason: RestoreReason };

/** Completes what a killed run left half done of packing and of withdrawing. */
export async function prepareWithdrawal(archive: Archive, watch: Watch): Promise<void> {
  // A volume that no fact knows may hold what is withdrawn; it goes while its members still lie loose.
  await recoverPacking(archive);
  await completeWithdrawals(archive, watch);
}

/**
 * What withdrawing (or, with `undo`, restoring) `subject` would do. Throws `NOT_HELD` and `WITHDRAW_HOLDER_UNKNOWN` when
 * nothing has that name, so that a misspelt name is not taken for work done.
 */
export async function runWithdrawPreview(
  archive: Archive,
  subject: WithdrawalSubject,
  undo: boolean,
): Promise<WithdrawalPlan> {
  const choice = await choiceOf(archive, subject);
  const deps = rightsDeps(archive);
  return undo ? planRestore(deps, choice) : planWithdrawal(deps, choice);
}

/** What a withdrawal came to, and whether the catalogue could be told. */
interface TakenReport extends WithdrawalReport {
  readonly catalogueFindings: readonly Finding[];
}

/** Carries `plan` out. */
export async function runWithdraw(
  archive: Archive,
  plan: WithdrawalPlan,
  wish: WithdrawalWish,
  watch: Watch,
): Promise<TakenReport> {
  const date = archive.clock.nowIso();
  const deps = rightsDeps(archive);
  const report = wish.undo
    ? await carryOutRestore(plan, { reason: wish.reason, date }, deps, watch)
    : await carryOutWithdrawal(plan, { ...wish, date }, deps, watch);
  if (!wish.undo) forgetPictures(archive);
  const { findings } = await behindWhatIsDone(archive, () => refreshHeld(archive));
  return { ...report, catalogueFindings: findings };
}

/**
 * Publishes the edition that says what was withdrawn, with the volumes that are published already and no others while
 * some wait for a later stage; undefined when nothing was ever published.
 */
export async function publishWithdrawal(
  archive: Archive,
  watch: Watch,
): Promise<PublishReport | undefined> {
  if ((await archive.ledger.editions()).length === 0) return undefined;
  const plan = await runPublishPreview(archive, { stage: 'metadata' });
  const isWaiting = plan.kind === 'new' && plan.waitingVolumes > 0;
  return runPublish(archive, watch, { stage: isWaiting ? 'metadata' : 'all' });
}

/**
 * The newest edition of the published tree in `directory` and what it withdraws, its whole chain verified with
 * `publicKey` or on the tree's own word. Throws `REDACT_UNPROVED`.
 */
export async function signedWithdrawals(
  directory: string,
  publicKey: string | undefined,
): Promise<
  CopyWithdrawals & { readonly edition: Edition; readonly archiveId: string | undefined }
> {
  let wrong: VerifyFinding | undefined;
  // What lies in volumes/ is judged later, when it is redacted; here only the signed word counts.
  const onFinding = (finding: VerifyFinding) => {
    const isOfVolume = finding.subject.startsWith('volumes/') || isOfAbsentVolume(finding);
    if (!isOfVolume) wrong ??= finding;
  };
  const report = await verifyArchive(directory, { publicKey, depth: 'metadata', onFinding });
  const number = report.editions.at(-1);
  if (wrong || number === undefined)
    throw new FonotecaError(
      'REDACT_UNPROVED',
      wrong ? `${wrong.code} ${wrong.subject}: ${wrong.seen}` : `no edition in ${directory}`,
    );
  const read = (name: string) =>
    fs.readFileSync(path.join(directory, editionFilePath(number, name)), 'utf8');
  const edition = editionSchema.parse(JSON.parse(read('edition.json')));
  const stones = read('tombstones.jsonl').split('\n').filter(Boolean);
  const withdrawn = withdrawnAfter(stones.map((line) => JSON.parse(line) as Tombstone));
  return { edition, withdrawn, archiveId: report.archiveId };
}

/** What applying `withdrawals` to the volumes in `directory` would do. */
export function runRedactPreview(directory: string, withdrawals: CopyWithdrawals): CopyPlan {
  return planCopyRedaction(realDisk, directory, withdrawals);
}

/** Makes leaves and torrents that do not fit their volumes again; the names of the volumes. */
export function runMendCopy(directory: string, { edition }: CopyWithdrawals): string[] {
  return edition.volumes
    .filter((listed) => mendSmallFiles(realDisk, directory, listed))
    .map(({ name }) => name);
}

/** Applies them. */
export async function runRedact(
  plan: CopyPlan,
  withdrawals: CopyWithdrawals,
  watch: Watch,
): Promise<CopyRedaction> {
  return carryOutCopyRedaction(plan, withdrawals, { disk: realDisk, punch: punchHole }, watch);
}

async function choiceOf(archive: Archive, subject: WithdrawalSubject): Promise<WithdrawalChoice> {
  if (subject === 'ended') return { endedOn: today(archive) };
  if ('holder' in subject) {
    const choice = { holder: subject.holder.normalize('NFC') };
    if ((await holdingsOfHolder(archive.ledger, choice.holder)).length > 0) return choice;
    throw new FonotecaError('WITHDRAW_HOLDER_UNKNOWN', JSON.stringify(subject.holder));
  }
  const { id } = subject;
  // The start of a digest may name more than was meant, and what is withdrawn by mistake is on the record for ever.
  const isWhole = STABLE_ID.test(id) || /^[0-9a-f]{64}$/.test(id);
  const holdings = isWhole ? await findHoldings(archive.ledger, id) : [];
  if (holdings.length === 0) throw new FonotecaError('NOT_HELD', JSON.stringify(id));
  return { holdings };
}
