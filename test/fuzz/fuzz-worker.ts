/**
 * Runs ranges of cases in a thread of its own, telling at every case where it is, so that one that never ends or fills
 * the memory is known by its number.
 *
 * Input: `{target, from, to}` messages. Output: one `RangeDone` each.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { caseRandom } from './case-seed.ts';
import type { CaseEnd, FuzzTarget } from './fuzz-target.ts';

/** What a thread starts with. */
export interface WorkerStart {
  readonly seed: number;
  /** The file whose `TARGETS` are run. */
  readonly targetsFile: string;
  /** Two numbers: the target under way and its case. */
  readonly place: SharedArrayBuffer;
}

/** A range of cases of one target, `to` not included. */
export interface CaseRange {
  readonly target: number;
  readonly from: number;
  readonly to: number;
}

/** What a range came to. */
export interface RangeDone extends CaseRange {
  /** Of this thread's own time on a processor, so that a busy machine does not show. */
  readonly cpuMs: number;
  readonly ends: Readonly<Record<CaseEnd, number>>;
  readonly failures: readonly { readonly number: number; readonly message: string }[];
}

/** Failures of one range that are told in words; one fault often fails thousands of cases. */
const MAX_TOLD = 3;

const { seed, targetsFile, place } = workerData as WorkerStart;
const { TARGETS } = (await import(targetsFile)) as { TARGETS: readonly FuzzTarget[] };
const position = new Int32Array(place);

parentPort!.on('message', (range: CaseRange) => parentPort!.postMessage(runRange(range)));

function runRange(range: CaseRange): RangeDone {
  const target = TARGETS[range.target]!;
  const ends: Record<CaseEnd, number> = { written: 0, read: 0, refused: 0 };
  const failures: { number: number; message: string }[] = [];
  const before = process.threadCpuUsage();
  position[0] = range.target;
  for (let number = range.from; number < range.to; number += 1) {
    position[1] = number;
    try {
      ends[target.run(caseRandom(seed, number))] += 1;
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.push({ number, message: failures.length < MAX_TOLD ? message : '' });
    }
  }
  const { user, system } = process.threadCpuUsage(before);
  return { ...range, cpuMs: (user + system) / 1000, ends, failures };
}
