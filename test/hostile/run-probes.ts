/**
 * Runs probes in a worker's place: `node run-probes.ts LEVEL HOST`, with what isolation `LEVEL` leaves in force.
 *
 * A process of its own, so that it can be started with descriptors open and variables set that must not reach the worker.
 * Prints JSON: what each probe met, and what the report says of the same isolation.
 */
import { describeSandbox, openAttempts } from '../../src/audio/sandbox-report.ts';
import { workerLaunch } from '../../src/audio/worker-process.ts';
import { NO_ISOLATION, tryIsolation } from '../../src/base/isolation.ts';
import { runProgram } from '../../src/base/subprocess.ts';
import { type ProbeHost, probeScript } from './script-probes.ts';

const LEVELS = {
  everything: () => tryIsolation(),
  'without bubblewrap': () => tryIsolation(['bwrap']),
  'without namespaces': () => tryIsolation(['bwrap', 'unshare', 'setpriv']),
  nothing: () => NO_ISOLATION,
} as const;
/** A way to hold a worker in. */
export type Level = keyof typeof LEVELS;

/** What a run tells. */
export interface ProbeRun {
  readonly seen: Readonly<Record<string, string>>;
  readonly layers: ReturnType<typeof describeSandbox>;
  readonly open: readonly string[];
}

const [level, host] = process.argv.slice(2) as [Level, string];
const isolation = LEVELS[level]();
const told = { ...(JSON.parse(host) as ProbeHost), parentPid: process.pid };
const { argv, ...held } = workerLaunch(['-e', probeScript(told)]);
const limits = { ...held.limits, cpuMs: 30_000, wallMs: 120_000, outputBytes: 100_000 };
const output = await runProgram(argv, [], { ...held, limits, isolation });
const layers = describeSandbox(isolation, 'wasm');
const run: ProbeRun = {
  seen: JSON.parse(Buffer.from(output).toString()),
  layers,
  open: openAttempts(layers),
};
process.stdout.write(JSON.stringify(run));
