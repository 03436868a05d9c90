/** `fonoteca plan`: decides what is published and at which tier, or tells why. */
import type { Archive } from '../archive.ts';
import { FonotecaError } from '../base/errors.ts';
import { formatSize } from '../base/sizes.ts';
import { findHolding } from '../look-up.ts';
import type { Plan } from '../model/plan.ts';
import { runPlan, runPlanPreview } from '../stages.ts';
import type { CliContext } from './context.ts';
import { printable, type Reporter, stageLine } from './reporter.ts';
import { runInArchive, verb } from './verb.ts';

/** The verb `plan`. */
export function planVerb(context: CliContext) {
  return verb('plan', 'decide what is published, at which tier, under a byte budget')
    .option('--budget <size>', 'published bytes at most, such as 300GB, or none')
    .option('--explain <id>', 'tell one track’s fate in a sentence')
    .option('--dry-run', 'show the plan without keeping it')
    .action((options) =>
      runInArchive(
        context,
        options,
        { write: !options.dryRun && options.explain === undefined },
        async (archive, reporter) => {
          if (options.explain !== undefined)
            return explain(
              archive,
              options.explain,
              await runPlanPreview(archive, options),
              reporter,
            );
          if (options.dryRun)
            return tellPlan(await runPlanPreview(archive, options), 'not kept', reporter);
          const stored = await runPlan(archive, options);
          return tellPlan(
            stored.plan,
            stored.fresh ? `kept as plans/${stored.file}` : `the same as plans/${stored.file}`,
            reporter,
          );
        },
      ),
    );
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

async function explain(
  archive: Archive,
  id: string,
  plan: Plan,
  reporter: Reporter,
): Promise<number> {
  const holding = await findHolding(archive.ledger, id);
  const entry = plan.entries.find(({ digest }) => digest === holding.digest);
  if (!entry) throw new FonotecaError('NOT_HELD', id);
  const place = plan.entries.indexOf(entry) + 1;
  const fate =
    entry.tier === null ? `skipped:${entry.reason}` : `${entry.tier}, ${formatSize(entry.bytes)}`;
  const title = printable(holding.description?.title ?? holding.role ?? holding.digest);
  reporter.result(
    'explanation',
    { ...entry, place, of: plan.entries.length },
    `${title}: ${fate}, because ${entry.because} (place ${place} of ${plan.entries.length})`,
  );
  return 0;
}
