/**
 * A child process that gets nothing but its arguments and three pipes, and ends when it exceeds its limits.
 *
 * No shell, no environment but what is given, its own process group. CPU and wall time are watched from here, so that
 * one process can do many jobs; memory, open files, file size and core dumps are limited by `prlimit`, and namespaces
 * are made by `unshare`, both where the machine has them (`probeIsolation`).
 */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { FonotecaError, messageOf } from './errors.ts';

/** What a process may use over its life. */
export interface ProcessLimits {
  /**
   * Private writable memory (RLIMIT_DATA); an address-space limit would stop Node from starting. Node's own
   * reservation for code counts 560 MiB before it runs anything.
   */
  readonly dataBytes: number;
  /** CPU time over the whole life (RLIMIT_CPU), the backstop behind `watch`. */
  readonly cpuSeconds: number;
  readonly openFiles: number;
  /** Largest file it may write (RLIMIT_FSIZE); 0, which is no file at all, when left out. */
  readonly fileBytes?: number;
}

/** What the machine offers to hold a process in. */
export interface Isolation {
  /** Path of `prlimit`, or null. */
  readonly prlimit: string | null;
  /** Path of `unshare` and the namespaces it could make here, most first; null when none. */
  readonly unshare: { readonly file: string; readonly namespaces: readonly Namespace[] } | null;
}

/** A kind of Linux namespace. */
export type Namespace = 'user' | 'net' | 'mount' | 'ipc' | 'uts' | 'pid';

/** A child at work. `stdin` and `stdout` are the caller's to use; errors of `stdin` are told by `exit`. */
export interface RunningProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles when the process is gone and its pipes are closed; never rejects. */
  readonly exit: Promise<ProcessExit>;
  /** The last bytes of stderr, as text on one line. */
  stderrTail(): string;
  /** CPU time used so far by the process and its child, or undefined where /proc does not tell. */
  cpuMs(): number | undefined;
  /** Ends the whole group at once; `why` becomes part of `exit`. */
  kill(why: string): void;
}

/** How a process ended. `killed` is the reason given to `kill`. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly killed: string | null;
}

/** Limits of one piece of work inside a process. */
export interface WatchLimits {
  readonly cpuMs: number;
  readonly wallMs: number;
}

const STDERR_TAIL_BYTES = 4096;
const WATCH_INTERVAL_MS = 200;
/** Linux counts /proc times in hundredths of a second on every architecture Node runs on. */
const CLOCK_TICK_MS = 10;
const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin'];
/** Tried in turn; the first that the machine allows is used. */
const NAMESPACE_SETS: readonly (readonly Namespace[])[] = [
  ['user', 'net', 'mount', 'ipc', 'uts', 'pid'],
  ['user', 'net', 'mount', 'pid'],
  ['user', 'net'],
];
let probed: Isolation | undefined;

/** What this machine offers, tried once. Nothing is offered outside Linux. */
export function probeIsolation(): Isolation {
  probed ??= { prlimit: workingPrlimit(), unshare: workingUnshare() };
  return probed;
}

/** The absolute path of a system program such as `prlimit`, or null; PATH is not asked. */
export function findProgram(name: string): string | null {
  const files = SYSTEM_FOLDERS.map((folder) => `${folder}/${name}`);
  return files.find((file) => fs.existsSync(file)) ?? null;
}

/** A started process. `argv[0]` is an absolute path. A program that cannot start shows in `exit`. */
export function startProcess(
  argv: readonly string[],
  options: {
    readonly limits: ProcessLimits;
    readonly isolation: Isolation;
    readonly environment?: Readonly<Record<string, string>>;
  },
): RunningProcess {
  const [file, ...rest] = wrapped(argv, options.limits, options.isolation);
  const child = spawn(file!, rest, {
    cwd: '/',
    env: { ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own group, so that a wrapper and what it started end together.
    detached: true,
    shell: false,
  });
  return overlook(child);
}

/**
 * The value of `work`, done by `process` within `limits`; the process is killed when it exceeds them, and with it
 * `work` must end. Throws `SUBPROCESS_LIMIT` in that case, whatever `work` made of it.
 */
export async function watch<T>(
  process: RunningProcess,
  limits: WatchLimits,
  work: () => Promise<T>,
): Promise<T> {
  const cpuBefore = process.cpuMs() ?? 0;
  let exceeded: string | undefined;
  const exceed = (what: string) => {
    exceeded = what;
    process.kill(what);
  };
  const wall = setTimeout(() => exceed(`more than ${limits.wallMs} ms`), limits.wallMs);
  const cpu = setInterval(() => {
    const used = (process.cpuMs() ?? 0) - cpuBefore;
    if (used > limits.cpuMs) exceed(`more than ${limits.cpuMs} ms of CPU`);
  }, WATCH_INTERVAL_MS);
  try {
    return await work();
  } catch (error) {
    if (exceeded) throw new FonotecaError('SUBPROCESS_LIMIT', exceeded, { cause: error });
    throw error;
  } finally {
    clearTimeout(wall);
    clearInterval(cpu);
  }
}

/**
 * All that a one-shot program writes to stdout when fed `input`. Throws `SUBPROCESS_LIMIT` beyond a limit and
 * `SUBPROCESS_FAILED` when it ends with anything but 0, with the end of its stderr.
 */
export async function runProgram(
  argv: readonly string[],
  input: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: {
    readonly limits: ProcessLimits & WatchLimits & { readonly outputBytes: number };
    readonly isolation: Isolation;
    readonly environment?: Readonly<Record<string, string>>;
  },
): Promise<Uint8Array> {
  const { limits } = options;
  const process = startProcess(argv, options);
  try {
    return await watch(process, limits, async () => {
      const [output] = await Promise.all([
        collect(process, limits.outputBytes),
        feed(process, input),
      ]);
      const exit = await process.exit;
      if (exit.code !== 0) throw failure(process, exit);
      return output;
    });
  } finally {
    process.kill('no longer needed');
  }
}

/** A `SUBPROCESS_FAILED` (or `SUBPROCESS_LIMIT`, when a limit ended it) that tells how `process` ended. */
export function failure(process: RunningProcess, exit: ProcessExit): FonotecaError {
  // SIGXCPU comes from RLIMIT_CPU, SIGXFSZ from a write to a file.
  if (exit.killed || exit.signal === 'SIGXCPU' || exit.signal === 'SIGXFSZ')
    return new FonotecaError('SUBPROCESS_LIMIT', exit.killed ?? `ended by ${exit.signal}`);
  const how = exit.signal ? `ended by ${exit.signal}` : `ended with ${exit.code}`;
  return new FonotecaError('SUBPROCESS_FAILED', `${how}: ${process.stderrTail()}`.slice(0, 500));
}

/** Writes `bytes` to the child and waits until its pipe has room; true, or false when the pipe is gone. */
export async function writeTo(process: RunningProcess, bytes: Uint8Array): Promise<boolean> {
  const { stdin } = process;
  if (!stdin.writable) return false;
  if (stdin.write(bytes)) return true;
  await new Promise<void>((resolve) => {
    const done = () => {
      stdin.off('drain', done).off('close', done);
      resolve();
    };
    stdin.on('drain', done).on('close', done);
  });
  return stdin.writable;
}

async function feed(
  process: RunningProcess,
  input: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of input) if (!(await writeTo(process, chunk))) return;
  process.stdin.end();
}

