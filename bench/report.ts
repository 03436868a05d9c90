/**
 * The report on a generated catalogue: `node bench/report.ts [tracks]`, a million unless told otherwise.
 *
 * Ours is `fonoteca report` from end to end, with its pictures and its page; beside it DuckDB alone, in this process and
 * without a sandbox, asked the statements that the report published. Processor time is what counts: the clock of a
 * machine that does other things besides says little.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { DuckDBInstance } from '@duckdb/node-api';
import { createArchive, openArchive } from '../src/archive.ts';
import { systemClock, systemRandom } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { benchCatalogue } from '../src/benching/bench-catalogue.ts';
import { usageOf } from '../src/benching/process-usage.ts';
import { runReport } from '../src/reporting.ts';

const TRACKS = Number(process.argv[2] ?? 1_000_000);
const LARGE = 256_039_007;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-bench-report-'));
const world = { disk: realDisk, clock: systemClock, random: systemRandom };
const threads = os.availableParallelism();
const print = (line: string) => process.stdout.write(`${line}\n`);

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly peakBytes: number;
  /** Processor time behind the mark: it does not grow with the tracks. */
  readonly rest?: number | undefined;
}

/** A process below this one that is killed takes its times with it, so they are looked at while it lives. */
async function costOf(work: (mark: () => void) => Promise<unknown>): Promise<Cost> {
  const own = process.cpuUsage();
  const ownMs = () => {
    const { user, system } = process.cpuUsage(own);
    return (user + system) / 1000;
  };
  const before = usageOf(process.pid).cpuMs;
  const started = performance.now();
  let [peakBytes, belowMs] = [0, 0];
  const sampling = setInterval(() => {
    const { cpuMs, ownBytes } = usageOf(process.pid);
    peakBytes = Math.max(peakBytes, ownBytes);
    belowMs = Math.max(belowMs, cpuMs - before - ownMs());
  }, 50);
  let marked: Pick<Cost, 'cpuMs' | 'wallMs'> | undefined;
  const now = () => ({ cpuMs: ownMs() + belowMs, wallMs: performance.now() - started });
  await work(() => {
    marked ??= now();
  });
  clearInterval(sampling);
  return { ...(marked ?? now()), peakBytes, rest: marked && now().cpuMs - marked.cpuMs };
}

/** The statements of the report in `out`, as whoever has the folder would ask them in that of the snapshot. */
async function askBare(out: string, snapshot: string): Promise<void> {
  process.chdir(snapshot);
  const options = { threads: String(threads), memory_limit: '4GiB' };
  const instance = await DuckDBInstance.create(':memory:', options);
  const connection = await instance.connect();
  await connection.run(fs.readFileSync(path.join(out, 'settings.sql'), 'utf8'));
  for (const name of fs.readdirSync(out).filter((file) => /^(?!settings).*\.sql$/.test(file)))
    for (const sql of fs.readFileSync(path.join(out, name), 'utf8').split(';\n'))
      await (await connection.runAndReadAll(sql)).getRowsJson();
}

function row(name: string, { cpuMs, wallMs, peakBytes }: Cost): string {
  const each = (1000 * cpuMs) / TRACKS;
  const large = (each * LARGE) / 1e6 / threads;
  return `| ${name} | ${(cpuMs / 1000).toFixed(2)} s | ${(wallMs / 1000).toFixed(2)} s | ${each.toFixed(3)} µs | ${large.toFixed(0)} s | ${(peakBytes / 2 ** 20).toFixed(0)} MiB |`;
}

try {
  const made = path.join(folder, 'made');
  await benchCatalogue(
    {
      rows: TRACKS,
      seed: 1,
      revision: 1,
      folder: made,
      questions: 2,
      threads,
      keepsImports: false,
    },
    { disk: realDisk, clock: systemClock, watch: unwatched },
  );
  const home = path.join(folder, 'archive');
  await createArchive(home, { name: 'bench', contact: 'bench@example.org' }, world);
  fs.rmSync(path.join(home, 'catalogue'), { recursive: true, force: true });
  fs.renameSync(path.join(made, 'catalogue'), path.join(home, 'catalogue'));
  await using archive = await openArchive(home, { write: true }, world);
  const out = path.join(folder, 'report');
  const ours = await costOf((mark) => {
    const progress = ({ stage }: { stage: string }) => {
      if (stage === 'pictures') mark();
    };
    return runReport(archive, out, {}, { ...unwatched, progress });
  });
  const snapshots = path.join(home, 'catalogue/snapshots');
  const snapshot = path.join(snapshots, fs.readdirSync(snapshots)[0]!);
  const bare = await costOf(() => askBare(out, snapshot));
  print(`${TRACKS} tracks, ${threads} threads\n`);
  print(
    '| | processor time | clock | a track | of 256 million, both cores busy | peak of memory |',
  );
  print('|---|---|---|---|---|---|');
  print(row('report, until all is counted', ours));
  print(row('DuckDB alone, the same statements', bare));
  print(`\npictures, page and files: ${(ours.rest! / 1000).toFixed(2)} s, whatever the tracks`);
  print(`ours : bare ${(ours.cpuMs / bare.cpuMs).toFixed(2)}`);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
