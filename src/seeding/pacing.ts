/** Who may be served at once, and how fast all together: unchoke slots in turn, and one limit of upload. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';

/** Longest turn while others wait. */
const TURN_MS = 30_000;
/** Bytes let through at once before the limit is felt, in seconds of the limit. */
const BURST_SECONDS = 0.25;

/** One who can be served or told to wait. */
export interface Guest {
  unchoke(): void;
  choke(): void;
}

/** Unchoke slots: who asks first is served first, and nobody keeps a slot for ever while others wait. */
export interface Slots {
  want(guest: Guest): void;
  leave(guest: Guest): void;
  /** Gives slots on whose turn is over; called now and then. */
  rotate(): void;
}

/** `count` slots. */
export function openSlots(count: number, clock: Clock): Slots {
  const served = new Map<Guest, number>();
  const waiting = new Set<Guest>();
  const fill = () => {
    for (const guest of waiting) {
      if (served.size >= count) return;
      waiting.delete(guest);
      served.set(guest, clock.elapsedMs());
      guest.unchoke();
    }
  };
  return {
    want(guest) {
      if (served.has(guest)) return;
      waiting.add(guest);
      fill();
    },
    leave(guest) {
      waiting.delete(guest);
      if (served.delete(guest)) fill();
    },
    rotate() {
      const now = clock.elapsedMs();
      let spare = waiting.size;
      for (const [guest, since] of served) {
        if (spare === 0 || now - since < TURN_MS) break;
        spare -= 1;
        served.delete(guest);
        guest.choke();
        waiting.add(guest);
      }
      fill();
    },
  };
}

/** Resolves when `bytes` may be sent without going beyond `bytesPerSecond`, in order of asking; at once without a limit. */
export type UploadLimit = (bytes: number) => Promise<void>;

/** One upload limit for all connections. */
export function startUploadLimit(bytesPerSecond: number | undefined, clock: Clock): UploadLimit {
  let freeAtMs = Number.NEGATIVE_INFINITY;
  return async (bytes) => {
    if (bytesPerSecond === undefined) return;
    const now = clock.elapsedMs();
    const start = Math.max(freeAtMs, now - BURST_SECONDS * 1000);
    freeAtMs = start + (bytes / bytesPerSecond) * 1000;
    if (freeAtMs > now) await sleep(freeAtMs - now);
  };
}