async function collect(process: RunningProcess, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of process.stdout as AsyncIterable<Uint8Array>) {
    sizeBytes += part.length;
    if (sizeBytes > maxBytes)
      throw new FonotecaError('SUBPROCESS_LIMIT', `more than ${maxBytes} bytes of output`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function overlook(child: ChildProcessByStdio<Writable, Readable, Readable>): RunningProcess {
  let tail = Buffer.alloc(0);
  let killed: string | null = null;
  child.stderr.on('data', (part: Buffer) => {
    tail = Buffer.concat([tail, part]).subarray(-STDERR_TAIL_BYTES);
  });
  // A child that ends early closes its pipe; `exit` says so, and a write error adds nothing.
  child.stdin.on('error', () => undefined);
  const exit = new Promise<ProcessExit>((resolve) => {
    child.once('error', (error) => {
      tail = Buffer.from(messageOf(error));
      resolve({ code: null, signal: null, killed });
    });
    child.once('exit', () => {
      // What a killed process still had to say is not read, and an unread pipe would never close.
      if (killed) for (const pipe of [child.stdout, child.stderr]) pipe.destroy();
    });
    child.once('close', (code, signal) => resolve({ code, signal, killed }));
  });
  const pid = child.pid ?? 0;
  return {
    pid,
    stdin: child.stdin,
    stdout: child.stdout,
    exit,
    stderrTail: () => tail.toString('utf8').replaceAll(/\s+/g, ' ').trim(),
    cpuMs: () => processCpuMs(pid),
    kill(why) {
      if (child.exitCode !== null || child.signalCode !== null || pid === 0) return;
      killed ??= why;
      killGroup(pid);
    },
  };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It went by itself in the meantime.
  }
}

/** CPU time of `pid` and of the one process below it: `unshare` stays as the parent of what it runs. */
function processCpuMs(pid: number): number | undefined {
  try {
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    const pids = [String(pid), ...children.split(' ').filter(Boolean)];
    return pids.reduce((sum, each) => sum + statCpuMs(each), 0);
  } catch {
    return undefined;
  }
}

function statCpuMs(pid: string): number {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in parentheses may hold anything; utime and stime are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
}

function wrapped(
  argv: readonly string[],
  limits: ProcessLimits,
  { prlimit, unshare }: Isolation,
): string[] {
  const limiting = prlimit
    ? [
        prlimit,
        `--data=${limits.dataBytes}`,
        `--cpu=${limits.cpuSeconds}`,
        `--nofile=${limits.openFiles}`,
        `--fsize=${limits.fileBytes ?? 0}`,
        '--core=0',
        '--',
      ]
    : [];
  const separating = unshare ? [unshare.file, ...namespaceFlags(unshare.namespaces), '--'] : [];
  return [...limiting, ...separating, ...argv];
}

function namespaceFlags(namespaces: readonly Namespace[]): string[] {
  const flags = namespaces.map((name) => (name === 'user' ? '--map-current-user' : `--${name}`));
  return namespaces.includes('pid') ? [...flags, '--fork', '--kill-child'] : flags;
}

function workingPrlimit(): string | null {
  const file = findProgram('prlimit');
  return file && runs([file, '--core=0', '--fsize=0', '--', file, '--version']) ? file : null;
}

function workingUnshare(): Isolation['unshare'] {
  const file = findProgram('unshare');
  const namespaces =
    file &&
    NAMESPACE_SETS.find((set) => runs([file, ...namespaceFlags(set), '--', file, '--version']));
  return file && namespaces ? { file, namespaces } : null;
}

function runs(argv: readonly string[]): boolean {
  const [file, ...rest] = argv;
  return spawnSync(file!, rest, { env: {}, stdio: 'ignore', timeout: 5000 }).status === 0;
}
