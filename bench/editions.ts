/**
 * What an edition of many volumes costs: publishing it, publishing the next one with a few more, verifying its
 * metadata, and listing it, each in seconds, CPU seconds and peak memory of a process of its own.
 *
 *   node bench/editions.ts [VOLUMES] [FOLDER]     default 100000 volumes of one member and 50 KB in a temporary folder
 *
 * The volumes are whole and real (tar, torrent, leaves, 71 KB of disk each, 7.1 GB in all) and are written without fsync. Prints a table.
 * With FOLDER the archive is kept there and, when it is there already, not made again.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fixedClock } from '../src/base/clock.ts';
import { unwatched } from '../src/base/progress.ts';
import { publicKeyBase64 } from '../src/formats/minisign.ts';
import { planEdition } from '../src/publishing/plan-edition.ts';
import { publishEdition } from '../src/publishing/publish-edition.ts';
import { TEST_KEY, testArchive, testSongs } from '../src/publishing/test-archive.ts';
import { openPublishedTree } from '../src/server/published-tree.ts';
import { openStore } from '../src/store/store.ts';
import { verifyArchive } from '../src/verifier/verify-archive.ts';

const BATCH = 1000;
const SONG_BYTES = 1000;
const [count = '100000', kept] = process.argv.slice(2);
const { EDITIONS_STEP: step, EDITIONS_AT: at } = process.env;

function measure(): void {
  const root = kept ?? fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-editions-'));
  try {
    process.stdout.write(`${count} volumes, Node ${process.version}, ${os.cpus().length} cores\n`);
    const steps = fs.existsSync(path.join(root, 'ledger.db'))
      ? ['publish-next', 'verify-metadata', 'list']
      : ['make', 'publish-all', 'publish-next', 'verify-metadata', 'list'];
    for (const name of steps) {
      const { status, stdout } = spawnSync(process.execPath, [import.meta.filename, count], {
        env: { ...process.env, EDITIONS_STEP: name, EDITIONS_AT: root },
        stdio: ['ignore', 'pipe', 'inherit'],
        encoding: 'utf8',
      });
      process.stdout.write(stdout);
      if (status !== 0) throw new Error(`${name} ended with ${status}`);
    }
  } finally {
    if (kept === undefined) fs.rmSync(root, { recursive: true });
  }
}

async function run(name: string, root: string): Promise<void> {
  const startNs = process.hrtime.bigint();
  const said = await STEPS[name]!(root);
  const seconds = Number(process.hrtime.bigint() - startNs) / 1e9;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
  const columns = [
    name.padEnd(16),
    `${seconds.toFixed(1).padStart(7)} s`,
    `${cpuSeconds.toFixed(1).padStart(7)} CPU s`,
    `${(maxRSS / 1024).toFixed(0).padStart(6)} MiB`,
    said,
  ];
  process.stdout.write(`${columns.join('  ')}\n`);
}

const STEPS: Readonly<Record<string, (root: string) => Promise<string>>> = {
  make: async (root) => {
    const archive = await testArchive(root);
    for (let from = 1; from <= Number(count); from += BATCH) {
      const seeds = Array.from({ length: BATCH }, (_, index) => from + index);
      await archive.packAll(seeds.map((seed) => testSongs(1, seed, SONG_BYTES)));
    }
    const { volumeBytes } = await archive.deps.ledger.counts();
    await archive.close();
    return `${volumeBytes} bytes of tar`;
  },
  'publish-all': (root) => publish(root, '2026-01-02T03:04:05Z'),
  'publish-next': async (root) => {
    const archive = await testArchive(root);
    const editions = (await archive.deps.ledger.editions()).length;
    await archive.packAll(
      [1, 2, 3].map((index) => testSongs(1, Number(count) + editions * BATCH + index, SONG_BYTES)),
    );
    await archive.close();
    return publish(root, `2026-01-${String(editions + 2).padStart(2, '0')}T03:04:05Z`);
  },
  'verify-metadata': async (root) => {
    const publicKey = publicKeyBase64(TEST_KEY.publicKey);
    const report = await verifyArchive(root, { publicKey, depth: 'metadata' });
    return `${report.findingCount} findings in ${report.editions.length} editions`;
  },
  list: async (root) => {
    const archive = await testArchive(root);
    const { ledger, disk, clock } = archive.deps;
    const store = openStore(disk, root, () => Promise.resolve(undefined));
    const tree = openPublishedTree({ ledger, disk, store, clock });
    const number = (await ledger.editions()).length;
    const edition = await tree.edition(number);
    const listing = JSON.parse(String(await tree.document(number, 'torrents.json')));
    await archive.close();
    return `${edition?.volumes.length} volumes and ${listing.torrents.length} magnet links of edition ${number}`;
  },
};

async function publish(root: string, date: string): Promise<string> {
  const archive = await testArchive(root, { clock: fixedClock(date) });
  const report = await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  await archive.close();
  return `edition ${report.number}, ${report.newVolumes.length} new volumes`;
}

if (step !== undefined && at !== undefined) await run(step, at);
else measure();
