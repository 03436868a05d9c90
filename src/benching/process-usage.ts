/** What a process and all below it use of the machine, as Linux tells in /proc: processor time so far, and memory now. */
import fs from 'node:fs';

/** Usage of a process and its descendants. */
export interface ProcessUsage {
  readonly cpuMs: number;
  /** By process, without children that ended: of one that is gone, what was seen last is all that can be told. */
  readonly cpuMsOf: ReadonlyMap<number, number>;
  /** Memory of its own (anonymous), without files that are mapped. */
  readonly ownBytes: number;
}

/** Linux counts /proc times in hundredths of a second on every architecture Node runs on. */
const CLOCK_TICK_MS = 10;
/** Field behind the name in /proc/PID/stat: the parent. */
const PARENT_FIELD = 1;
/** The same: user and system time of the process with all its threads. */
const OWN_FIELDS = [11, 12];
/** The same of children that ended and were waited for. */
const ENDED_FIELDS = [13, 14];

/** The usage of the process `pid` with its descendants; zeros for what is gone, and where there is no /proc. */
export function usageOf(pid: number): ProcessUsage {
  const pids = [pid, ...descendants(pid)];
  const begun = pids.filter((each) => each === pid || hasBegun(each));
  return {
    cpuMs: pids.reduce((sum, each) => sum + cpuMsOf(each, [...OWN_FIELDS, ...ENDED_FIELDS]), 0),
    cpuMsOf: new Map(pids.map((each) => [each, cpuMsOf(each, OWN_FIELDS)])),
    ownBytes: begun.reduce((sum, each) => sum + ownBytesOf(each), 0),
  };
}

function descendants(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter(Boolean)
    .flatMap((child) => [Number(child), ...descendants(Number(child))]);
}

/** Whether it runs a program of its own: a child that does not yet is seen with the memory of its parent, which it has not. */
function hasBegun(pid: number): boolean {
  const parent = statOf(pid)[PARENT_FIELD];
  return read(`/proc/${pid}/cmdline`) !== read(`/proc/${parent}/cmdline`);
}

function cpuMsOf(pid: number, times: readonly number[]): number {
  const fields = statOf(pid);
  return times.reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) * CLOCK_TICK_MS;
}

/** The fields of /proc/PID/stat behind the name, which may hold anything. */
function statOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function ownBytesOf(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1').trim();
  } catch {
    return '';
  }
}
