/**
 * From a plan to holdings: each file is copied and hashed, inspected, and only then decided upon; its object is durable
 * before its facts, and its facts before its acknowledgement.
 *
 * Files are read several at a time and held in the order of the plan, so that two runs write the same history.
 */
import type { Watch } from '../base/progress.ts';
import type { Neighbours } from './accede-companion.ts';
import type { IngestDeps } from './add-options.ts';
import type { AddPlan } from './add-plan.ts';
import { type AddReport, startReport } from './add-report.ts';
import { type AddSession, type HeldItem, startSession } from './add-session.ts';
import { startSteps } from './add-steps.ts';
import { classify } from './classify.ts';
import { startFactBatch } from './fact-batch.ts';
import { startFolderIndex } from './folder-neighbours.ts';
import { holdAudio } from './hold-audio.ts';
import { holdBeside, holdCompanions, readEvidence } from './hold-companions.ts';
import { placeKey } from './match-table.ts';
import { isReconsidering, reconsider } from './reconsider.ts';
import { tellUnread } from './tell-unread.ts';

/**
 * Carries `plan` out. `onHeld` is called for each file once it is safe. What is wrong with one file is in the report;
 * throws for what is wrong with the archive (`DISK_FULL`, `DISK_IO`, the ledger's errors), and running again goes on.
 */
export async function carryOutAdd(
  plan: AddPlan,
  deps: IngestDeps,
  watch: Watch,
  onHeld: (item: HeldItem) => void = () => {},
): Promise<AddReport> {
  const startMs = deps.clock.elapsedMs();
  const report = startReport(plan);
  const batch = startFactBatch(deps.ledger, deps.clock);
  const session = startSession({ plan, deps, report, batch, onHeld });
  try {
    await allSteps(session, watch);
  } catch (error) {
    // What waits has its bytes in the store; if the ledger is what failed, the first error is the one to tell.
    await batch.flush().catch(() => undefined);
    throw error;
  }
  const seconds = (deps.clock.elapsedMs() - startMs) / 1000;
  return report.finish({ seconds, interrupted: watch.stop.aborted });
}

async function allSteps(session: AddSession, watch: Watch): Promise<void> {
  const { batch } = session;
  const steps = startSteps(session.plan, watch);
  const neighbours = startNeighbours(session);
  const isWhole = isReconsidering(session);
  await tellUnread(session);
  await readEvidence(session, steps);
  await holdAudio(session, steps, neighbours.audio);
  await batch.flush();
  if (!steps.isStopped) await reconsider(session, 'audio', neighbours, isWhole);
  await batch.flush();
  await holdCompanions(session, steps, neighbours, (role) => role !== 'table');
  if (!steps.isStopped) await reconsider(session, 'companion', neighbours, isWhole);
  await batch.flush();
  // The table comes last: a run that was cut short finds it new again and goes on from there.
  await holdCompanions(session, steps, neighbours, (role) => role === 'table');
  await holdBeside(session, steps, neighbours);
  await batch.flush();
}

/** The audio held before, and the rows about audio, by folder. What was held under a companion's name is no audio. */
function startNeighbours({ plan, rows }: AddSession): Neighbours {
  const neighbours: Neighbours = { audio: startFolderIndex(), rows: startFolderIndex() };
  const evidence = new Set(plan.evidence.flatMap(({ place }) => (place ? [placeKey(place)] : [])));
  const isCompanion = (place: { root: string; path: string }) =>
    evidence.has(placeKey(place)) ||
    classify(place.path, { isTable: false, isEvidence: false }).class === 'companion';
  for (const file of plan.unchanged)
    if (file.digest !== null && !isCompanion(file)) neighbours.audio.add(file, file.digest);
  for (const match of rows.values())
    if (!isCompanion(match.place)) neighbours.rows.add(match.place, match);
  return neighbours;
}
