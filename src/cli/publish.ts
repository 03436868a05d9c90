/** `fonoteca publish`: builds, verifies and signs the next edition. */
import path from 'node:path';
import { Option } from '@commander-js/extra-typings';
import type { Archive } from '../archive.ts';
import { FonotecaError } from '../base/errors.ts';
import { formatSize } from '../base/sizes.ts';
import { retiredKeyFiles } from '../change-keys.ts';
import { EDITION_STAGES } from '../model/edition.ts';
import type { EditionPlan } from '../publishing/plan-edition.ts';
import type { PublishReport } from '../publishing/publish-edition.ts';
import { reachOf, runPublish, runPublishPreview, runPublishTo } from '../stages.ts';
import type { CliContext } from './context.ts';
import { type Reporter, stageLine } from './reporter.ts';
import { countOption, runInArchive, verb } from './verb.ts';

/** The verb `publish`. */
export function publishVerb(context: CliContext) {
  return verb('publish', 'build, verify and sign the next edition')
    .option('--to <dir>', 'also write everything a plain web host needs into DIR')
    .addOption(
      new Option(
        '--stage <stage>',
        'metadata: the catalogue and no further volume; audio: further volumes in the order of packing; all: every volume',
      )
        .choices(EDITION_STAGES)
        .default('all' as const),
    )
    .option('--volumes <n>', 'with --stage audio: how many volumes more', countOption(1, 1e6))
    .option(
      '--with-key <file>',
      'sign with this secret key too, where keys.json calls for several; may be given again',
      (file: string, before: readonly string[]) => [...before, file],
      [] as readonly string[],
    )
    .option('--dry-run', 'show what the next edition would hold')
    .action((options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        const { stage, volumes } = options;
        if (volumes !== undefined && stage !== 'audio')
          throw new FonotecaError('USAGE', '--volumes without --stage audio');
        const wishes = { stage, volumes, keyFiles: options.withKey };
        if (options.dryRun)
          return tellEditionPlan(await runPublishPreview(archive, wishes), reporter);
        const startMs = context.world.clock.elapsedMs();
        const report = await runPublish(archive, reporter.watch('publish'), wishes);
        tellPublished(report, context.world.clock.elapsedMs() - startMs, reporter);
        for (const file of await retiredKeyFiles(archive))
          reporter.say(`  ${file} signs nothing any more: keep it offline or destroy it`);
        if (options.to !== undefined) {
          const directory = path.resolve(options.to);
          const copy = await runPublishTo(archive, directory, reporter.watch('copy'));
          reporter.result(
            'copied',
            {
              directory,
              files: copy.copiedFiles,
              bytes: copy.copiedBytes,
              kept: copy.keptFiles,
              removed: [...copy.removed],
              redacted: [...copy.redacted],
            },
            `wrote ${copy.copiedFiles} files, ${formatSize(copy.copiedBytes)}, to ${directory} (${copy.keptFiles} were there)`,
          );
        }
        // What can be reached changes with what is published, and `up` sums it up each time.
        if (report.outcome !== 'nothing-new') tellReach(archive, reporter);
        return 0;
      }),
    );
}

/** Prints what was published. */
export function tellPublished(report: PublishReport, elapsedMs: number, reporter: Reporter): void {
  const { outcome, number, sha256, expires, newVolumes } = report;
  const what =
    outcome === 'nothing-new'
      ? `nothing new since edition ${number}`
      : `edition ${number}, ${newVolumes.length} new volumes, built, verified and signed in ${(elapsedMs / 1000).toFixed(1)} s`;
  reporter.result(
    'published',
    { outcome, number, sha256, expires, newVolumes: [...newVolumes], elapsedMs },
    stageLine('publish', what),
  );
}

/** Prints what the world can reach, and the settings that mend what it cannot. */
export function tellReach(archive: Archive, reporter: Reporter): void {
  const { world, rows, summary } = reachOf(archive);
  const lines = rows.flatMap(({ say, setting }) =>
    setting === null ? [] : [`  ${say}`, `    → ${setting}`],
  );
  const where = lines.length > 0 ? [`  settings in ${archive.layout.config}`] : [];
  reporter.result(
    'reach',
    { world, rows: rows.map((row) => ({ ...row })) },
    [stageLine('reach', summary), ...lines, ...where].join('\n'),
  );
}

/** The same in one sentence, for a run in which it is not the matter. */
export function tellReachBriefly(archive: Archive, reporter: Reporter): void {
  const { world, rows, summary } = reachOf(archive);
  reporter.result(
    'reach',
    { world, rows: rows.map((row) => ({ ...row })) },
    stageLine('reach', summary),
  );
}

function tellEditionPlan(plan: EditionPlan, reporter: Reporter): number {
  if (plan.kind !== 'new') {
    reporter.result(
      'edition-plan',
      { kind: plan.kind },
      plan.kind === 'finish'
        ? `edition ${plan.number} is built and waits to be finished`
        : 'nothing new',
    );
    return 0;
  }
  const { kind, number, stage, newVolumes, newBytes, totalVolumes, totalBytes, files } = plan;
  const { tracks, albums, waitingVolumes, changedVolumes, tombstones } = plan;
  const text = [
    `edition ${number} (${stage}): ${tracks} tracks in ${albums} albums`,
    `${newVolumes.length} new volumes (${formatSize(newBytes)}) of ${totalVolumes} (${formatSize(totalBytes)})`,
    ...(changedVolumes.length > 0
      ? [`${changedVolumes.length} volumes changed by withdrawals`]
      : []),
    ...(waitingVolumes > 0 ? [`${waitingVolumes} packed volumes wait for a later stage`] : []),
    `${files} files`,
  ].join(', ');
  const numbers = { number, stage, tracks, albums, newBytes, totalVolumes, totalBytes, files };
  reporter.result(
    'edition-plan',
    {
      kind,
      ...numbers,
      waitingVolumes,
      tombstones,
      newVolumes: [...newVolumes],
      changedVolumes: [...changedVolumes],
    },
    text,
  );
  return 0;
}
