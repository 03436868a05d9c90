/** `fonoteca plan`: decides what is kept and published and at which tier, or tells why. */
import { Option } from '@commander-js/extra-typings';
import type { Archive } from '../archive.ts';
import { FonotecaError } from '../base/errors.ts';
import { formatSize } from '../base/sizes.ts';
import {
  choosePolicy,
  keepCataloguePlan,
  openLastCataloguePlan,
  runCataloguePlanPreview,
} from '../catalogue-planning.ts';
import { snapshotInUse } from '../cataloguing.ts';
import { findHoldings } from '../look-up.ts';
import type { Plan } from '../model/plan.ts';
import { explainTrack } from '../plan-questions.ts';
import { policyText } from '../planning/policy.ts';
import { planInForce, runPlan, runPlanPreview } from '../stages.ts';
import type { CliContext } from './context.ts';
import { tellAnswers, tellCataloguePlan, tellCheck, tellCurve, tellGap } from './plan-catalogue.ts';
import { tellDiff } from './plan-diff.ts';
import { printable, type Reporter, stageLine } from './reporter.ts';
import { countOption, runInArchive, verb } from './verb.ts';

const MOST_LISTED = 100_000;

/** The options of `plan` as they come. */
interface PlanOptions {
  readonly budget?: string | undefined;
  readonly keep?: string | undefined;
  readonly policy?: string | undefined;
  readonly rights: 'all' | 'known';
  readonly limit: number;
  readonly show?: true | undefined;
  readonly explain?: string | undefined;
  readonly gap?: true | undefined;
  readonly check?: string | undefined;
  readonly at?: string[] | undefined;
  readonly curve?: string | undefined;
  readonly diff?: string | true | undefined;
  readonly dryRun?: true | undefined;
}

/** The verb `plan`. */
export function planVerb(context: CliContext) {
  return verb('plan', 'decide what is kept and published, at which tier, under a byte budget')
    .option('--budget <size>', 'published bytes at most, such as 300GB, or none')
    .option(
      '--keep <size>',
      'bytes that you hold at most, originals of what is re-encoded included',
    )
    .option('--policy <name>', 'popularity-2025, default, or a TOML file')
    .addOption(
      new Option('--rights <which>', 'plan all of the catalogue, or only what has a known right')
        .choices(['all', 'known'] as const)
        .default('all' as const),
    )
    .option('--show', 'print every rule of the policy and plan nothing')
    .option('--explain <id>', 'tell one track’s fate in a sentence')
    .option(
      '--gap',
      'what the kept plan wants and nobody holds here, and where it may be had lawfully',
    )
    .option('--limit <count>', 'tracks that --gap lists', countOption(1, MOST_LISTED), 1000)
    .option(
      '--check <file>',
      'a list of ISRCs or MBIDs, M3U, JSPF, XSPF or CSV: is my music in here?',
    )
    .option('--at <sizes...>', 'what the kept plan’s order takes within other budgets')
    .option('--curve <file>', 'write the curve of the kept plan as .csv, .json or a picture (.svg)')
    .option(
      '--diff [plan]',
      'what the plan in force keeps, gains and loses against the one before, or catalogue-NNNN.plan',
    )
    .option('--dry-run', 'show the plan without keeping it')
    .action((options) =>
      runInArchive(context, options, { write: isKept(options) }, async (archive, reporter) =>
        carryOut(archive, options, reporter),
      ),
    );
}

function isKept({ dryRun, show, explain, gap, check, at, curve, diff }: PlanOptions): boolean {
  const questions = [show, gap, explain, check, at, curve, diff];
  return !dryRun && questions.every((one) => one === undefined);
}

async function carryOut(
  archive: Archive,
  options: PlanOptions,
  reporter: Reporter,
): Promise<number> {
  if (options.show) {
    const policy = choosePolicy(archive, options.policy);
    reporter.result('policy', policy, policyText(policy).trimEnd());
    return 0;
  }
  if (options.explain !== undefined) return explain(archive, options.explain, options, reporter);
  if (options.gap) return tellGap(archive, options.limit, reporter);
  if (options.check !== undefined) return tellCheck(archive, options.check, reporter);
  if (options.at !== undefined) return tellAnswers(archive, options.at, reporter);
  if (options.curve !== undefined) return tellCurve(archive, options.curve, reporter);
  if (options.diff !== undefined)
    return tellDiff(archive, options.diff === true ? undefined : options.diff, reporter);
  return plan(archive, options, reporter);
}

