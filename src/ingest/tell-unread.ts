/** What the plan knows without reading: vanished files become facts; what is left, and what was refused before, is told. */
import { ERROR_CATALOGUE, type ErrorCode } from '../base/error-catalogue.ts';
import type { AddSession } from './add-session.ts';

/** Tells of the files of the plan that are not read. */
export async function tellUnread({ plan, report, batch }: AddSession): Promise<void> {
  for (const { root, path } of plan.vanished) {
    const seen = 'gone since the last run; what was held of it stays';
    report.find({ code: 'SOURCE_VANISHED', subject: path, seen });
    await batch.add([{ kind: 'file-vanished', root, path }]);
  }
  for (const { outcome, path, code, seen } of plan.unchanged)
    if (outcome === 'refused' && code !== null && isErrorCode(code))
      report.find({ code, subject: path, seen: seen ?? 'as in the last run' }, 'refused');
  for (const { path } of plan.left)
    report.find({ code: 'SOURCE_LEFT', subject: path, seen: 'neither audio nor a companion' });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CATALOGUE, code);
}
