/**
 * The planner beside the bare reading of its columns: `node bench/plan.ts CATALOGUE`, with the `catalogue` folder
 * of an archive or of `fonoteca catalogue bench --keep`. Tells the CPU time of a plan by its parts, a track, and what 256
 * million tracks would take in proportion, and the time of an answer for another budget.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { realDisk } from '../src/base/disk.ts';
import { usageOf } from '../src/benching/process-usage.ts';
import { openCurrentSnapshot } from '../src/catalogue/snapshot-open.ts';
import { planAt } from '../src/planning/plan-at.ts';
import { planCatalogue } from '../src/planning/plan-catalogue.ts';
import { openPlan, writePlan } from '../src/planning/plan-file.ts';
import { tracksSql } from '../src/planning/plan-input.ts';
import { namedPolicy } from '../src/planning/policy.ts';
import { statisticsSources } from '../src/snapshots/statistics-source.ts';
import { openTables } from '../src/tables/open-tables.ts';

const FULL_TRACKS = 256_039_007;
const ANSWERS = 1000;
const DAY = '2026-01-01';

const catalogue = path.resolve(process.argv[2] ?? 'catalogue-bench/catalogue');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-plan-bench-'));
const print = (line: string) => process.stdout.write(`${line}\n`);
const snapshot = openCurrentSnapshot(realDisk, catalogue);
const { tracks } = snapshot.manifest.rows;
const tables = await openTables({
  work,
  folders: [path.join(snapshot.directory, 'statistics')],
  memoryBytes: 2 ** 30,
  threads: os.availableParallelism(),
});
const source = {
  ...statisticsSources(realDisk, snapshot),
  ...{ tables, rows: snapshot.manifest.rows, held: [] },
};

/** CPU seconds of this process and of DuckDB below it, and seconds by the clock. */
interface Cost {
  readonly own: number;
  readonly duckdb: number;
  readonly wall: number;
}

async function costOf(action: () => Promise<unknown>): Promise<Cost> {
  const [cpu, all, started] = [process.cpuUsage(), usageOf(process.pid).cpuMs, performance.now()];
  await action();
  const { user, system } = process.cpuUsage(cpu);
  const own = (user + system) / 1e6;
  const duckdb = (usageOf(process.pid).cpuMs - all) / 1e3 - own;
  return { own, duckdb, wall: (performance.now() - started) / 1e3 };
}

function row(what: string, { own, duckdb, wall }: Cost): string {
  const each = (seconds: number) => ((seconds / tracks) * 1e6).toFixed(2);
  const whole = Math.round(((own + duckdb) / tracks) * FULL_TRACKS);
  return `| ${what} | ${each(own)} us | ${each(duckdb)} us | ${each(wall)} us | ${whole} s |`;
}

const columns = 'popularity, listens, duration_ms, album, artist, isrc, licence';
const bare = `SELECT sum(hash(${columns})::HUGEINT) FROM ${source.tracks}`;
const policy = namedPolicy('default')!;
const wishes = { rights: 'all', keepBytes: null, day: DAY } as const;
const budgetBytes = Math.round((300e12 * tracks) / FULL_TRACKS);
const sql = await tracksSql(source, policy, { counts: true, day: DAY });
print(`${tracks} tracks\n`);
print('| a track | CPU of Node | CPU of DuckDB | by the clock | CPU of 256 million tracks |');
print('|---|---|---|---|---|');
print(row('DuckDB reads the columns, bare', await costOf(() => tables.rows(bare))));
const numbers = async () => {
  let read = 0;
  for await (const { rows } of tables.numbers(sql, 7)) read += rows;
  return read;
};
print(row('the columns come through the door', await costOf(numbers)));
for (const name of ['popularity-2025', 'default']) {
  const chosen = namedPolicy(name)!;
  const make = () =>
    planCatalogue(source, snapshot.manifest.id, { ...wishes, policy: chosen, budgetBytes });
  await make();
  print(row(`plan, \`${name}\``, await costOf(make)));
}
const plan = await planCatalogue(source, snapshot.manifest.id, { ...wishes, policy, budgetBytes });
const file = path.join(work, 'bench.plan');
const write = async () =>
  writePlan(realDisk, { file, temporary: `${file}.tmp` }, plan.header, plan);
print(row('the plan written', await costOf(write)));
{
  using open = openPlan(realDisk, file);
  const started = performance.now();
  for (let at = 0; at < ANSWERS; at += 1)
    planAt(open, 1e9 * 1e6 ** (at / ANSWERS) * (tracks / FULL_TRACKS));
  const each = (performance.now() - started) / ANSWERS;
  print(`\nanother budget: ${each.toFixed(4)} ms; the file has ${fs.statSync(file).size} bytes`);
}
const { rss } = process.memoryUsage();
print(
  `memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB at most, ${(rss / 2 ** 20).toFixed(0)} MiB at the end, without DuckDB`,
);
await tables[Symbol.asyncDispose]();
snapshot[Symbol.dispose]();
fs.rmSync(work, { recursive: true });
