/** `fonoteca pack`: puts what may be distributed into new volumes with their torrents. */
import { formatSize } from '../base/sizes.ts';
import type { PackReport } from '../packing/carry-out-pack.ts';
import { runPack, runPackPreview } from '../stages.ts';
import type { CliContext } from './context.ts';
import { type Reporter, rateText, stageLine } from './reporter.ts';
import { runInArchive, verb } from './verb.ts';

/** The verb `pack`. */
export function packVerb(context: CliContext) {
  return verb('pack', 'put what the plan publishes into new volumes with torrents')
    .option('--dry-run', 'show the volumes that would be made')
    .action((options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        if (options.dryRun) {
          const plan = await runPackPreview(archive);
          const volumes = plan.volumes.map(({ name, totalBytes, members }) => ({
            name,
            bytes: totalBytes,
            members: members.length,
          }));
          const lines = volumes.map(
            ({ name, bytes, members }) => `  ${name}  ${members} members  ${formatSize(bytes)}`,
          );
          reporter.result(
            'pack-plan',
            { volumes, waiting: plan.waiting },
            [`${volumes.length} new volumes`, ...lines].join('\n'),
          );
          return 0;
        }
        const startMs = context.world.clock.elapsedMs();
        const { plan, report } = await runPack(archive, reporter.watch('pack'));
        if (plan.waiting > 0) reporter.say(`${plan.waiting} wait for \`fonoteca encode\``);
        tellPacked(report, context.world.clock.elapsedMs() - startMs, reporter);
        return report.interrupted ? 130 : 0;
      }),
    );
}

/** Prints what was packed. */
export function tellPacked(
  report: PackReport,
  elapsedMs: number,
  reporter: Reporter,
  { isBrief } = { isBrief: false },
): void {
  const lines = report.volumes.map(
    (volume) =>
      `  ${volume.name}.tar  ${volume.members.length} members  ${formatSize(volume.sizeBytes)}  btih ${volume.infohashV1}`,
  );
  const volumes = report.volumes.map(({ name, sizeBytes, infohashV1, infohashV2 }) => ({
    name,
    sizeBytes,
    infohashV1,
    infohashV2,
  }));
  reporter.result(
    'packed',
    { volumes, bytes: report.bytes, elapsedMs },
    isBrief && lines.length === 0
      ? ''
      : [
          stageLine('pack', `${lines.length} new volumes, ${rateText(report.bytes, elapsedMs)}`),
          ...lines,
        ].join('\n'),
  );
}
