/**
 * Which dumps come too late: a build takes the newest of each source alone (src/snapshots/choose-imports.ts), so an older
 * one would be read for nothing, or put what is known back to an earlier day.
 */
import { FonotecaError } from '../base/errors.ts';
import type { ImportDump } from '../model/import-record.ts';

/** How much is known of a dump: all that it says of itself, or what its name and the operator say before it is read. */
export type KnownOfDump = 'all' | 'part';

/**
 * Refuses `dump` where one of `others`, of the same source, is newer: `IMPORT_OLDER`. Where they have days and it has none,
 * nobody can say, and a build would pass it over: `IMPORT_UNDATED`.
 */
export function refuseOlder(
  dump: ImportDump,
  others: readonly ImportDump[],
  known: KnownOfDump,
): void {
  const newest = others.toSorted((a, b) => (buildOrder(a) < buildOrder(b) ? 1 : -1));
  const newer = newest.find((other) => isOlder(dump, other));
  if (newer)
    throw new FonotecaError('IMPORT_OLDER', `${said(dump)}, and ${said(newer)} is imported`);
  if (known === 'part') return;
  const leading = newest.find((other) => buildOrder(dump) < buildOrder(other));
  if (!leading) return;
  if (dump.date === null && leading.date !== null)
    throw new FonotecaError('IMPORT_UNDATED', `no date, and ${said(leading)} is imported`);
  throw new FonotecaError('IMPORT_OLDER', `${said(dump)}, and ${said(leading)} is imported`);
}

/** Whether both say by the same measure that `dump` is older; the source's own number goes before the day. */
function isOlder(dump: ImportDump, other: ImportDump): boolean {
  if (dump.sequence !== null && other.sequence !== null) return dump.sequence < other.sequence;
  return dump.date !== null && other.date !== null && dump.date < other.date;
}

/** By what builds tell which of two is newer. */
function buildOrder({ date, sequence }: ImportDump): string {
  return `${date ?? ''} ${String(sequence ?? 0).padStart(16, '0')}`;
}

function said({ date, sequence }: ImportDump): string {
  return [date, sequence].filter((part) => part !== null).join(' / ');
}
