/** `fonoteca catalogue export` and `diff`: a snapshot as plain tables, and what changed from one to another. */

import type { Json } from '../base/canonical-json.ts';
import { formatSize } from '../base/sizes.ts';
import { runCatalogueDiff, runCatalogueExport } from '../catalogue-snapshots.ts';
import { diffLines } from './catalogue-diff-text.ts';
import type { CliContext } from './context.ts';
import { runInArchive, verb } from './verb.ts';

const INTERRUPTED = 130;

/** The verb `catalogue export`. */
export function catalogueExportVerb(context: CliContext) {
  return verb('export', 'write a snapshot as Parquet tables with names and links, for other tools')
    .argument('<folder>', 'new or empty')
    .option('--snapshot <id>', 'another than the one in use')
    .action((directory, options) =>
      runInArchive(context, options, { write: true }, async (archive, reporter) => {
        const request = { id: options.snapshot, directory };
        const report = await runCatalogueExport(archive, request, reporter.watch('export'));
        if (report === null) return INTERRUPTED;
        const lines = report.tables.map(
          ({ table, rows, bytes }) => `  ${table.padEnd(14)} ${rows} rows, ${formatSize(bytes)}`,
        );
        reporter.result(
          'catalogue-export',
          { ...report } as unknown as { [key: string]: Json },
          [`export    ${report.directory}`, ...lines].join('\n'),
        );
        return 0;
      }),
    );
}

/** The verb `catalogue diff`. */
export function catalogueDiffVerb(context: CliContext) {
  return verb('diff', 'what changed from one snapshot to another')
    .argument('<older>', 'a snapshot, as list shows it')
    .argument('[newer]', 'the one in use when left out')
    .action((older, newer, options) =>
      runInArchive(context, options, { write: true }, async (archive, reporter) => {
        const diff = await runCatalogueDiff(archive, { older, newer });
        const json = { ...diff } as unknown as { [key: string]: Json };
        reporter.result('catalogue-diff', json, diffLines(diff).join('\n'));
        return 0;
      }),
    );
}
