/** `fonoteca get`: the way out: exact bytes, with their own names if wanted. */
import path from 'node:path';
import { realByteNameDisk } from '../base/byte-name-disk.ts';
import { formatSize } from '../base/sizes.ts';
import { carryOutRestore } from '../preservation/restore.ts';
import { layOutRestore } from '../preservation/restore-names.ts';
import { planRestore } from '../preservation/restore-plan.ts';
import type { CliContext } from './context.ts';
import { printable, rateText } from './reporter.ts';
import { exitCodeOf, runInArchive, verb } from './verb.ts';

/** The verb `get`. */
export function getVerb(context: CliContext) {
  return verb('get', 'bring files out again, bit-exact and verified')
    .argument('<what>', 'a track or album id, a digest or its first 8 digits, or all')
    .requiredOption('--out <dir>', 'where the files go')
    .option('--original-names', 'folders and names as they came, instead of Artist/Album/Title')
    .option('--dry-run', 'list what would be written')
    .action((what, options) =>
      runInArchive(context, options, { write: false }, async (archive, reporter) => {
        const plan = await planRestore(what, archive);
        if (plan.withdrawn > 0)
          reporter.say(`${plan.withdrawn} files are withdrawn and are left out`);
        const originalNames = options.originalNames === true;
        if (options.dryRun) {
          const { files, findings } = layOutRestore(plan, { originalNames });
          reporter.findings(findings);
          const lines = files.map(
            (file) => `  ${formatSize(file.sizeBytes).padStart(8)}  ${printable(file.path)}`,
          );
          reporter.result(
            'get-plan',
            { files: files.map((file) => file.path), bytes: plan.totalBytes },
            [`${files.length} files, ${formatSize(plan.totalBytes)}`, ...lines].join('\n'),
          );
          return 0;
        }
        const startMs = context.world.clock.elapsedMs();
        const out = path.resolve(options.out);
        const deps = { store: archive.store, disk: archive.disk, names: realByteNameDisk };
        const report = await carryOutRestore(
          plan,
          { out, originalNames },
          deps,
          reporter.watch('get'),
        );
        reporter.findings(report.findings);
        const elapsedMs = context.world.clock.elapsedMs() - startMs;
        const { written, present, bytes, refused } = report;
        reporter.result(
          'got',
          { written, present, bytes, refused, out, elapsedMs },
          `wrote ${written} files to ${out}, ${rateText(bytes, elapsedMs)}${present > 0 ? `; ${present} were there already` : ''}`,
        );
        return report.interrupted ? 130 : exitCodeOf(refused);
      }),
    );
}
