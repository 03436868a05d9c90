/** `fonoteca retry`: names what failed, with its reason, and tries it again. */
import { type FailedItem, failedItems, runRetry } from '../retrying.ts';
import { tellAdd } from './add.ts';
import type { CliContext } from './context.ts';
import { tellEncoded } from './encode.ts';
import { printable, type Reporter } from './reporter.ts';
import { exitCodeOf, runInArchive, verb } from './verb.ts';

/** The verb `retry`. */
export function retryVerb(context: CliContext) {
  return verb(
    'retry',
    'try again what failed: files that were refused, originals that could not be re-encoded',
  )
    .option('--table <file>', 'as for `add`')
    .option('--licence <id>', 'as for `add`, for files that are held now')
    .option('--holder <name>', 'as for `add`')
    .option('--evidence <url|file>', 'as for `add`')
    .option('--dark', 'hold what is held now without showing it')
    .option('--dry-run', 'name what failed, and why')
    .action((options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        if (options.dryRun) return tellFailed(await failedItems(archive), reporter);
        const { table, licence, holder, evidence, dark } = options;
        const { clock } = context.world;
        const startMs = clock.elapsedMs();
        const { added, encoded, findings } = await runRetry(
          archive,
          { table, licence, holder, evidence, dark },
          { add: reporter.watch('add'), encode: reporter.watch('encode') },
          (item) => reporter.acknowledge('held', { ...item }),
        );
        reporter.findings(findings);
        const addExit = added ? tellAdd(added, reporter) : 0;
        if (encoded) tellEncoded(encoded, clock.elapsedMs() - startMs, reporter);
        if (!added && !encoded) reporter.say('nothing failed, or nothing of it is there now');
        if (addExit === 130 || encoded?.interrupted) return 130;
        return exitCodeOf(findings.length + addExit + (encoded?.findings.length ?? 0));
      }),
    );
}

function tellFailed(items: readonly FailedItem[], reporter: Reporter): number {
  const lines = items.map(
    ({ stage, subject, code, seen }) =>
      `  ${stage.padEnd(6)}  ${printable(subject)}: ${code}, ${printable(seen)}`,
  );
  reporter.result(
    'failed',
    { items: items.map((item) => ({ ...item })) },
    [`${items.length} failed`, ...lines].join('\n'),
  );
  return 0;
}
