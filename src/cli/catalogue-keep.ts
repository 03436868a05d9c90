/** `fonoteca catalogue list`, `check`, `use` and `drop`: what there is, whether it is whole, which is in use, what may go. */
import { formatSize } from '../base/sizes.ts';
import {
  listCatalogue,
  planCatalogueDrop,
  runCatalogueCheck,
  runCatalogueDrop,
  runCatalogueUse,
} from '../catalogue-snapshots.ts';
import { refreshHeld } from '../cataloguing.ts';
import { snapshotJson, snapshotLines } from './catalogue-text.ts';
import type { CliContext } from './context.ts';
import { printable } from './reporter.ts';
import { runInArchive, verb } from './verb.ts';

const INTERRUPTED = 130;
const DAMAGED = 12;

/** The verb `catalogue list`. */
export function catalogueListVerb(context: CliContext) {
  return verb('list', 'the imports and the snapshots there are').action((options) =>
    runInArchive(context, options, { write: false }, async (archive, reporter) => {
      const { imports, unfinished, snapshots, current } = listCatalogue(archive);
      const lines = imports.map(({ record }) =>
        printable(
          `import    ${record.id}, ${record.dump.date ?? 'no date'}, licence ${record.licence ?? 'unknown'}`,
        ),
      );
      for (const id of unfinished)
        lines.push(
          printable(`unfinished ${id}: the same import goes on with it, catalogue drop removes it`),
        );
      for (const manifest of snapshots)
        lines.push(
          `snapshot  ${manifest.id}${manifest.id === current ? ', in use' : ''}`,
          ...snapshotLines(manifest),
        );
      reporter.result(
        'catalogue',
        {
          imports: imports.map(({ record }) => record.id),
          unfinished,
          snapshots: snapshots.map(snapshotJson),
          current,
        },
        lines.length === 0
          ? 'nothing imported yet: fonoteca catalogue import --help'
          : lines.join('\n'),
      );
      return 0;
    }),
  );
}

/** The verb `catalogue check`. */
export function catalogueCheckVerb(context: CliContext) {
  return verb(
    'check',
    'read a snapshot or an import from end to end and compare it with its digests',
  )
    .argument('[id]', 'as list shows it; the snapshot in use and all imports when left out')
    .action((id, options) =>
      runInArchive(context, options, { write: false }, async (archive, reporter) => {
        const parts = await runCatalogueCheck(archive, id, reporter.watch('check'));
        const findings = parts.flatMap((part) => part.findings);
        reporter.findings(findings);
        const sum = (of: 'files' | 'bytes') => parts.reduce((all, part) => all + part[of], 0);
        const ids = (kind: string) => parts.flatMap((part) => (part.kind === kind ? part.id : []));
        const [snapshot = null] = ids('snapshot');
        const counts = { files: sum('files'), bytes: sum('bytes'), findings: findings.length };
        const lines = parts.map(
          (part) =>
            `${part.kind.padEnd(9)} ${part.id}: ${part.files} files, ${formatSize(part.bytes)}, ${part.findings.length} findings`,
        );
        reporter.result(
          'catalogue-check',
          { snapshot, imports: ids('import'), ...counts },
          lines.join('\n'),
        );
        if (parts.some(({ interrupted }) => interrupted)) return INTERRUPTED;
        return findings.length > 0 ? DAMAGED : 0;
      }),
    );
}

/** The verb `catalogue use`. */
export function catalogueUseVerb(context: CliContext) {
  return verb('use', 'go back to a kept snapshot, or on to one')
    .argument('<snapshot>', 'as list shows it')
    .action((id, options) =>
      runInArchive(context, options, { write: true }, async (archive, reporter) => {
        const manifest = runCatalogueUse(archive, id);
        await refreshHeld(archive);
        reporter.result('catalogue-use', { snapshot: id }, `snapshot  ${manifest.id}, in use`);
        return 0;
      }),
    );
}

/** The verb `catalogue drop`. */
export function catalogueDropVerb(context: CliContext) {
  return verb('drop', 'remove an import, finished or not, or a snapshot that is not in use')
    .argument('<id>', 'as list shows it')
    .option('--dry-run', 'show what would be removed')
    .action((id, options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        const plan = planCatalogueDrop(archive, id);
        if (!options.dryRun) runCatalogueDrop(archive, plan);
        const word = options.dryRun ? 'would remove' : 'removed';
        reporter.result(
          'catalogue-drop',
          { id, dryRun: options.dryRun === true },
          `${word} ${plan.directory}`,
        );
        return 0;
      }),
    );
}