async function plan(archive: Archive, options: PlanOptions, reporter: Reporter): Promise<number> {
  const catalogued = snapshotInUse(archive) !== null;
  const whole = catalogued ? await runCataloguePlanPreview(archive, options) : undefined;
  if (options.dryRun) {
    tellPlan(await runPlanPreview(archive, options), 'not kept', reporter);
    if (whole) tellCataloguePlan(whole, undefined, reporter);
    return 0;
  }
  const stored = await runPlan(archive, options);
  const kept = stored.fresh ? `kept as plans/${stored.file}` : `the same as plans/${stored.file}`;
  tellPlan(stored.plan, kept, reporter);
  if (options.budget !== undefined)
    reporter.say(
      `  for this plan; to plan so every day: [plan] budget = "${options.budget}" in fonoteca.toml`,
    );
  if (whole) tellCataloguePlan(whole, keepCataloguePlan(archive, whole), reporter);
  return 0;
}

/** Prints a plan's sums by tier and reason; in text nothing when `kept` is null, which says that the last plan still stands. */
export function tellPlan(plan: Plan, kept: string | null, reporter: Reporter): number {
  const groups = Map.groupBy(plan.entries, (entry) => entry.tier ?? `skipped:${entry.reason}`);
  const sums = [...groups].map(([name, entries]) => ({
    name,
    items: entries.length,
    bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
  }));
  const kinds = sums.map(
    ({ name, items, bytes }) =>
      `${items} ${name.replace('skipped:', 'passed over: ')}${bytes > 0 ? ` (${formatSize(bytes)})` : ''}`,
  );
  const budget = plan.budgetBytes === null ? '' : ` of a budget of ${formatSize(plan.budgetBytes)}`;
  const text = `${formatSize(plan.plannedBytes)} to publish${budget} by policy ${plan.policy}: ${kinds.join(', ') || 'nothing held'} [${kept}]`;
  reporter.result(
    'plan',
    {
      policy: plan.policy,
      budgetBytes: plan.budgetBytes,
      plannedBytes: plan.plannedBytes,
      groups: sums,
      kept,
    },
    kept === null ? '' : stageLine('plan', text),
  );
  return 0;
}

/** The plan in force and the place of what has `digest` in it; the one that would be made where other is wished, or it came later. */
async function planWith(
  archive: Archive,
  digest: string,
  options: PlanOptions,
): Promise<{ readonly plan: Plan; readonly at: number }> {
  const placed = (plan: Plan) => ({
    plan,
    at: plan.entries.findIndex((entry) => entry.digest === digest),
  });
  const isWished = options.budget !== undefined || options.policy !== undefined;
  if (!isWished && (await archive.ledger.latestPlan())) {
    const found = placed(await planInForce(archive));
    if (found.at >= 0) return found;
  }
  return placed(await runPlanPreview(archive, options));
}

/** What is held is told by the plan of holdings, what the catalogue knows by the plan over it; a track may be both. */
async function explain(
  archive: Archive,
  id: string,
  options: PlanOptions,
  reporter: Reporter,
): Promise<number> {
  const holding = (await findHoldings(archive.ledger, id)).at(-1);
  if (holding) {
    const { plan, at } = await planWith(archive, holding.digest, options);
    if (at < 0) throw new FonotecaError('NOT_HELD', id);
    const entry = plan.entries[at]!;
    const fate =
      entry.tier === null ? `skipped:${entry.reason}` : `${entry.tier}, ${formatSize(entry.bytes)}`;
    const title = printable(holding.description?.title ?? holding.role ?? holding.digest);
    reporter.result(
      'explanation',
      { ...entry, place: at + 1, of: plan.entries.length },
      `${title}: ${fate}, because ${entry.because} (place ${at + 1} of ${plan.entries.length})`,
    );
  }
  if (!(await explainCatalogued(archive, id, reporter)) && !holding)
    throw new FonotecaError('NOT_HELD', JSON.stringify(id));
  return 0;
}

/** Whether the plan over the catalogue says something of `id`. */
async function explainCatalogued(
  archive: Archive,
  id: string,
  reporter: Reporter,
): Promise<boolean> {
  if (snapshotInUse(archive) === null) return false;
  using last = openLastCataloguePlan(archive);
  if (!last) return false;
  const fate = await explainTrack(archive, id);
  if (!fate) return false;
  const text = `${fate.artist} – ${fate.title}: ${fate.because}`;
  reporter.result('fate', { ...fate }, printable(text));
  return true;
}
