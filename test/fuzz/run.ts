/**
 * Runs the fuzz targets: `node test/fuzz/run.ts [--cases N] [--seed S] [--first N] [--only TARGET] [--threads N]
 * [--case-ms N] [--targets FILE]`.
 *
 * Prints a line for each target with what its cases came to and how many a second of processor time. Exit 1 when a case
 * fails, does not end, or takes the memory; the line printed for it runs that one case again.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { CaseEnd, FuzzTarget } from './fuzz-target.ts';
import type { CaseRange, RangeDone, WorkerStart } from './fuzz-worker.ts';

/** Cases handed to a thread at once: some seconds of the slowest target. */
const RANGE_CASES = 5000;
/** A case is done in a millisecond; one under way for so long never ends. */
const MAX_CASE_MS = '30000';
/** Memory of a thread; every target works on less than a megabyte. */
const MAX_HEAP_MIB = 512;
/** Memory of the whole process, buffers outside the heap included. */
const MAX_RSS_BYTES = 1.5 * 2 ** 30;
const MAX_TOLD = 5;
const MAX_MESSAGE = 1200;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    only: { type: 'string' },
    threads: { type: 'string', default: '2' },
    'case-ms': { type: 'string', default: MAX_CASE_MS },
    targets: { type: 'string', default: path.join(import.meta.dirname, 'targets.ts') },
  },
});
const [cases, seed, first, threads] = [values.cases, values.seed, values.first, values.threads].map(
  wholeNumber,
) as [number, number, number, number];
const maxCaseMs = wholeNumber(values['case-ms']);
const targetsFile = path.resolve(values.targets);
const { TARGETS } = (await import(targetsFile)) as { TARGETS: readonly FuzzTarget[] };
const chosen = [...TARGETS.keys()].filter(
  (at) => values.only === undefined || TARGETS[at]!.name === values.only,
);
if (chosen.length === 0)
  fail(`no target ${values.only}; there are ${TARGETS.map(({ name }) => name).join(' ')}`);

interface Tally {
  cpuMs: number;
  leftCases: number;
  failed: number;
  readonly ends: Record<CaseEnd, number>;
}

const tallies = new Map<number, Tally>();
for (const at of chosen)
  tallies.set(at, {
    ...{ cpuMs: 0, leftCases: cases, failed: 0 },
    ends: { written: 0, read: 0, refused: 0 },
  });
const ranges = chosen.flatMap((target) => rangesOf(target));
const startMs = performance.now();
let peakRssBytes = 0;

await Promise.all(Array.from({ length: threads }, runThread));

const failed = [...tallies.values()].reduce((sum, tally) => sum + tally.failed, 0);
const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
say(
  `fuzz: ${chosen.length * cases} cases of ${chosen.length} targets, seed ${seed}, ${failed} failed, ${threads} threads, ${seconds} s, at most ${Math.round(peakRssBytes / 2 ** 20)} MiB`,
);
process.exitCode = failed > 0 ? 1 : 0;

function rangesOf(target: number): CaseRange[] {
  return Array.from({ length: Math.ceil(cases / RANGE_CASES) }, (_, part) => ({
    target,
    from: first + part * RANGE_CASES,
    to: first + Math.min(cases, (part + 1) * RANGE_CASES),
  }));
}

/** One thread that takes ranges until there are none. */
async function runThread(): Promise<void> {
  const place = new SharedArrayBuffer(8);
  const position = new Int32Array(place);
  const start: WorkerStart = { seed, targetsFile, place };
  const worker = new Worker(path.join(import.meta.dirname, 'fuzz-worker.ts'), {
    workerData: start,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
  });
  let under = '';
  let sinceMs = performance.now();
  const watch = setInterval(() => {
    const now = position.join();
    if (now !== under) [under, sinceMs] = [now, performance.now()];
    const rssBytes = process.memoryUsage.rss();
    peakRssBytes = Math.max(peakRssBytes, rssBytes);
    if (performance.now() - sinceMs > maxCaseMs) fail(`does not end: ${again(position)}`);
    if (rssBytes > MAX_RSS_BYTES) fail(`${rssBytes} bytes of memory near: ${again(position)}`);
  }, 500);
  try {
    for (let range = ranges.shift(); range; range = ranges.shift()) {
      sinceMs = performance.now();
      note(await runRange(worker, range, position));
    }
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

function runRange(worker: Worker, range: CaseRange, position: Int32Array): Promise<RangeDone> {
  return new Promise((resolve) => {
    worker.removeAllListeners('message').removeAllListeners('error');
    worker.once('message', resolve);
    worker.once('error', (error) => fail(`${error.message} in: ${again(position)}`));
    worker.postMessage(range);
  });
}

function note({ target, from, to, cpuMs, ends, failures }: RangeDone): void {
  const tally = tallies.get(target)!;
  tally.cpuMs += cpuMs;
  tally.leftCases -= to - from;
  for (const end of Object.keys(ends) as CaseEnd[]) tally.ends[end] += ends[end];
  for (const { number, message } of failures) {
    tally.failed += 1;
    if (tally.failed <= MAX_TOLD)
      say(`FAILED: ${again([target, number])}\n${message.slice(0, MAX_MESSAGE)}`);
  }
  if (tally.leftCases > 0) return;
  const { written, read, refused } = tally.ends;
  const rate = Math.round((cases / tally.cpuMs) * 1000);
  say(
    `${TARGETS[target]!.name.padEnd(20)} ${cases} cases: ${written} written and read, ${refused} refused, ${read} mutants read, ${tally.failed} failed, ${rate} cases/s`,
  );
}

/** The command that runs one case again. */
function again([target, number]: ArrayLike<number> & Iterable<number>): string {
  return `node test/fuzz/run.ts --only ${TARGETS[target!]?.name} --seed ${seed} --first ${number} --cases 1`;
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  return fail(`a whole number, not ${text}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(message: string): never {
  say(`fuzz: ${message}`);
  process.exit(1);
}
