/**
 * What the plan knows without reading: vanished files become facts; what is left, what was refused before and what was
 * withdrawn since is told.
 */
import { ERROR_CATALOGUE, type ErrorCode } from '../base/error-catalogue.ts';
import type { AddSession } from './add-session.ts';

/** Tells of the files of the plan that are not read. */
export async function tellUnread({ plan, deps, report, batch }: AddSession): Promise<void> {
  const withdrawn = await deps.ledger.withdrawnDigests();
  for (const { root, path } of plan.vanished) {
    const seen = 'gone since the last run; what was held of it stays';
    report.find({ code: 'SOURCE_VANISHED', subject: path, seen });
    await batch.add([{ kind: 'file-vanished', root, path }]);
  }
  for (const { outcome, path, digest, code, seen } of plan.unchanged)
    if (outcome === 'refused' && code !== null && isErrorCode(code))
      report.find({ code, subject: path, seen: seen ?? 'as in the last run' }, 'refused');
    else if (outcome === 'held' && digest !== null && withdrawn.has(digest)) {
      report.count('withdrawn');
      report.find({ code: 'INGEST_WITHDRAWN', subject: path, seen: digest }, 'refused');
    }
  for (const { path } of plan.left)
    report.find({ code: 'SOURCE_LEFT', subject: path, seen: 'neither audio nor a companion' });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, code);
}
