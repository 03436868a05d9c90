/** `fonoteca catalogue build`: makes a snapshot of the imports, to look up and search in. */

import type { Manifest } from '../catalogue/manifest.ts';
import { previewCatalogueBuild, runCatalogueBuild } from '../catalogue-snapshots.ts';
import { snapshotJson, snapshotLines } from './catalogue-text.ts';
import type { CliContext } from './context.ts';
import { runInArchive, verb } from './verb.ts';

const INTERRUPTED = 130;

/** The verb `catalogue build`. */
export function catalogueBuildVerb(context: CliContext) {
  return verb('build', 'make a snapshot of what was imported, to look up and search in')
    .option('--imports <id...>', 'these imports; the newest of each source when left out')
    .option('--popularity <origin>', 'whose popularity to go by, where several tell it')
    .option('--memory <size>', 'what may be kept in memory while sorting, such as 4GB')
    .option('--consume', 'let each file of the imports go once it is taken')
    .option('--again', 'build also what is there already, in place of a damaged snapshot')
    .option('--dry-run', 'show what it would be built from')
    .action((options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        if (options.dryRun) {
          const { id, imports, popularity } = previewCatalogueBuild(archive, options);
          const names = imports.map(({ record }) => record.id);
          const text = [
            `snapshot ${id} from ${names.join(', ')}`,
            `popularity ${popularity.stated?.origin ?? 'unknown'}`,
          ].join('\n');
          reporter.result(
            'catalogue-build-plan',
            { id, imports: names, popularity: popularity.stated },
            text,
          );
          return 0;
        }
        const { manifest, fresh } = await runCatalogueBuild(
          archive,
          options,
          reporter.watch('build'),
        );
        if (manifest === null) {
          reporter.say('stopped; the same command goes on where it was');
          return INTERRUPTED;
        }
        reporter.result(
          'snapshot',
          { fresh, ...snapshotJson(manifest) },
          builtText(manifest, fresh),
        );
        return 0;
      }),
    );
}

function builtText(manifest: Manifest, fresh: boolean): string {
  const lines = [
    `snapshot  ${manifest.id}, in use${fresh ? '' : ' [was there already]'}`,
    ...snapshotLines(manifest),
  ];
  for (const [kind, { read, kept, merged, refused }] of Object.entries(manifest.counts))
    lines.push(
      `  ${kind.padEnd(9)} ${read} = ${kept} kept + ${merged} merged + ${refused} refused`,
    );
  for (const { table, reason, rows } of manifest.merges)
    lines.push(`  merged    ${rows} ${table}: ${reason}`);
  return lines.join('\n');
}
