/** `fonoteca drop --plan`: lets originals go whose Opus derivative is published and proved. */
import { FonotecaError } from '../base/errors.ts';
import { formatSize } from '../base/sizes.ts';
import { runDrop, runDropPreview } from '../stages.ts';
import type { CliContext } from './context.ts';
import { printable } from './reporter.ts';
import { exitCodeOf, runInArchive, verb } from './verb.ts';

/** The verb `drop`. */
export function dropVerb(context: CliContext) {
  return verb(
    'drop',
    'let originals go whose Opus derivative is published; each derivative is proved first',
  )
    .requiredOption('--plan', 'drop what the plan in force publishes as Opus')
    .option('--dry-run', 'list what would go')
    .option('--yes', 'do not ask')
    .action((options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        const plan = await runDropPreview(archive);
        const lines = plan.items.map(
          ({ holding }) =>
            `  ${holding.digest.slice(0, 12)}  ${formatSize(holding.sizeBytes).padStart(8)}  ${printable(holding.description?.title ?? '')}`,
        );
        reporter.result(
          'drop-plan',
          { digests: plan.items.map(({ holding }) => holding.digest), bytes: plan.bytes },
          [`${plan.items.length} originals, ${formatSize(plan.bytes)}`, ...lines].join('\n'),
        );
        if (options.dryRun || plan.items.length === 0) return 0;
        const isAgreed =
          options.yes === true ||
          (options.input && (await context.ask('These originals leave for good. Drop them?')));
        if (!isAgreed) throw new FonotecaError('DROP_UNCONFIRMED', 'no answer, or no');
        const report = await runDrop(archive, plan, reporter.watch('drop'));
        reporter.findings(report.findings);
        reporter.result(
          'dropped',
          { digests: report.dropped.map(({ holding }) => holding.digest), bytes: report.bytes },
          `dropped ${report.dropped.length} originals, ${formatSize(report.bytes)}`,
        );
        return report.interrupted ? 130 : exitCodeOf(report.findings.length);
      }),
    );
}
