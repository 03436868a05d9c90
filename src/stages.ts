/**
 * The stages as the command line calls them: an open archive and plain options in, a report out. Here settings meet
 * stages; no stage knows of another.
 */
import os from 'node:os';
import type { Archive } from './archive.ts';
import { readNamedKeyFile } from './archive-keys.ts';
import { realByteNameDisk } from './base/byte-name-disk.ts';
import { FonotecaError } from './base/errors.ts';
import type { Watch } from './base/progress.ts';
import { formatSize, parseSize } from './base/sizes.ts';
import { choosePolicy } from './catalogue-planning.ts';
import { behindWhatIsDone, matchIfCatalogued, refreshHeld } from './cataloguing.ts';
import { completeWithdrawals } from './complete-withdrawals.ts';
import {
  type EncodeDeps,
  type EncodeReport,
  encodeHoldings,
  missingDerivatives,
  refusedDerivatives,
} from './encoding/encode-tail.ts';
import { growFingerprintIndex } from './fingerprint-index.ts';
import type { AddOptions, IngestDeps } from './ingest/add-options.ts';
import type { AddPlan } from './ingest/add-plan.ts';
import type { AddReport } from './ingest/add-report.ts';
import type { HeldItem } from './ingest/add-session.ts';
import { carryOutAdd } from './ingest/carry-out-add.ts';
import { planAdd } from './ingest/plan-add.ts';
import type { MatchReport } from './matching/match-tracks.ts';
import type { Holding } from './model/holding.ts';
import type { Plan } from './model/plan.ts';
import {
  carryOutPack,
  type PackDeps,
  type PackReport,
  recoverPacking,
} from './packing/carry-out-pack.ts';
import { type PackPlan, planPack } from './packing/plan-pack.ts';
import { coversOf } from './pictures.ts';
import {
  carryOutDrop,
  type DropPlan,
  type DropReport,
  planDrop,
} from './preservation/drop-originals.ts';
import { type RegenerateReport, regenerate } from './preservation/regenerate.ts';
import { type HoldingsReport, verifyHoldings } from './preservation/verify-holdings.ts';
import { type EditionPlan, planEdition } from './publishing/plan-edition.ts';
import type { PublishWishes } from './publishing/plan-volumes.ts';
import type { PublishDeps } from './publishing/publish-deps.ts';
import { type PublishReport, publishEdition } from './publishing/publish-edition.ts';
import { type CopyReport, publishTo } from './publishing/publish-to.ts';
import { type Reachability, reachability } from './publishing/reachability.ts';
import { shippedVerifier } from './publishing/shipped-verifier.ts';
import {
  loadPlan,
  makePlan,
  type PlanDeps,
  previewPlan,
  type StoredPlan,
} from './selection/make-plan.ts';
import type { PlanOptions } from './selection/plan-holdings.ts';

/** What a person may wish of `add`; the rest comes from the settings and the clock. */
export type AddWishes = {
  readonly [K in Exclude<keyof AddOptions, 'day' | 'columns'>]?: AddOptions[K] | undefined;
};

/** The day by the archive's clock, `YYYY-MM-DD`: what embargoes are held against. */
export function today(archive: Archive): string {
  return archive.clock.nowIso().slice(0, 10);
}

/** What `runAdd` would read and hold. */
export async function runAddPreview(
  archive: Archive,
  paths: readonly string[],
  options: AddWishes,
  watch: Watch,
): Promise<AddPlan> {
  const { columns } = archive.config;
  return planAdd(
    paths,
    { ...defined(options), columns, day: today(archive) },
    await ingestDeps(archive),
    watch,
  );
}

/** What `add` came to, and its matching where there is a catalogue. */
export interface MatchedAddReport extends AddReport {
  readonly match: MatchReport | undefined;
}

/** Reads `paths` and holds what is new; `onHeld` hears of each file once it is safe. */
export async function runAdd(
  archive: Archive,
  paths: readonly string[],
  options: AddWishes,
  watch: Watch,
  onHeld: (item: HeldItem) => void,
): Promise<MatchedAddReport> {
  const plan = await runAddPreview(archive, paths, options, watch);
  const report = await carryOutAdd(plan, await ingestDeps(archive), watch, onHeld);
  await growFingerprintIndex(archive);
  const { outcome, findings } = await behindWhatIsDone(archive, async () => {
    if (!report.interrupted) return await matchIfCatalogued(archive, watch);
    // What was recorded before an interruption, a right among it, is told by the bitmaps all the same.
    await refreshHeld(archive);
    return undefined;
  });
  const told = findings.map((finding) => ({ ...finding, level: 'told' as const }));
  return { ...report, findings: [...report.findings, ...told], match: outcome };
}

