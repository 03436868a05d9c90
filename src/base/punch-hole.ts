/**
 * Giving the space of a range of zeros back to the file system, by util-linux's `fallocate`. Input: a file and a range
 * that reads as zeros. Output: whether it was done; where the program or the file system cannot, the zeros stay.
 */
import { FonotecaError } from './errors.ts';
import { findProgram, NO_ISOLATION } from './isolation.ts';
import { runProgram } from './subprocess.ts';

/** Frees the space under `sizeBytes` of `file` from `positionBytes`; they read as zeros afterwards, and the size stays. */
export type PunchHole = (
  file: string,
  positionBytes: number,
  sizeBytes: number,
) => Promise<boolean>;

/** A file system answers at once: it only takes blocks out of a list. */
const LIMITS = {
  dataBytes: 64 * 2 ** 20,
  cpuSeconds: 10,
  openFiles: 16,
  cpuMs: 10_000,
  wallMs: 60_000,
  outputBytes: 65_536,
};

/** Whether the hole was made by `fallocate --punch-hole --keep-size`; false where it is absent or refused. */
export const punchHole: PunchHole = async (file, positionBytes, sizeBytes) => {
  const program = findProgram('fallocate');
  if (program === null || sizeBytes <= 0) return false;
  const range = ['--offset', String(positionBytes), '--length', String(sizeBytes)];
  try {
    // No isolation: it is a system program on our own file, and a limit on file sizes would stop it.
    await runProgram([program, '--punch-hole', '--keep-size', ...range, '--', file], [], {
      limits: LIMITS,
      isolation: NO_ISOLATION,
    });
    return true;
  } catch (error) {
    if (error instanceof FonotecaError) return false;
    throw error;
  }
};
