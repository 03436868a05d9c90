/** Published volumes made again, as the command line calls it: an open archive and files in, a plan and a report out. */
import os from 'node:os';
import type { Archive } from './archive.ts';
import type { Watch } from './base/progress.ts';
import { carryOutPack, type PackReport, recoverPacking } from './packing/carry-out-pack.ts';
import { planReplay, type ReplayPlan } from './packing/plan-replay.ts';
import { today } from './stages.ts';

/** What `runReplay` would pack. */
export async function runReplayPreview(
  archive: Archive,
  files: readonly string[],
): Promise<ReplayPlan> {
  const { ledger, disk, store } = archive;
  return planReplay(files, today(archive), { ledger, disk, loose: store.loose });
}

/** Makes the volumes whose indexes or tars are `files` again from what is held. */
export async function runReplay(
  archive: Archive,
  files: readonly string[],
  watch: Watch,
): Promise<{ plan: ReplayPlan; report: PackReport }> {
  await recoverPacking(archive);
  const plan = await runReplayPreview(archive, files);
  const { ledger, store, disk, config } = archive;
  const workers = config.pack.workers || os.availableParallelism();
  return { plan, report: await carryOutPack(plan, { ledger, store, disk, workers }, watch) };
}