/** What a person may wish of `plan`; each wins over the settings. */
interface HoldingsPlanWishes {
  readonly budget?: string | undefined;
  /** A name or a file. */
  readonly policy?: string | undefined;
}

/** Plans what of the holdings to publish and keeps the plan. */
export async function runPlan(archive: Archive, wishes: HoldingsPlanWishes): Promise<StoredPlan> {
  return makePlan(planDeps(archive), planOptions(archive, wishes));
}

/**
 * Refuses to plan by settings that publish more than the plan in force was made for: what is packed and published by mistake cannot
 * be taken back. `PLAN_BUDGET_LARGER`.
 */
export async function refuseLargerBudget(archive: Archive): Promise<void> {
  if (!(await archive.ledger.latestPlan())) return;
  const { plan, file } = await loadPlan(planDeps(archive));
  const { budgetBytes } = planOptions(archive, {});
  if (plan.budgetBytes === null) return;
  if (budgetBytes !== null && budgetBytes <= plan.budgetBytes) return;
  const { plannedBytes } = await runPlanPreview(archive, {});
  if (plannedBytes <= Math.max(plan.budgetBytes, plan.plannedBytes)) return;
  const allowed = budgetBytes === null ? 'no limit' : formatSize(budgetBytes);
  const seen = `plans/${file} was made for ${formatSize(plan.budgetBytes)}, the settings say ${allowed}, and ${formatSize(plannedBytes)} would be published`;
  throw new FonotecaError('PLAN_BUDGET_LARGER', seen);
}

/** The plan in force. `PLAN_MISSING`, `PLAN_DAMAGED`. */
export async function planInForce(archive: Archive): Promise<Plan> {
  return (await loadPlan(planDeps(archive))).plan;
}

/** The plan that `runPlan` would keep. */
export async function runPlanPreview(archive: Archive, wishes: HoldingsPlanWishes): Promise<Plan> {
  return previewPlan(planDeps(archive), planOptions(archive, wishes));
}

/** Makes the derivatives that the plan in force asks for. */
export async function runEncode(archive: Archive, watch: Watch): Promise<EncodeReport> {
  return encodeHoldings(await runEncodePreview(archive), await encodeDeps(archive), watch);
}

/** What `runEncode` would encode. */
export async function runEncodePreview(archive: Archive): Promise<Holding[]> {
  const plan = await planInForce(archive);
  return missingDerivatives(plan, archive.ledger);
}

/** Makes the derivatives that could not be made when it was tried. */
export async function runEncodeAgain(archive: Archive, watch: Watch): Promise<EncodeReport> {
  const refused = await refusedDerivatives(archive.ledger);
  return encodeHoldings(refused, await encodeDeps(archive), watch);
}

/** What `runPack` would pack. */
export async function runPackPreview(archive: Archive): Promise<PackPlan> {
  const plan = await planInForce(archive);
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
  await completeWithdrawals(archive, watch);
  const plan = await runPackPreview(archive);
  return { plan, report: await carryOutPack(plan, packDeps(archive), watch) };
}

/** What a person may wish of `publish`. */
export interface PublishRequest extends PublishWishes {
  /** Files of secret keys that sign beside those of the archive. */
  readonly keyFiles?: readonly string[] | undefined;
}

/** What `runPublish` would publish. */
export async function runPublishPreview(
  archive: Archive,
  request?: PublishRequest,
): Promise<EditionPlan> {
  return planEdition(publishDeps(archive, request?.keyFiles), request);
}

/** Publishes the next edition, or nothing when nothing is new. */
export async function runPublish(
  archive: Archive,
  watch: Watch,
  request?: PublishRequest,
): Promise<PublishReport> {
  await completeWithdrawals(archive, watch);
  const deps = publishDeps(archive, request?.keyFiles);
  return publishEdition(await planEdition(deps, request), deps, watch);
}

