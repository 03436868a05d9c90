/** `fonoteca catalogue import PRESET PATH…`: takes a dump or a table of one's own into the catalogue. */
import {
  type ImportWishes,
  previewCatalogueImport,
  runCatalogueImport,
} from '../catalogue-importing.ts';
import type { ImportReport } from '../importing/import-request.ts';
import { PRESETS } from '../importing/presets.ts';
import { IMPORT_TABLES, type ImportRecord } from '../model/import-record.ts';
import type { CliContext } from './context.ts';
import { printable, type Reporter } from './reporter.ts';
import { exitCodeOf, runInArchive, verb } from './verb.ts';

const INTERRUPTED = 130;

/** The verb `catalogue import`. */
export function catalogueImportVerb(context: CliContext) {
  return verb('import', 'take an open dump, or a table of your own, into the catalogue')
    .argument('<preset>', `${PRESETS.map(({ name }) => name).join(', ')}, or table`)
    .argument('<paths...>', 'files as they were published, or folders with them')
    .option('--mapping <file>', 'with table: what its columns mean')
    .option('--date <day>', 'the day of the dump, where its files do not say it')
    .option(
      '--also <part>',
      'a part under another licence, such as tags of musicbrainz-core; once for each',
      (part, before: readonly string[]) => [...before, part],
      [],
    )
    .option('--dry-run', 'list the files that would be read')
    .addHelpText(
      'after',
      () => `\nPresets:\n${PRESETS.map((preset) => `  ${preset.about}`).join('\n')}`,
    )
    .action((preset, paths, options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        const { mapping, date, also } = options;
        const wishes: ImportWishes = { preset, paths, mapping, date, also };
        if (options.dryRun) {
          const files = previewCatalogueImport(archive, wishes);
          reporter.result('import-plan', { files }, files.map(printable).join('\n'));
          return 0;
        }
        return tell(await runCatalogueImport(archive, wishes, reporter.watch('import')), reporter);
      }),
    );
}

function tell({ record, fresh, findings }: ImportReport, reporter: Reporter): number {
  if (!record) {
    reporter.say('stopped; the same command goes on where it was');
    return INTERRUPTED;
  }
  reporter.findings(findings);
  reporter.result('import', { fresh, ...record }, importText(record, fresh));
  const records = Object.values(record.inputs).reduce((sum, { refused }) => sum + refused, 0);
  const rows = Object.values(record.tables).reduce((sum, { refused }) => sum + refused, 0);
  return exitCodeOf(records + rows);
}

function importText(record: ImportRecord, fresh: boolean): string {
  const { dump, licence, inputs, tables } = record;
  const state = [dump.date, dump.sequence].filter((part) => part !== null).join(' / ');
  const lines = [
    `import    ${record.id}${state === '' ? '' : `, dump of ${state}`}, licence ${licence ?? 'unknown'}${fresh ? '' : ' [was there already]'}`,
  ];
  for (const [kind, { read, taken, passed, refused }] of Object.entries(inputs))
    lines.push(
      `  read    ${kind}: ${read} = ${taken} taken + ${passed} passed over + ${refused} refused`,
    );
  for (const table of IMPORT_TABLES) {
    const counts = tables[table];
    if (!counts) continue;
    const { read, kept, merged, refused } = counts;
    lines.push(
      `  ${table.padEnd(9)} ${read} = ${kept} kept + ${merged} merged + ${refused} refused`,
    );
  }
  if (record.refusedValues > 0) lines.push(`  values left out: ${record.refusedValues}`);
  return lines.join('\n');
}
