/** `fonoteca torrent PATH…`: makes a torrent of any files; with `--show`, tells what a torrent or magnet link says. */
import path from 'node:path';
import { realDisk } from '../base/disk.ts';
import { formatSize, parseSize } from '../base/sizes.ts';
import { hashTorrent, keepTorrent, planTorrent, type TorrentPlan } from '../make-torrent.ts';
import type { CliContext } from './context.ts';
import { printable, type Reporter, rateText, stageLine } from './reporter.ts';
import { showTorrent } from './torrent-show.ts';
import { run, verb } from './verb.ts';

/** The verb `torrent`. */
export function torrentVerb(context: CliContext) {
  return verb('torrent', 'make a torrent of files, or show what a torrent or magnet link says')
    .argument('[paths...]', 'files and folders')
    .option('--out <file>', 'where the torrent goes; NAME.torrent when left out')
    .option('--v1', 'version 1 alone')
    .option('--v2', 'version 2 alone')
    .option('--hybrid', 'both in one, which is also what comes without a choice')
    .option('--piece-length <size>', 'a power of two from 16KiB to 256MiB')
    .option('--tracker <url...>', 'announce here, in this order')
    .option('--web-seed <url...>', 'the same bytes by HTTP')
    .option('--name <name>', 'the name of the file or folder in the torrent')
    .option('--dry-run', 'list what would be in it')
    .option('--show <file|magnet>', 'tell what this torrent or link says, and make none')
    .action((paths, options, command) => {
      if (paths.length === 0 && options.show === undefined)
        command.error('error: wanted a path, or --show', { exitCode: 2 });
      const chosen = (['v1', 'v2', 'hybrid'] as const).filter((version) => options[version]);
      if (chosen.length > 1)
        command.error(`error: --${chosen.join(' and --')} at once`, { exitCode: 2 });
      return run(context, options, async (reporter) => {
        if (options.show !== undefined) return showTorrent(options.show, realDisk, reporter);
        const wish = {
          ...{ paths, versions: chosen[0] ?? 'hybrid', name: options.name },
          pieceLengthBytes:
            options.pieceLength === undefined ? undefined : parseSize(options.pieceLength),
          trackers: options.tracker ?? [],
          webSeeds: options.webSeed ?? [],
        };
        const plan = planTorrent(wish, realDisk);
        if (options.dryRun) tellPlan(plan, reporter);
        else
          await make(plan, path.resolve(options.out ?? `${plan.name}.torrent`), context, reporter);
        return 0;
      });
    });
}

async function make(
  plan: TorrentPlan,
  out: string,
  context: CliContext,
  reporter: Reporter,
): Promise<void> {
  const { clock } = context.world;
  const startMs = clock.elapsedMs();
  const { bytes, infohashV1, infohashV2 } = await hashTorrent(
    plan,
    realDisk,
    reporter.watch('torrent'),
  );
  keepTorrent(realDisk, out, bytes);
  const elapsedMs = clock.elapsedMs() - startMs;
  const { name, versions, files, totalBytes } = plan;
  const json = { name, versions, files: files.length, bytes: totalBytes, out, elapsedMs };
  reporter.result(
    'torrent-made',
    { ...json, infohashV1, infohashV2 },
    [
      stageLine(
        'torrent',
        `${printable(out)}: ${files.length} files, ${rateText(totalBytes, elapsedMs)}`,
      ),
      ...(infohashV1 === undefined ? [] : [`  btih ${infohashV1}`]),
      ...(infohashV2 === undefined ? [] : [`  btmh ${infohashV2}`]),
    ].join('\n'),
  );
}

function tellPlan(plan: TorrentPlan, reporter: Reporter): void {
  const { name, versions, pieceLengthBytes, totalBytes } = plan;
  const files = plan.files.map(({ path: file, sizeBytes }) => ({ path: file, sizeBytes }));
  const lines = files.map(
    (file) => `  ${formatSize(file.sizeBytes).padStart(8)}  ${printable(file.path || name)}`,
  );
  const head = `${printable(name)}, ${versions}: ${files.length} files, ${formatSize(totalBytes)}, pieces of ${pieceLengthBytes} bytes`;
  reporter.result(
    'torrent-plan',
    { name, versions, pieceLengthBytes, bytes: totalBytes, files },
    [head, ...lines].join('\n'),
  );
}
