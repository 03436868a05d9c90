/**
 * Watches what a process and all below it use while they run: processor time, memory, what lies in a folder; and ends them
 * when the machine is about to run out of room.
 */
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import type { RunningProcess } from '../base/subprocess.ts';
import { lackOfRoom } from './machine-room.ts';
import { usageOf } from './process-usage.ts';

/** What was used. */
export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Peak of memory, all processes together, without mapped files. */
  readonly peakOwnBytes: number;
  /** Most bytes that lay in the watched folder at one time. */
  readonly peakDiskBytes: number;
}

/** What watching needs. */
export interface WatchedFolder {
  readonly disk: Disk;
  readonly clock: Clock;
  /** Everything that is written lies below it. */
  readonly folder: string;
  /** Hears now and then what was used so far. */
  readonly noted?: ((usage: Usage) => void) | undefined;
}

/** A process being watched, until it is disposed of. */
export interface UsageWatch extends Disposable {
  /** Why it was ended from here. */
  readonly lack: FonotecaError | undefined;
  /** What was used up to now. */
  usage(): Usage;
}

/** Nothing used. */
export const NO_USAGE: Usage = { wallMs: 0, cpuMs: 0, peakOwnBytes: 0, peakDiskBytes: 0 };

const LOOK_INTERVAL_MS = 100;
const ROOM_INTERVAL_MS = 2000;
/** What is killed loses at most this much of its account. */
const NOTE_INTERVAL_MS = 10_000;
/** A walk over a folder of thousands of files takes time of what is measured: a hundredth at most. */
const WALKS_SHARE = 0.01;

/** What both took, one after the other. */
export function addUsage(one: Usage, other: Usage): Usage {
  return {
    wallMs: one.wallMs + other.wallMs,
    cpuMs: one.cpuMs + other.cpuMs,
    peakOwnBytes: Math.max(one.peakOwnBytes, other.peakOwnBytes),
    peakDiskBytes: Math.max(one.peakDiskBytes, other.peakDiskBytes),
  };
}

/** The watch over `child`, which begins now. */
export function watchUsage(
  child: RunningProcess,
  { disk, clock, folder, noted }: WatchedFolder,
): UsageWatch {
  const startMs = clock.elapsedMs();
  /** By process: one in a sandbox takes its time with it when it is ended. */
  const cpuMs = new Map<number, number>();
  const peaks = { ownBytes: 0, diskBytes: 0 };
  const due = { roomMs: startMs, walkMs: startMs, noteMs: startMs + NOTE_INTERVAL_MS };
  let lack: FonotecaError | undefined;
  const look = () => {
    const { cpuMsOf, ownBytes } = usageOf(child.pid);
    for (const [pid, ms] of cpuMsOf) cpuMs.set(pid, Math.max(ms, cpuMs.get(pid) ?? 0));
    peaks.ownBytes = Math.max(peaks.ownBytes, ownBytes);
  };
  const walk = () => {
    const fromMs = clock.elapsedMs();
    peaks.diskBytes = Math.max(peaks.diskBytes, folderBytes(disk, folder));
    const tookMs = clock.elapsedMs() - fromMs;
    due.walkMs = fromMs + Math.max(ROOM_INTERVAL_MS, tookMs / WALKS_SHARE);
  };
  const account = (): Usage => ({
    wallMs: clock.elapsedMs() - startMs,
    cpuMs: cpuMs.values().reduce((sum, ms) => sum + ms, 0),
    peakOwnBytes: peaks.ownBytes,
    peakDiskBytes: peaks.diskBytes,
  });
  const tick = () => {
    look();
    const nowMs = clock.elapsedMs();
    if (nowMs >= due.walkMs) walk();
    if (nowMs >= due.noteMs) {
      due.noteMs = nowMs + NOTE_INTERVAL_MS;
      noted?.(account());
    }
    if (nowMs < due.roomMs) return;
    due.roomMs = nowMs + ROOM_INTERVAL_MS;
    lack ??= lackOfRoom(folder);
  };
  const ticking = setInterval(() => {
    try {
      tick();
    } catch (error) {
      if (!(error instanceof FonotecaError)) throw error;
      lack ??= error;
    }
    if (lack) child.kill(lack.message);
  }, LOOK_INTERVAL_MS);
  return {
    get lack() {
      return lack;
    },
    usage() {
      look();
      walk();
      return account();
    },
    [Symbol.dispose]: () => clearInterval(ticking),
  };
}

/** Bytes of all files below `directory`; what goes while it is counted counts or not. */
export function folderBytes(disk: Disk, directory: string): number {
  return disk.list(directory).reduce((sum, name) => {
    const entry = statOrNothing(disk, path.join(directory, name));
    if (entry?.kind === 'directory') return sum + folderBytes(disk, path.join(directory, name));
    return sum + (entry?.sizeBytes ?? 0);
  }, 0);
}

function statOrNothing(disk: Disk, file: string) {
  try {
    return disk.stat(file);
  } catch (error) {
    if (error instanceof FonotecaError) return undefined;
    throw error;
  }
}
