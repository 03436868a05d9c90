/** `fonoteca demo` and `fonoteca start`: an archive of music composed on the spot, for a first look. */
import { removeTree } from '../base/durable.ts';
import { formatDuration, formatSize } from '../base/sizes.ts';
import { composeLabel } from '../demo/write-label.ts';
import type { CliContext } from './context.ts';
import { type Reporter, stageLine } from './reporter.ts';
import { rootOf, type UpOptions, upFolder, withUpOptions } from './up.ts';
import { run, verb } from './verb.ts';

const DEMO_NAME = 'A demo label';
/** Reserved for examples (RFC 2606): nobody is written to by mistake. */
const DEMO_CONTACT = 'label@example.org';

/** The verb `demo`. */
export function demoVerb(context: CliContext) {
  return withUpOptions(
    verb('demo', 'compose a small label and make an archive of it; with FOLDER, of your own music'),
  )
    .argument('[folder]', 'your own music instead')
    .action((folder, options) =>
      run(context, options, (reporter) => demo(folder, options, context, reporter)),
    );
}

/** The verb behind `npm start`: `demo`, or `up` when a folder is named. */
export function startVerb(context: CliContext) {
  return withUpOptions(verb('start', 'what `npm start` runs: demo, or up FOLDER'))
    .argument('[folder]', 'your own music')
    .action((folder, options) =>
      run(context, options, (reporter) => demo(folder, options, context, reporter)),
    );
}

/** The music lies beside the archive, so that the demo is also a folder to try `up` with. */
async function demo(
  folder: string | undefined,
  options: UpOptions,
  context: CliContext,
  reporter: Reporter,
): Promise<number> {
  if (folder !== undefined) return upFolder(folder, options, context, reporter);
  const { disk } = context.world;
  const music = `${rootOf(options)}-music`;
  if (disk.list(music).length === 0) await compose(music, context, reporter);
  else reporter.say(`the label is composed already: ${music}`);
  return upFolder(
    music,
    { ...options, name: options.name ?? DEMO_NAME, contact: options.contact ?? DEMO_CONTACT },
    context,
    reporter,
  );
}

async function compose(music: string, context: CliContext, reporter: Reporter): Promise<void> {
  const watch = reporter.watch('compose');
  const { clock, disk } = context.world;
  const startMs = clock.elapsedMs();
  // Composed aside and renamed, so that a folder that has its name is whole.
  const part = `${music}.part`;
  removeTree(disk, part);
  const label = await composeLabel({
    directory: part,
    disk,
    onProgress: ({ done, total, path: item }) =>
      watch.progress({ stage: 'compose', doneItems: done, totalItems: total, item }),
  });
  disk.rmdir(music);
  disk.renameReplace(part, music);
  const seconds = ((clock.elapsedMs() - startMs) / 1000).toFixed(1);
  const { artists, albums, sounds, durationMs, sizeBytes } = label;
  const flaws = label.flawed.map(({ path: file, flaw }) => `  on purpose: ${flaw}: ${file}`);
  reporter.result(
    'composed',
    { directory: music, artists, albums, sounds: sounds.length, durationMs, sizeBytes },
    [
      stageLine(
        'compose',
        `${sounds.length} pieces by ${artists} artists on ${albums} albums, ${formatDuration(durationMs)}, ${formatSize(sizeBytes)} in ${seconds} s: ${music}`,
      ),
      ...flaws,
    ].join('\n'),
  );
}
