/**
 * What any seeder of volumes must do, whoever wrote it, and the removal that is not believed until it is seen.
 *
 * A withdrawal waits for `removeFromSeeders` before the first byte is zeroed: a client that still has the old torrent
 * would take the zeros for damage and fetch the withdrawn bytes again. Described in docs/guides/seeding.md.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { FonotecaError, messageOf } from '../base/errors.ts';

/** What a seeder says of one torrent. */
export interface SeedStatus {
  /** 40 lower-case hex digits. */
  readonly infohashV1: string;
  readonly name: string;
  readonly state: 'seeding' | 'checking' | 'downloading' | 'stopped' | 'failed';
  /** Peers connected now. */
  readonly peers: number;
  readonly uploadedBytes: number;
  /** Whether the seeder has every byte. */
  readonly complete: boolean;
  /** What the seeder itself says is wrong; absent when nothing is. */
  readonly trouble?: string;
}

/** A client that seeds torrents whose data lies where it cannot write. */
export interface Seeder {
  /** Its kind and address, such as `transmission at http://127.0.0.1:9091`. */
  readonly name: string;
  /** The v1 infohashes it has now, lower-case hex. */
  list(): Promise<ReadonlySet<string>>;
  /** Adds `torrent`, whose data lies in `directory` as the client sees it; one that is there already is fine. */
  add(torrent: Uint8Array, directory: string): Promise<void>;
  /** Removes it without touching data; one that is not there is fine. */
  remove(infohashV1: string): Promise<void>;
  /** One row for each torrent it has. */
  status(): Promise<SeedStatus[]>;
}

/** Clients let go of a torrent within a second; one that announces its end to a slow tracker may take longer. */
const CONFIRM_ATTEMPTS = 60;
const CONFIRM_PAUSE_MS = 500;

/**
 * Removes `infohashV1` from every seeder and returns once each was asked and no longer has it. Throws
 * `SEED_UNCONFIRMED`, naming the seeder, when one keeps it or cannot be asked; the others are still told to remove it.
 */
export async function removeFromSeeders(
  seeders: readonly Seeder[],
  infohashV1: string,
  wait: (pauseMs: number) => Promise<unknown> = sleep,
): Promise<void> {
  const outcomes = await Promise.allSettled(
    seeders.map((seeder) => removeFrom(seeder, infohashV1, wait)),
  );
  const failed = outcomes.findIndex(({ status }) => status === 'rejected');
  const outcome = outcomes[failed];
  if (outcome?.status !== 'rejected') return;
  const seen = `${seeders[failed]!.name}, ${infohashV1}: ${messageOf(outcome.reason)}`;
  throw new FonotecaError('SEED_UNCONFIRMED', seen, { cause: outcome.reason });
}

async function removeFrom(
  seeder: Seeder,
  infohashV1: string,
  wait: (pauseMs: number) => Promise<unknown>,
): Promise<void> {
  await seeder.remove(infohashV1);
  for (let attempt = 0; attempt < CONFIRM_ATTEMPTS; attempt += 1) {
    if (!(await seeder.list()).has(infohashV1)) return;
    await wait(CONFIRM_PAUSE_MS);
  }
  throw new Error(`still there after ${(CONFIRM_ATTEMPTS * CONFIRM_PAUSE_MS) / 1000} s`);
}
