/** `fonoteca seed`: the volumes over BitTorrent, by our own seeder until stopped, or by a torrent client that is told. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from '@commander-js/extra-typings';
import type { Archive } from '../archive.ts';
import { FonotecaError } from '../base/errors.ts';
import { formatSize } from '../base/sizes.ts';
import type { Seeder, SeedStatus } from '../model/seeder.ts';
import {
  clientOf,
  publishedEdition,
  runSeed,
  runSeedPreview,
  runSeedStatus,
  type SeedDriver,
  seedListing,
  startOwnSeeder,
} from '../seeders.ts';
import type { CliContext } from './context.ts';
import { type Reporter, stageLine } from './reporter.ts';
import { countOption, exitCodeOf, runInArchive, verb } from './verb.ts';

const DRIVERS = ['builtin', 'transmission', 'qbittorrent', 'none'] as const;
/** How soon a new edition is noticed: a look at one small file. */
const FOLLOW_MS = 5000;

interface SeedWishes {
  readonly port?: number | undefined;
  readonly once?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly status?: true | undefined;
}

/** The verb `seed`. */
export function seedVerb(context: CliContext) {
  return verb('seed', 'seed the volumes of the newest edition over BitTorrent; Ctrl-C ends it')
    .addOption(
      new Option(
        '--driver <name>',
        'our own seeder, or the client that is told what to seed',
      ).choices(DRIVERS),
    )
    .option('--port <n>', 'port of our own seeder', countOption(0, 65_535))
    .option('--once', 'bring the client up to the newest edition and end')
    .option('--dry-run', 'only list what would be seeded, added and removed')
    .option('--status', 'only tell how the torrents do')
    .action((options) =>
      runInArchive(context, options, { write: false }, async (archive, reporter) => {
        const driver: SeedDriver = options.driver ?? archive.config.seed.driver;
        const client = clientOf(archive, driver);
        const isTold = !options.dryRun && !options.status;
        if (client && isTold && driver !== archive.config.seed.driver)
          throw new FonotecaError(
            'SEED_DRIVER_OTHER',
            `${driver}, where the settings say ${archive.config.seed.driver}`,
          );
        if (client) return seedByClient(archive, client, options, context, reporter);
        if (driver === 'none') throw new FonotecaError('SEED_NONE', 'driver none');
        return options.dryRun || options.status || options.once
          ? listOwn(archive, options, reporter)
          : seedUntilStopped(archive, options, context, reporter);
      }),
    );
}

/** What our own seeder offers, without starting it. */
async function listOwn(
  archive: Archive,
  { once, status }: SeedWishes,
  reporter: Reporter,
): Promise<number> {
  const items = await seedListing(archive);
  for (const { fileName, infohashV1, infohashV2, sizeBytes } of items)
    reporter.result(
      'offered',
      { name: fileName, infohashV1, infohashV2, sizeBytes },
      `  ${fileName}  ${formatSize(sizeBytes)}  btih ${infohashV1}`,
    );
  tellOffer(archive, items, reporter);
  if (once || status)
    reporter.say(
      '  only listed: our own seeder gives while `fonoteca seed` runs, and nobody else can ask it how it does',
    );
  return 0;
}

async function seedUntilStopped(
  archive: Archive,
  options: SeedWishes,
  context: CliContext,
  reporter: Reporter,
): Promise<number> {
  await using seeder = await startOwnSeeder(archive, options);
  const { host, port, announcer, counters } = seeder;
  const address = `${host}:${port}`;
  reporter.result(
    'seeding',
    { host, port, torrents: seeder.status().length },
    stageLine('seed', `listening at ${address}   (Ctrl-C ends it)`),
  );
  for (const tracker of announcer.leftOut)
    reporter.say(`  ${tracker}: only HTTP trackers are called by our own seeder`);
  tellOffer(archive, await seedListing(archive), reporter);
  let told = 0;
  while (!context.stop.aborted) {
    await pause(context.stop);
    if (await seeder.refresh()) tellOffer(archive, await seedListing(archive), reporter);
    if (counters.findings.length > told) reporter.findings(counters.findings.slice(told));
    told = counters.findings.length;
  }
  const { uploadedBytes, connections, closed } = counters;
  reporter.result(
    'seeded',
    { uploadedBytes, connections, closed: Object.fromEntries(closed) },
    stageLine('seed', `gave ${formatSize(uploadedBytes)} over ${connections} connections`),
  );
  return 0;
}

async function seedByClient(
  archive: Archive,
  client: Seeder,
  options: SeedWishes,
  context: CliContext,
  reporter: Reporter,
): Promise<number> {
  if (options.status) {
    tellStatus(await runSeedStatus(archive, client), client, reporter);
    return 0;
  }
  for (let edition: number | undefined, isFirst = true; ; isFirst = false) {
    const newest = publishedEdition(archive);
    if (isFirst || newest !== edition) {
      edition = newest;
      const refused = await bringUp(archive, client, options, reporter);
      if (options.dryRun || options.once) return context.stop.aborted ? 130 : exitCodeOf(refused);
    }
    if (context.stop.aborted) return 0;
    await pause(context.stop);
  }
}

/** One pass: plan, tell, status. Returns how many torrents were refused. */
async function bringUp(
  archive: Archive,
  client: Seeder,
  options: SeedWishes,
  reporter: Reporter,
): Promise<number> {
  const plan = await runSeedPreview(archive, client);
  const counts = { add: plan.add.length, remove: plan.remove.length, kept: plan.kept.length };
  const text = `${counts.add} to add, ${counts.remove} to remove, ${counts.kept} there`;
  reporter.result('seed-plan', counts, stageLine('seed', `${client.name}: ${text}`));
  if (options.dryRun) return 0;
  const { added, removed, findings } = await runSeed(archive, client, plan, reporter.watch('seed'));
  reporter.findings(findings);
  reporter.result(
    'seed-told',
    { added, removed, findings: findings.length },
    stageLine('', `${added} added, ${removed} removed`),
  );
  tellStatus(await runSeedStatus(archive, client), client, reporter);
  return findings.length;
}

function tellStatus(rows: readonly SeedStatus[], client: Seeder, reporter: Reporter): void {
  for (const { name, state, peers, uploadedBytes, complete, infohashV1, trouble } of rows) {
    const share = complete ? 'whole' : 'not whole';
    const wrong = trouble === undefined ? '' : `  ${trouble}`;
    reporter.result(
      'client-torrent',
      { name, infohashV1, state, peers, uploadedBytes, complete, trouble },
      `  ${name}  ${state}  ${share}  ${peers} peers  ${formatSize(uploadedBytes)} given${wrong}`,
    );
  }
  const seeding = rows.filter(({ state, complete }) => state === 'seeding' && complete).length;
  reporter.result(
    'seed-status',
    { torrents: rows.length, seeding },
    stageLine('', `${seeding} of ${rows.length} seeding at ${client.name}`),
  );
}

function tellOffer(
  archive: Archive,
  items: readonly { readonly sizeBytes: number }[],
  reporter: Reporter,
): void {
  const edition = publishedEdition(archive) ?? null;
  const sizeBytes = items.reduce((sum, item) => sum + item.sizeBytes, 0);
  reporter.result(
    'offer',
    { edition, torrents: items.length, sizeBytes },
    stageLine(
      '',
      edition === null
        ? 'nothing is published yet'
        : `${items.length} torrents of edition ${edition}, ${formatSize(sizeBytes)}`,
    ),
  );
}

async function pause(stop: AbortSignal): Promise<void> {
  await sleep(FOLLOW_MS, undefined, { signal: stop }).catch(() => {});
}
