/** The record of withdrawals as a page shows it: what every edition's tombstones say, and no more. */
import type { Ledger } from '../ledger/ledger.ts';
import { withdrawnAfter } from '../model/tombstone.ts';
import type { WithdrawalsView } from './edition-views.ts';

const MAX_ENTRIES = 100;

/** A page of the record, newest first; `cursor` is the number that the page before ended with. */
export async function withdrawalsView(
  ledger: Pick<Ledger, 'tombstones'>,
  cursor: string | null,
): Promise<WithdrawalsView> {
  const all = await ledger.tombstones();
  const before = cursor === null ? Number.POSITIVE_INFINITY : Number(cursor);
  const older = all.filter(({ number }) => number < before).reverse();
  const entries = older.slice(0, MAX_ENTRIES);
  return {
    withdrawnCount: withdrawnAfter(all).size,
    entries: entries.map(({ number, kind, date, reason, digest, subject }) => ({
      ...{ number, kind, at: date, reason, digest, subject },
    })),
    nextCursor: older.length > entries.length ? String(entries.at(-1)!.number) : null,
  };
}
