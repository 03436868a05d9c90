/** What every command that changes volumes does first: it completes withdrawals that a killed run left half done. */
import type { Archive } from './archive.ts';
import { FonotecaError } from './base/errors.ts';
import type { Watch } from './base/progress.ts';
import { punchHole } from './base/punch-hole.ts';
import { forgetPictures } from './pictures.ts';
import { recoverWithdrawals } from './rights/carry-out-withdrawal.ts';
import type { RightsDeps } from './rights/withdrawal-item.ts';
import { seedersOf } from './seeders.ts';
import { openSealed } from './store/sealed.ts';

/**
 * Completes what was begun of withdrawing. Throws `SEED_UNCONFIRMED` while a seeder does not let go of
 * what is withdrawn, and `INTERRUPTED`.
 */
export async function completeWithdrawals(archive: Archive, watch: Watch): Promise<void> {
  const report = await recoverWithdrawals(rightsDeps(archive), watch);
  const { interrupted, volumes, looseRemoved } = report;
  if (volumes.length + looseRemoved > 0) forgetPictures(archive);
  if (interrupted) throw new FonotecaError('INTERRUPTED', 'while completing a withdrawal');
}

/** What the stage of rights works with. */
export function rightsDeps(archive: Archive): RightsDeps {
  const { ledger, store, disk, layout } = archive;
  return {
    ledger,
    store,
    disk,
    sealed: openSealed(disk, layout),
    // Asked for only when a torrent must leave: a client that is away keeps nobody from packing.
    get seeders() {
      return seedersOf(archive);
    },
    punch: punchHole,
  };
}
