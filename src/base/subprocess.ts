/**
 * A child process that gets nothing but its arguments and three pipes, and ends when it exceeds its limits.
 *
 * No shell, no environment but what is given, its own process group. CPU time, wall time and memory are watched from here, so
 * that one process can do many jobs; what else holds it in is the machine's (`isolation.ts`).
 */
import {
  type ChildProcessByStdio,
  type IOType,
  type StdioOptions,
  spawn,
} from 'node:child_process';
import fs from 'node:fs';
import type { Duplex, Readable, Writable } from 'node:stream';
import { FonotecaError, messageOf } from './errors.ts';
import { type Confinement, confined, type Isolation, type ProcessLimits } from './isolation.ts';

/** A child at work. `stdin` and `stdout` are the caller's to use; errors of `stdin` are told by `exit`. */
export interface RunningProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Our end of its descriptor 4, where that was to be a pipe. */
  readonly fourth: Duplex | null;
  /** Settles when the process is gone and its pipes are closed; never rejects. */
  readonly exit: Promise<ProcessExit>;
  /** The last bytes of stderr, as text on one line. */
  stderrTail(): string;
  /** CPU time used so far by the process and its child, or undefined where /proc does not tell. */
  cpuMs(): number | undefined;
  /** Memory in use by both, shared memory included, or undefined where /proc does not tell. */
  residentBytes(): number | undefined;
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
  /** Memory in use at any look; not watched when absent. */
  readonly residentBytes?: number;
}

/** The one descriptor beyond the first three that a process may be given; 3 may be taken by what holds it in. */
export const FOURTH_DESCRIPTOR = 4;
const STDERR_TAIL_BYTES = 4096;
const WATCH_INTERVAL_MS = 200;
/** Linux counts /proc times in hundredths of a second on every architecture Node runs on. */
const CLOCK_TICK_MS = 10;
/** The smallest page of any Linux that Node runs on; where pages are larger, memory is counted as less than it is. */
const PAGE_BYTES = 4096;
/** O_CLOEXEC as proc(5) shows it. */
const CLOSE_ON_EXEC = 0o2000000;
let blanks: (IOType | number)[] | undefined;

/** A started process. `argv[0]` is an absolute path. A program that cannot start shows in `exit`. */
export function startProcess(
  argv: readonly string[],
  options: Confinement & {
    readonly environment?: Readonly<Record<string, string>>;
    /** What `FOURTH_DESCRIPTOR` is to be: a pipe to us, or our end of another process's, which it then writes to. */
    readonly fourth?: 'pipe' | Duplex;
  },
): RunningProcess {
  const command = confined(argv, options);
  const [file, ...rest] = command.argv;
  const child = spawn(file!, rest, {
    cwd: '/',
    env: { ...options.environment },
    stdio: descriptors(command.descriptor3 !== null, options.fourth),
    // Its own group, so that a wrapper and what it started end together.
    detached: true,
    shell: false,
  }) as ChildProcessByStdio<Writable, Readable, Readable>;
  if (command.descriptor3) handOver(child.stdio[3] as Writable | null, command.descriptor3);
  return overlook(child, (child.stdio[FOURTH_DESCRIPTOR] ?? null) as Duplex | null);
}

/** Pipes, and the bottomless file in place of every descriptor that this process was itself given and would pass on. */
function descriptors(hasDescriptor3: boolean, fourth?: 'pipe' | Duplex): StdioOptions {
  blanks ??= blanksFor(inheritedDescriptors());
  const stdio: (IOType | number | Duplex)[] = [...blanks];
  for (let at = 0; at < (hasDescriptor3 ? 4 : 3); at++) stdio[at] = 'pipe';
  if (fourth) {
    for (let at = 3; at < FOURTH_DESCRIPTOR; at++) stdio[at] ??= 'ignore';
    stdio[FOURTH_DESCRIPTOR] = fourth;
  }
  return stdio;
}

function blanksFor(inherited: readonly number[]): (IOType | number)[] {
  if (inherited.length === 0) return [];
  const nowhere = fs.openSync('/dev/null', 'r');
  // What stands in between is left as it is: closed.
  const blank = Array.from({ length: Math.max(...inherited) + 1 }, (): IOType | number => 'ignore');
  for (const at of inherited) blank[at] = nowhere;
  return blank;
}

/** Descriptors beyond the first three that lack the mark to be closed in children (proc(5), fdinfo); Node marks its own. */
function inheritedDescriptors(): number[] {
  try {
    return fs
      .readdirSync('/proc/self/fdinfo')
      .filter((name) => Number(name) > 2 && !isClosedInChildren(name))
      .map(Number);
  } catch {
    return [];
  }
}

function isClosedInChildren(descriptor: string): boolean {
  try {
    const info = fs.readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1');
    const [, flags = '0'] = /^flags:\s*([0-7]+)$/m.exec(info) ?? [];
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0;
  } catch {
    // The descriptor of the listing itself, gone by now.
    return true;
  }
}

/** What a wrapper reads before it starts the program; that it is gone already shows in the exit. */
function handOver(pipe: Writable | null, bytes: Uint8Array): void {
  pipe?.on('error', () => undefined);
  pipe?.end(bytes);
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
  const look = setInterval(() => {
    const used = (process.cpuMs() ?? 0) - cpuBefore;
    if (used > limits.cpuMs) exceed(`more than ${limits.cpuMs} ms of CPU`);
    const memory = limits.residentBytes ?? Number.POSITIVE_INFINITY;
    if ((process.residentBytes() ?? 0) > memory) exceed(`more than ${memory} bytes of memory`);
  }, WATCH_INTERVAL_MS);
  try {
    return await work();
  } catch (error) {
    if (exceeded) throw new FonotecaError('SUBPROCESS_LIMIT', exceeded, { cause: error });
    throw error;
  } finally {
    clearTimeout(wall);
    clearInterval(look);
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
    readonly readable?: readonly string[];
    /** Folders that it may write to, where it gets a root of its own; elsewhere the system's own permissions hold. */
    readonly writable?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    /** Where what it writes to `FOURTH_DESCRIPTOR` goes; it has no such descriptor without. */
    readonly fourth?: Duplex;
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

function overlook(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  fourth: Duplex | null,
): RunningProcess {
  let tail = Buffer.alloc(0);
  let killed: string | null = null;
  fourth?.on('error', () => undefined);
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
      if (killed) for (const pipe of [child.stdout, child.stderr, fourth]) pipe?.destroy();
    });
    child.once('close', (code, signal) => resolve({ code, signal, killed }));
  });
  const pid = child.pid ?? 0;
  return {
    pid,
    stdin: child.stdin,
    stdout: child.stdout,
    fourth,
    exit,
    stderrTail: () => tail.toString('utf8').replaceAll(/\s+/g, ' ').trim(),
    cpuMs: () => summedUp(pid, statCpuMs),
    residentBytes: () => summedUp(pid, statResidentBytes),
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

/** What `read` tells of `pid` and of the one process below it: a wrapper may stay as the parent of what it runs. */
function summedUp(pid: number, read: (pid: string) => number): number | undefined {
  try {
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    const pids = [String(pid), ...children.split(' ').filter(Boolean)];
    return pids.reduce((sum, each) => sum + read(each), 0);
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

function statResidentBytes(pid: string): number {
  const [, pages] = fs.readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
  return Number(pages) * PAGE_BYTES;
}
