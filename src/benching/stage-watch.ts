/** The watch of a stage in its own process: tells how far it is as lines of stdout, at most one a second. */
import process from 'node:process';
import { systemClock } from '../base/clock.ts';
import { unwatched, type Watch } from '../base/progress.ts';

const INTERVAL_MS = 1000;

/** A watch that tells when `tells`, and else nobody. */
export function stageWatch(tells: boolean | undefined): Watch {
  if (!tells) return unwatched;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    progress(progress) {
      const nowMs = systemClock.elapsedMs();
      if (nowMs - lastMs < INTERVAL_MS) return;
      lastMs = nowMs;
      process.stdout.write(`${JSON.stringify({ progress })}\n`);
    },
    stop: unwatched.stop,
  };
}
