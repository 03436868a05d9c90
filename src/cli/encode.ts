/** `fonoteca encode`: makes the Opus derivatives the plan asks for. */
import { formatDuration, formatSize } from '../base/sizes.ts';
import type { EncodeReport } from '../encoding/encode-tail.ts';
import { runEncode, runEncodePreview } from '../stages.ts';
import type { CliContext } from './context.ts';
import { printable, type Reporter, rateText, stageLine } from './reporter.ts';
import { exitCodeOf, runInArchive, verb } from './verb.ts';

/** The verb `encode`. */
export function encodeVerb(context: CliContext) {
  return verb('encode', 're-encode what the plan publishes as Opus; originals stay')
    .option('--dry-run', 'list what would be encoded')
    .action((options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        if (options.dryRun) {
          const missing = await runEncodePreview(archive);
          const names = missing.map(
            (holding) =>
              `  ${holding.digest.slice(0, 12)}  ${printable(holding.description?.title ?? '')}`,
          );
          reporter.result(
            'encode-plan',
            { digests: missing.map(({ digest }) => digest) },
            [`${missing.length} to encode`, ...names].join('\n'),
          );
          return 0;
        }
        const refused = (await archive.ledger.derivativeRefusals()).length;
        if (refused > 0)
          reporter.say(`${refused} refused earlier: \`fonoteca retry --dry-run\` names them`);
        const startMs = context.world.clock.elapsedMs();
        const report = await runEncode(archive, reporter.watch('encode'));
        tellEncoded(report, context.world.clock.elapsedMs() - startMs, reporter);
        return report.interrupted ? 130 : exitCodeOf(report.findings.length);
      }),
    );
}

/** Prints what was encoded. */
export function tellEncoded(
  report: EncodeReport,
  elapsedMs: number,
  reporter: Reporter,
  { isBrief } = { isBrief: false },
): void {
  reporter.findings(report.findings);
  const { made, madeBytes, sourceBytes, soundMs } = report;
  const text = `${made.length} (${formatDuration(soundMs)} of sound, ${formatSize(sourceBytes)} → ${formatSize(madeBytes)}), ${rateText(sourceBytes, elapsedMs)}`;
  reporter.result(
    'encoded',
    {
      made: made.map(({ digest, sourceDigest }) => ({ digest, sourceDigest })),
      sourceBytes,
      madeBytes,
      soundMs,
      elapsedMs,
    },
    isBrief && made.length === 0 ? '' : stageLine('encode', text),
  );
}