/** Writes everything a plain web host needs into `directory`. */
export async function runPublishTo(
  archive: Archive,
  directory: string,
  watch: Watch,
): Promise<CopyReport> {
  return publishTo(directory, publishDeps(archive), watch);
}

/** What the world can reach with the archive's settings. */
export function reachOf(archive: Archive): Reachability {
  return reachability(publishSettings(archive.config));
}

/** Reads what is held and compares it with its digests; `all` includes what lies in volumes. */
export async function runVerifyHoldings(
  archive: Archive,
  options: { all: boolean },
  watch: Watch,
): Promise<HoldingsReport> {
  return verifyHoldings(archive, options, watch);
}

/** Makes `count` derivatives of the archive's own again, or all, and compares them with what is recorded. */
export async function runRegenerate(
  archive: Archive,
  count: number | 'all',
  watch: Watch,
): Promise<RegenerateReport> {
  const { ledger, store, audioConcurrency: concurrency } = archive;
  const seed = Buffer.from(archive.random.bytes(16)).toString('hex');
  const covers = coversOf(archive);
  const deps = { ledger, store, concurrency, covers, audio: await archive.audio() };
  return regenerate({ count, seed }, deps, watch);
}

/** The originals that `runDrop` would let go under the plan in force. */
export async function runDropPreview(archive: Archive): Promise<DropPlan> {
  const plan = await planInForce(archive);
  return planDrop(plan, archive);
}

/** Lets the originals of `plan` go, each after its derivative is proved. */
export async function runDrop(archive: Archive, plan: DropPlan, watch: Watch): Promise<DropReport> {
  return carryOutDrop(
    plan,
    { ledger: archive.ledger, store: archive.store, audio: await archive.audio() },
    watch,
  );
}

async function encodeDeps(archive: Archive): Promise<EncodeDeps> {
  const { ledger, store, audioConcurrency: concurrency } = archive;
  const settings = archive.config.encode.opus;
  const covers = coversOf(archive);
  return { ledger, store, concurrency, settings, covers, audio: await archive.audio() };
}

function packDeps({ ledger, store, disk, config }: Archive): PackDeps {
  return { ledger, store, disk, workers: config.pack.workers || os.availableParallelism() };
}

function planDeps(archive: Archive): PlanDeps {
  return archive;
}

function planOptions(archive: Archive, wishes: HoldingsPlanWishes): PlanOptions {
  const settings = archive.config.plan;
  const text = wishes.budget ?? settings.budget;
  const policy = choosePolicy(archive, wishes.policy);
  // Nobody knows the followers of what is held, so the cut-off of a policy is for those who name one.
  const isNamed = (wishes.policy ?? settings.policy) !== 'default';
  return {
    policy: policy.name,
    budgetBytes: text === 'none' ? null : parseSize(text),
    secondaryCutoff: isNamed ? policy.score.cutoff : settings.secondary_cutoff,
    day: today(archive),
    tail: policy.tail,
    opusBitrateKbps: archive.config.encode.opus.kbps,
  };
}

async function ingestDeps(archive: Archive): Promise<IngestDeps> {
  const { ledger, store, disk, clock, audioConcurrency } = archive;
  return {
    ledger,
    store,
    disk,
    clock,
    source: realByteNameDisk,
    audio: await archive.audio(),
    readers: audioConcurrency,
  };
}

function publishDeps(archive: Archive, keyFiles: readonly string[] = []): PublishDeps {
  const { ledger, disk, clock, config, layout } = archive;
  return {
    ledger,
    disk,
    clock,
    secretKey: archive.secretKey(),
    furtherKeys: [
      ...archive.furtherKeys().map(({ key }) => key),
      ...keyFiles.map(readNamedKeyFile),
    ],
    directories: { editions: layout.editions, volumes: layout.volumes, work: layout.work },
    settings: publishSettings(config),
    verifier: () => shippedVerifier(disk),
  };
}

function publishSettings(config: Archive['config']): PublishDeps['settings'] {
  const {
    trackers,
    web_seeds: webSeeds,
    mirrors,
    metadata_licence: metadataLicence,
  } = config.publish;
  const { name, public_url: publicUrl, contact } = config;
  return { name, publicUrl, contact, trackers, webSeeds, mirrors, metadataLicence };
}

/** `options` without the keys whose value is undefined, which a strict schema takes for wishes. */
function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
