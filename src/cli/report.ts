/** `fonoteca report`: every statistic of the catalogue as query, numbers and picture, in a folder. */
import type { Json } from '../base/canonical-json.ts';
import { formatSize } from '../base/sizes.ts';
import { previewReport, runReport } from '../reporting.ts';
import type { CliContext } from './context.ts';
import { runInArchive, verb } from './verb.ts';

const INTERRUPTED = 130;

/** The verb `report`. */
export function reportVerb(context: CliContext) {
  return verb('report', 'count the catalogue: a folder of queries, numbers and pictures')
    .option(
      '--out <folder>',
      'new, empty, or an earlier report; without it, where the site shows it',
    )
    .option('--snapshot <id>', 'another than the one in use')
    .option('--compare <id>', 'put this snapshot beside it')
    .option('--memory <size>', 'for counting, such as 2GB')
    .option('--dry-run', 'say what would be counted')
    .action((options) =>
      runInArchive(
        context,
        options,
        { write: options.dryRun !== true },
        async (archive, reporter) => {
          const { out, snapshot, compare, memory } = options;
          if (options.dryRun) {
            const plan = previewReport(archive, out, { snapshot });
            const lines = [
              `report    would count ${plan.statistics.length} statistics over ${plan.tracks} tracks of ${plan.snapshot}`,
            ];
            reporter.result('report-plan', { ...plan } as unknown as Shown, lines.join('\n'));
            return 0;
          }
          const wishes = { snapshot, compare, memory };
          const written = await runReport(archive, out, wishes, reporter.watch('report'));
          if (written === null) return INTERRUPTED;
          const { directory, statistics, pictures, files, bytes } = written;
          reporter.result(
            'report',
            { ...written } as unknown as Shown,
            `report    ${statistics} statistics, ${pictures} pictures: ${files} files, ${formatSize(bytes)} in ${directory}`,
          );
          return 0;
        },
      ),
    );
}

type Shown = { readonly [key: string]: Json };
