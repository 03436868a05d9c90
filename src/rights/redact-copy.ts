/**
 * Redaction of a copy that has no ledger and no key: the withdrawals of a signed edition, applied to whatever volumes lie
 * in a folder. Input: that edition as its verifier found it, and the folder. Output: the same infohashes as everybody's.
 * Nothing is asked of the network, and no withdrawn byte is ever written.
 */
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import type { PunchHole } from '../base/punch-hole.ts';
import { type Edition, editionFilePath } from '../model/edition.ts';
import { VOLUME_NAME } from '../model/volume.ts';
import { carryOutRedaction, planRedaction, type RedactionPlan } from '../store/redact-volume.ts';
import { readVolumeState } from '../store/redact-volume-state.ts';

/** What a copy is brought into agreement with. */
export interface CopyWithdrawals {
  readonly edition: Pick<Edition, 'number' | 'volumes'>;
  /** What its tombstones withdraw. */
  readonly withdrawn: ReadonlySet<Digest>;
}

/** One volume of the copy. */
export interface CopyVolume {
  readonly name: string;
  readonly before: string;
  /** Undefined when nothing of it changes. */
  readonly plan: RedactionPlan | undefined;
}

/** What would be done to the copy, and what cannot be. */
export interface CopyPlan {
  readonly volumes: readonly CopyVolume[];
  readonly findings: readonly Finding[];
}

/** One volume as it is now. */
export interface RedactedCopy {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly members: number;
}

/** What was done to the copy. */
export interface CopyRedaction {
  readonly redacted: readonly RedactedCopy[];
  readonly findings: readonly Finding[];
  readonly interrupted: boolean;
}

/** What applying `withdrawals` to the volumes in `directory` would do. A volume that cannot be read is a finding. */
export function planCopyRedaction(
  disk: Disk,
  directory: string,
  withdrawals: CopyWithdrawals,
): CopyPlan {
  const volumes: CopyVolume[] = [];
  const findings: Finding[] = [];
  const names = disk
    .list(directory)
    .filter((file) => file.endsWith('.tar'))
    .map((file) => file.slice(0, -'.tar'.length))
    .filter((name) => VOLUME_NAME.test(name));
  for (const name of names)
    orFinding(name, findings, () => {
      const plan = planRedaction(disk, directory, name, withdrawals.withdrawn, undefined);
      const { torrent } = plan?.state ?? readVolumeState(disk, directory, name);
      const before = torrent.infohashV1!;
      volumes.push({ name, before, plan });
      if (!plan) findings.push(...differing(name, before, [], withdrawals));
    });
  return { volumes, findings };
}

/** Carries `plan` out, volume by volume; each is complete before the next begins. */
export async function carryOutCopyRedaction(
  plan: CopyPlan,
  withdrawals: CopyWithdrawals,
  deps: { disk: Disk; punch?: PunchHole | undefined },
  watch: Watch,
): Promise<CopyRedaction> {
  const redacted: RedactedCopy[] = [];
  const findings = [...plan.findings];
  const due = plan.volumes.filter((volume) => volume.plan !== undefined);
  let done = 0;
  for (const { name, before, plan: redaction } of due) {
    if (watch.stop.aborted) break;
    try {
      const bytes = await carryOutRedaction(deps.disk, redaction!, deps.punch);
      bytes.settle();
      const members = redaction!.withdrawn.length;
      redacted.push({ name, before, after: bytes.infohashV1, members });
      findings.push(...differing(name, bytes.infohashV1, redaction!.missing, withdrawals));
    } catch (error) {
      findings.push(findingOf(error, name));
    }
    done += 1;
    watch.progress({ stage: 'redact', doneItems: done, totalItems: due.length, item: name });
  }
  return { redacted, findings, interrupted: done < due.length };
}

/** A finding when the edition lists `name` and with another infohash. */
function differing(
  name: string,
  infohashV1: string,
  missing: readonly Digest[],
  { edition }: CopyWithdrawals,
): Finding[] {
  const listed = edition.volumes.find((volume) => volume.name === name);
  if (!listed || listed.infohashV1 === infohashV1) return [];
  const path = editionFilePath(edition.number, 'edition.json');
  const why =
    missing.length > 0 ? `; ${missing.length} members were restored and are zeros here` : '';
  const seen = `${infohashV1}, ${path} lists ${listed.infohashV1}${why}`;
  return [{ code: 'REDACT_DIFFERS', subject: name, seen }];
}

function orFinding(name: string, findings: Finding[], action: () => void): void {
  try {
    action();
  } catch (error) {
    findings.push(findingOf(error, name));
  }
}

function findingOf(error: unknown, subject: string): Finding {
  if (!(error instanceof FonotecaError) || error.code === 'DISK_FULL' || error.code === 'DISK_IO')
    throw error;
  return { code: error.code, subject, seen: error.seen };
}
