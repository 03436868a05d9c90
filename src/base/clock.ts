/** Time and randomness, injected: the only module that asks the machine for either. */
import { randomBytes } from 'node:crypto';

/** A source of wall-clock time and of elapsed time. */
export interface Clock {
  /** The wall clock as an ISO 8601 instant in UTC with seconds, such as `2026-11-21T10:00:00Z`. */
  nowIso(): string;
  /** Milliseconds since an arbitrary start; never goes backwards. */
  elapsedMs(): number;
}

/** A source of random bytes fit for keys. */
export interface Random {
  bytes(count: number): Uint8Array;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  nowIso: () => isoSeconds(new Date(Date.now())),
  elapsedMs: () => performance.now(),
};

/** The machine's own randomness. */
export const systemRandom: Random = { bytes: (count) => randomBytes(count) };

/** A clock whose date stands still at `iso`, for reproducible editions; elapsed time, which is never recorded, goes on. */
export function fixedClock(iso: string): Clock {
  const fixed = isoSeconds(new Date(iso));
  return { nowIso: () => fixed, elapsedMs: systemClock.elapsedMs };
}

/** `date` as an ISO 8601 instant in UTC without fractions. */
export function isoSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
