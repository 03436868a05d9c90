/** What the machine has left: a bench stops while there is still room, since a full disk or memory harms others too. */
import fs from 'node:fs';
import path from 'node:path';
import { FonotecaError } from '../base/errors.ts';

/** A run stops when less is free on its disk. */
export const LEAST_DISK_BYTES = 2 * 2 ** 30;
/** A run stops when less memory is to be had. */
const LEAST_MEMORY_BYTES = 512 * 2 ** 20;

/** Bytes that may still be written below `folder`, which need not be there yet. */
export function freeDiskBytes(folder: string): number {
  if (!fs.existsSync(folder)) return freeDiskBytes(path.dirname(folder));
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize;
}

/** Why a run with its files below `folder` has to stop: `DISK_FULL`, `SUBPROCESS_LIMIT`; or undefined. */
export function lackOfRoom(folder: string): FonotecaError | undefined {
  const disk = freeDiskBytes(folder);
  if (disk < LEAST_DISK_BYTES)
    return new FonotecaError('DISK_FULL', `${disk} bytes free at ${folder}`);
  const memory = availableMemoryBytes();
  if (memory < LEAST_MEMORY_BYTES)
    return new FonotecaError('SUBPROCESS_LIMIT', `${memory} bytes of memory left`);
  return undefined;
}

/** As Linux tells it; infinite where it does not. */
function availableMemoryBytes(): number {
  try {
    const told = fs.readFileSync('/proc/meminfo', 'latin1');
    return Number(/^MemAvailable:\s+(\d+) kB/m.exec(told)?.[1] ?? Number.POSITIVE_INFINITY) * 1024;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
