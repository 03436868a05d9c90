/** `fonoteca up FOLDER`: the everyday command: add, plan, encode, pack, publish, verify, serve. */
import fs from 'node:fs';
import path from 'node:path';
import { type Archive, createArchive, openArchive } from '../archive.ts';
import { FonotecaError } from '../base/errors.ts';
import { trustedKey } from '../change-keys.ts';
import { type DayReport, runDay } from '../everyday.ts';
import type { PublishReport } from '../publishing/publish-edition.ts';
import type { AddWishes } from '../stages.ts';
import type { CliContext } from './context.ts';
import { printDay } from './day-printer.ts';
import { tellReachBriefly } from './publish.ts';
import { type Reporter, stageLine } from './reporter.ts';
import { type ServeOptions, serveUntilStopped } from './serve.ts';
import { countOption, run, verb } from './verb.ts';
import { tellVerified, verifyTree } from './verify.ts';

const DAMAGE_EXIT = 12;
/** Above this an everyday run verifies a share; `fonoteca verify` reads everything. */
const FULL_VERIFY_BYTES = 20e9;
const DAILY_SAMPLE_PERCENT = 5;

/** What `up` is asked. */
export interface UpOptions extends ServeOptions, AddWishes {
  readonly archive: string;
  readonly dir: string;
  readonly name?: string | undefined;
  readonly contact?: string | undefined;
  readonly serve: boolean;
}

/** The verb `up`, also under the name `start` takes it. */
export function upVerb(context: CliContext) {
  return withUpOptions(
    verb(
      'up',
      'the everyday command: everything from a folder of music to a served, verified edition',
    ),
  )
    .argument('<folder>', 'a folder of music; a tracks.csv in it is its table')
    .action((folder, options) =>
      run(context, options, (reporter) => upFolder(folder, options, context, reporter)),
    );
}

/** Adds the options of `up` to a verb. */
export function withUpOptions(command: ReturnType<typeof verb>) {
  return command
    .option('--dir <dir>', 'where the archive lives; made when it is not there', 'archive')
    .option('--name <name>', 'the name of a new archive')
    .option('--contact <address>', 'where rights holders write to, for a new archive')
    .option('--table <file>', 'a table of tracks elsewhere')
    .option('--licence <id>', 'your own statement, for files without other evidence')
    .option('--holder <name>', 'who holds the rights, for the same files')
    .option('--evidence <url|file>', 'where the right can be read, for the same files')
    .option('--dark', 'hold everything without showing it')
    .option('--no-serve', 'stop before serving')
    .option('--host [address]', 'serve the local network, or one address of this machine')
    .option('--port <n>', 'port of the site', countOption(0, 65_535));
}

/** Runs the day over `folder`, then serves. Returns the exit code. */
export async function upFolder(
  folder: string,
  options: UpOptions,
  context: CliContext,
  reporter: Reporter,
): Promise<number> {
  if (!fs.existsSync(folder)) throw new FonotecaError('FILE_MISSING', folder);
  const root = rootOf(options);
  if (!fs.existsSync(path.join(root, 'fonoteca.toml'))) {
    const name = options.name ?? path.basename(path.resolve(folder));
    await createArchive(root, { name, contact: options.contact }, context.world);
    reporter.result(
      'archive-created',
      { root, name },
      stageLine('archive', `${root}; keep a copy of keys/edition.key: it signs your editions`),
    );
  }
  const day = await workDay(root, folder, options, context, reporter);
  if (day.interrupted) return 130;
  const isSound = await verifyDay(root, day.published, context, reporter);
  await tellEnd(root, context, reporter);
  if (options.serve && !context.stop.aborted)
    await serveUntilStopped(root, options, context, reporter);
  if (!isSound) return DAMAGE_EXIT;
  return day.refused > 0 ? 3 : 0;
}

/** `--archive` is what every other verb calls it; whoever writes it here means it. */
export function rootOf(options: Pick<UpOptions, 'dir' | 'archive'>): string {
  return path.resolve(options.archive === '.' ? options.dir : options.archive);
}

async function workDay(
  root: string,
  folder: string,
  options: UpOptions,
  context: CliContext,
  reporter: Reporter,
): Promise<DayReport> {
  await using archive = await openArchive(root, { write: true }, context.world);
  const { table, licence, holder, evidence, dark } = options;
  return await runDay(
    archive,
    folder,
    { table, licence, holder, evidence, dark },
    printDay(reporter),
  );
}

/** A new edition is verified as a stranger would; with nothing new there is nothing to verify. */
async function verifyDay(
  root: string,
  published: PublishReport | undefined,
  context: CliContext,
  reporter: Reporter,
): Promise<boolean> {
  if (published === undefined || published.outcome === 'nothing-new') return true;
  await using archive = await openArchive(root, { write: false }, context.world);
  const { volumeBytes } = await archive.ledger.counts();
  const sample = volumeBytes > FULL_VERIFY_BYTES ? DAILY_SAMPLE_PERCENT : undefined;
  const startMs = context.world.clock.elapsedMs();
  const publicKey = (await trustedKey(archive)) ?? undefined;
  const report = await verifyTree(root, { publicKey, sample }, reporter);
  tellVerified(report, context.world.clock.elapsedMs() - startMs, reporter);
  return report.intact;
}

/** Names the edition, the magnet links and the one command that checks it all. */
async function tellEnd(root: string, context: CliContext, reporter: Reporter): Promise<void> {
  await using archive = await openArchive(root, { write: false }, context.world);
  const edition = (await archive.ledger.editions()).at(-1);
  if (!edition) return;
  tellReachBriefly(archive, reporter);
  const folder = String(edition.number).padStart(4, '0');
  const magnets = fs
    .readFileSync(path.join(archive.layout.editions, folder, 'magnets.txt'), 'utf8')
    .trim()
    .split('\n');
  const check = `npx fonoteca verify ${path.relative('.', root) || '.'}`;
  const file = path.join(archive.layout.editions, folder, 'edition.json');
  reporter.result(
    'edition',
    { number: edition.number, file, magnets, check },
    [
      stageLine('edition', `${edition.number}: ${path.relative('.', file)}`),
      ...shownMagnets(magnets, archive),
      stageLine('check', check),
    ].join('\n'),
  );
}

const SHOWN_MAGNETS = 6;

function shownMagnets(magnets: readonly string[], archive: Archive): string[] {
  const shown = magnets.slice(0, SHOWN_MAGNETS).map((magnet) => stageLine('', magnet));
  return magnets.length > SHOWN_MAGNETS
    ? [...shown, `  … ${magnets.length} in all: ${archive.layout.editions}`]
    : shown;
}
