/**
 * What the sandbox costs a file: `node bench/sandbox.ts [FILES]`.
 *
 * The same small file inspected in a worker that is up and in this process, and the start of a worker and of ffmpeg with all
 * that the machine offers and with nothing. Prints medians and the processor time of this process beside them.
 */
import os from 'node:os';
import { encodeMp3 } from '../src/audio/encoders.ts';
import { startInspection } from '../src/audio/inspect-job.ts';
import type { Job } from '../src/audio/messages.ts';
import { sourceOf, tone } from '../src/audio/test-sounds.ts';
import { startWorker, type Worker } from '../src/audio/worker-process.ts';
import {
  findProgram,
  type Isolation,
  NO_ISOLATION,
  probeIsolation,
} from '../src/base/isolation.ts';
import { runProgram } from '../src/base/subprocess.ts';

const files = Number(process.argv[2] ?? 200);
const bytes = await encodeMp3(
  tone({ rateHz: 44_100, samples: 44_100, channels: 2, amplitude: 0.1 }),
  {
    bitrateKbps: 128,
  },
);
const job: Extract<Job, { job: 'inspect' }> = {
  job: 'inspect',
  sizeBytes: bytes.length,
  measure: 'none',
};
const LIMITS = { cpuMs: 60_000, wallMs: 60_000, outputBytes: 1e6 };
const STARTS = 15;

const here = await medianMs(files, async () => {
  using inspection = startInspection(job);
  await inspection.push(bytes);
  await inspection.finish('0'.repeat(64));
});
say(`a file of ${bytes.length} bytes inspected in this process`, here);
for (const [name, isolation] of [
  ['with all that the machine offers', probeIsolation()],
  ['with nothing', NO_ISOLATION],
] as const) {
  const worker = startWorker(isolation);
  const warm = await medianMs(files, () => worker.run(job, sourceOf(bytes), LIMITS));
  say(`in a worker that is up, ${name}`, warm);
  say('  the sandbox costs a file', warm - here);
  await worker.stop();
  say(
    `a worker started and its first file, ${name}`,
    await medianMs(STARTS, () => startAndStop(isolation)),
  );
  const ffmpeg = findProgram('ffmpeg');
  if (ffmpeg)
    say(`ffmpeg started, ${name}`, await medianMs(STARTS, () => runFfmpeg(ffmpeg, isolation)));
}
process.stdout.write(`load ${os.loadavg()[0]!.toFixed(1)} on ${os.availableParallelism()} cores\n`);

async function startAndStop(isolation: Isolation): Promise<void> {
  const worker: Worker = startWorker(isolation);
  await worker.run(job, sourceOf(bytes), LIMITS);
  await worker.stop();
}

async function runFfmpeg(ffmpeg: string, isolation: Isolation): Promise<void> {
  const limits = { ...LIMITS, dataBytes: 2 ** 29, cpuSeconds: 60, openFiles: 64 };
  await runProgram([ffmpeg, '-version'], [], { limits, isolation });
}

async function medianMs(rounds: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)]!;
}

function say(what: string, ms: number): void {
  process.stdout.write(`${what.padEnd(70)} ${ms.toFixed(2)} ms\n`);
}
