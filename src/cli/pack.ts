/** `fonoteca pack`: puts what may be distributed into new volumes with their torrents, or makes published ones again. */
import type { Archive } from '../archive.ts';
import { formatSize } from '../base/sizes.ts';
import type { PackReport } from '../packing/carry-out-pack.ts';
import { runReplay, runReplayPreview } from '../replay.ts';
import { runPack, runPackPreview } from '../stages.ts';
import type { CliContext } from './context.ts';
import { type Reporter, rateText, stageLine } from './reporter.ts';
import { exitCodeOf, runInArchive, verb } from './verb.ts';

/** The verb `pack`. */
export function packVerb(context: CliContext) {
  return verb('pack', 'put what the plan publishes into new volumes with torrents')
    .option('--dry-run', 'show the volumes that would be made')
    .option('--replay <files...>', 'make published volumes again, given their index or tar')
    .action((options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        if (options.dryRun) return await preview(archive, options.replay, reporter);
        const startMs = context.world.clock.elapsedMs();
        const { replay } = options;
        const watch = reporter.watch('pack');
        const { report, refused } = replay
          ? await runReplay(archive, replay, watch).then(({ plan, report }) => {
              tellReplay(plan, reporter);
              return { report, refused: plan.findings.length };
            })
          : await runPack(archive, watch).then(({ plan, report }) => {
              if (plan.waiting > 0) reporter.say(`${plan.waiting} wait for \`fonoteca encode\``);
              return { report, refused: 0 };
            });
        tellPacked(report, context.world.clock.elapsedMs() - startMs, reporter);
        return report.interrupted ? 130 : exitCodeOf(refused);
      }),
    );
}

async function preview(
  archive: Archive,
  replay: readonly string[] | undefined,
  reporter: Reporter,
): Promise<number> {
  const replayPlan = replay && (await runReplayPreview(archive, replay));
  const plan = replayPlan ?? (await runPackPreview(archive));
  if (replayPlan) tellReplay(replayPlan, reporter);
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
  return exitCodeOf(replayPlan?.findings.length ?? 0);
}

function tellReplay(
  { findings, present }: Awaited<ReturnType<typeof runReplayPreview>>,
  reporter: Reporter,
): void {
  for (const name of present) reporter.say(`${name} is here already`);
  reporter.findings(findings);
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
