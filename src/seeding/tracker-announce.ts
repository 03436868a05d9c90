/**
 * Announces to HTTP trackers (BEP 3, 23): where this seeder listens, for each torrent, again and again.
 *
 * Only trackers that the operator typed into the settings are called, through the one outbound door; UDP and WebSocket
 * trackers are left to other clients. A hybrid torrent has two swarms, so both infohashes are announced (BEP 52).
 */
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Outbound } from '../base/outbound.ts';
import { decodeBencode } from '../formats/bencode.ts';
import type { SeedItem } from './seed-item.ts';

/** What announces are made from. */
export interface AnnounceDeps {
  readonly trackers: readonly string[];
  readonly port: number;
  readonly peerId: Uint8Array;
  readonly clock: Clock;
  readonly outbound: Outbound;
  readonly items: () => readonly SeedItem[];
}

/** Announces that go on until stopped. */
export interface Announcer {
  /** Trackers that are not called, being neither http nor https. */
  readonly leftOut: readonly string[];
  /** The last thing that went wrong with a tracker, by its address. */
  readonly troubles: ReadonlyMap<string, string>;
  /** Says goodbye where it said hello, within a few seconds, and ends. */
  stop(): Promise<void>;
}

const DEFAULT_INTERVAL_MS = 30 * 60_000;
/** A tracker that asks to be called all the time is called once a minute. */
const LEAST_INTERVAL_MS = 60_000;
const RETRY_MS = 5 * 60_000;
const IDLE_PAUSE_MS = 10_000;
/** Calls at a time to all trackers: ten thousand torrents take their turn within minutes. */
const CALLS_AT_ONCE = 8;
const MAX_ANSWER_BYTES = 256 * 1024;
const TIMEOUT_MS = 15_000;
const GOODBYE_MS = 5000;

/** Starts announcing. */
export function startAnnouncer(deps: AnnounceDeps): Announcer {
  const own = deps.trackers.filter((tracker) => /^https?:/.test(tracker));
  const troubles = new Map<string, string>();
  /** Due time by tracker and infohash; what has a row was announced. */
  const due = new Map<string, number>();
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const call = async (target: Target, event: string | undefined, stop: AbortSignal) => {
    try {
      const intervalMs = await announce(deps, target, event, stop);
      troubles.delete(target.tracker);
      return intervalMs;
    } catch (error) {
      if (!stop.aborted) troubles.set(target.tracker, messageOf(error));
      return RETRY_MS;
    }
  };
  const round = async () => {
    const now = deps.clock.elapsedMs();
    const targets = targetsOf(own, deps.items()).filter(({ key }) => (due.get(key) ?? 0) <= now);
    await eachOf(targets, CALLS_AT_ONCE, async (target) => {
      if (ending.signal.aborted) return;
      const event = due.has(target.key) ? undefined : 'started';
      const intervalMs = await call(target, event, ending.signal);
      due.set(target.key, deps.clock.elapsedMs() + intervalMs);
    });
  };
  const go = () => {
    timer = setTimeout(() => {
      running = round().finally(() => {
        if (!ending.signal.aborted) go();
      });
    }, IDLE_PAUSE_MS);
  };
  let running: Promise<void> = own.length > 0 ? round().finally(go) : Promise.resolve();
  return {
    leftOut: deps.trackers.filter((tracker) => !own.includes(tracker)),
    troubles,
    async stop() {
      ending.abort();
      clearTimeout(timer);
      await running;
      clearTimeout(timer);
      const goodbye = AbortSignal.timeout(GOODBYE_MS);
      const said = targetsOf(own, deps.items()).filter(({ key }) => due.has(key));
      await eachOf(said, CALLS_AT_ONCE, async (target) => {
        if (!goodbye.aborted) await call(target, 'stopped', goodbye);
      });
    },
  };
}

interface Target {
  readonly key: string;
  readonly tracker: string;
  readonly infohash: string;
}

function targetsOf(trackers: readonly string[], items: readonly SeedItem[]): Target[] {
  return items.flatMap(({ infohashV1, infohashV2 }) =>
    [infohashV1, infohashV2.slice(0, 40)].flatMap((infohash) =>
      trackers.map((tracker) => ({ key: `${tracker} ${infohash}`, tracker, infohash })),
    ),
  );
}

/** One announce; returns when to come again, in milliseconds. */
async function announce(
  { port, peerId, outbound }: AnnounceDeps,
  { tracker, infohash }: Target,
  event: string | undefined,
  stop: AbortSignal,
): Promise<number> {
  const query = [
    `info_hash=${percentBytes(Buffer.from(infohash, 'hex'))}`,
    `peer_id=${percentBytes(peerId)}`,
    `port=${port}`,
    'uploaded=0&downloaded=0&left=0&compact=1&numwant=0',
    ...(event === undefined ? [] : [`event=${event}`]),
  ].join('&');
  const url = `${tracker}${tracker.includes('?') ? '&' : '?'}${query}`;
  const { status, bytes } = await outbound.readWhole(url, {
    maxBytes: MAX_ANSWER_BYTES,
    timeoutMs: TIMEOUT_MS,
    stop,
  });
  const answer = decodeBencode(bytes);
  if (!(answer instanceof Map)) throw new Error(`status ${status} and no dictionary`);
  const failure = answer.get('failure reason');
  if (failure instanceof Uint8Array) throw new Error(Buffer.from(failure).toString('utf8'));
  const interval = answer.get('interval');
  const intervalMs = typeof interval === 'number' ? interval * 1000 : DEFAULT_INTERVAL_MS;
  return Math.max(LEAST_INTERVAL_MS, Math.min(intervalMs, 2 * DEFAULT_INTERVAL_MS));
}

function percentBytes(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Does `act` for each item, at most `width` at a time. */
async function eachOf<T>(
  items: readonly T[],
  width: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const walk = async () => {
    for (const item of rest) await act(item);
  };
  await Promise.all(Array.from({ length: width }, walk));
}
