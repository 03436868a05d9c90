/**
 * The stages as the command line calls them: an open archive and plain options in, a report out. Here settings meet
 * stages; no stage knows of another.
 */
import type { Archive } from './archive.ts';
import type { Watch } from './base/progress.ts';
import { parseSize } from './base/sizes.ts';
import { type EncodeReport, encodeTail, missingDerivatives } from './encoding/encode-tail.ts';
import type { Holding } from './model/holding.ts';
import type { Plan } from './model/plan.ts';
import { carryOutPack, type PackReport, recoverPacking } from './packing/carry-out-pack.ts';
import { type PackPlan, planPack } from './packing/plan-pack.ts';
import {
  loadPlan,
  makePlan,
  type PlanDeps,
  previewPlan,
  type StoredPlan,
} from './selection/make-plan.ts';
import type { PlanOptions } from './selection/plan-holdings.ts';

/** The day by the archive's clock, `YYYY-MM-DD`: what embargoes are held against. */
export function today(archive: Archive): string {
  return archive.clock.nowIso().slice(0, 10);
}

/** Plans what to publish and keeps the plan; `budget` wins over the settings. */
export async function runPlan(
  archive: Archive,
  options: { budget?: string | undefined },
): Promise<StoredPlan> {
  return makePlan(planDeps(archive), planOptions(archive, options.budget));
}

/** The plan that `runPlan` would keep. */
export async function runPlanPreview(
  archive: Archive,
  options: { budget?: string | undefined },
): Promise<Plan> {
  return previewPlan(planDeps(archive), planOptions(archive, options.budget));
}

/** Makes the derivatives that the plan in force asks for. */
export async function runEncode(archive: Archive, watch: Watch): Promise<EncodeReport> {
  const { plan } = await loadPlan(planDeps(archive));
  const { ledger, store, audioConcurrency: concurrency } = archive;
  const bitrateKbps = archive.config.encode.opus_kbps;
  return encodeTail(
    plan,
    { ledger, store, concurrency, bitrateKbps, audio: await archive.audio() },
    watch,
  );
}

/** What `runEncode` would encode. */
export async function runEncodePreview(archive: Archive): Promise<Holding[]> {
  const { plan } = await loadPlan(planDeps(archive));
  return missingDerivatives(plan, archive.ledger);
}

/** What `runPack` would pack. */
export async function runPackPreview(archive: Archive): Promise<PackPlan> {
  const { plan } = await loadPlan(planDeps(archive));
  const { volume_size, volume_members } = archive.config.pack;
  return planPack(archive.ledger, plan, {
    volumeBytes: parseSize(volume_size),
    volumeMembers: volume_members,
    day: today(archive),
  });
}

/** Packs what the plan in force publishes into new volumes. */
export async function runPack(
  archive: Archive,
  watch: Watch,
): Promise<{ plan: PackPlan; report: PackReport }> {
  await recoverPacking(archive);
  const plan = await runPackPreview(archive);
  return { plan, report: await carryOutPack(plan, archive, watch) };
}

function planDeps(archive: Archive): PlanDeps {
  return archive;
}

function planOptions(archive: Archive, budget: string | undefined): PlanOptions {
  const settings = archive.config.plan;
  const text = budget ?? settings.budget;
  return {
    policy: settings.policy,
    budgetBytes: text === 'none' ? null : parseSize(text),
    secondaryCutoff: settings.secondary_cutoff,
    day: today(archive),
    tail: settings.tail,
    opusBitrateKbps: archive.config.encode.opus_kbps,
  };
}
