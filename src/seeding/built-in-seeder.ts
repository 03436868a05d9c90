/**
 * The built-in seeder: a small BitTorrent peer that only gives, over TCP, what the newest edition lists.
 *
 * Input: the archive's files and ledger (both only read), and settings. Output: verified blocks to peers, counters,
 * and announces to the operator's HTTP trackers. No DHT, no peer exchange, no encryption of the stream (docs/guides/seeding.md).
 */
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { Clock, Random } from '../base/clock.ts';
import { errnoOf, FonotecaError } from '../base/errors.ts';
import type { Outbound } from '../base/outbound.ts';
import type { SeedStatus } from '../model/seeder.ts';
import { openSlots, type Slots, startUploadLimit } from './pacing.ts';
import { type PeerHouse, PeerSession } from './peer-session.ts';
import { countClose, type SeedCounters, startCounters } from './seed-counters.ts';
import type { SeedDeps, SeedItem } from './seed-item.ts';
import { openShelf, type Shelf } from './shelf.ts';
import { type Announcer, startAnnouncer } from './tracker-announce.ts';

/** What the built-in seeder is told. */
export interface BuiltInOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly maxConnections: number;
  readonly uploadSlots: number;
  /** Bytes a second for all peers together; no limit when absent. */
  readonly uploadLimitBytes?: number | undefined;
  /** The operator's trackers. */
  readonly trackers: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly outbound: Outbound;
}

/** The built-in seeder, listening. */
export interface BuiltInSeeder extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly counters: SeedCounters;
  /** The edition it serves; undefined while nothing is published. */
  edition(): number | undefined;
  /** One row for each torrent it offers. */
  status(): SeedStatus[];
  /** Looks whether there is a newer edition, and follows it. Returns whether there was. */
  refresh(): Promise<boolean>;
  /** Looks at the time: turns of peers, and who has been silent too long. It happens by itself every few seconds. */
  tick(): void;
  /** How the trackers do. */
  readonly announcer: Announcer;
}

/** Connections from one address: a household behind one router, but not a crowd. */
const MAX_FROM_ONE_ADDRESS = 32;
const TICK_MS = 5000;

/** Starts to listen and serve. Throws `PORT_TAKEN`. */
export async function startBuiltInSeeder(
  deps: SeedDeps,
  options: BuiltInOptions,
): Promise<BuiltInSeeder> {
  const counters = startCounters();
  const shelf = await openShelf(deps);
  const slots = openSlots(options.uploadSlots, options.clock);
  const peerId = Buffer.concat([Buffer.from('-FO0001-'), options.random.bytes(12)]);
  const house: PeerHouse = {
    peerId,
    clock: options.clock,
    slots,
    counters,
    limit: startUploadLimit(options.uploadLimitBytes, options.clock),
    find: (infohash) => shelf.find(infohash),
    isCurrent: (torrent) => shelf.isCurrent(torrent),
  };
  const sessions = new Set<PeerSession>();
  const server = net.createServer((socket) => admit(socket, house, sessions, options));
  const port = await listen(server, options);
  const announcer = startAnnouncer({ ...options, port, peerId, items: () => shelf.items() });
  const lookAtTime = () => tick(sessions, slots, shelf);
  const timer = setInterval(lookAtTime, TICK_MS);
  return {
    host: options.host,
    port,
    counters,
    announcer,
    edition: () => shelf.edition(),
    status: () => shelf.items().map((item) => statusOf(item, sessions, counters)),
    refresh: () => shelf.refresh(),
    tick: lookAtTime,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      server.close();
      for (const session of sessions) session.close('stopping');
      await announcer.stop();
    },
  };
}

function admit(
  socket: Socket,
  house: PeerHouse,
  sessions: Set<PeerSession>,
  options: BuiltInOptions,
): void {
  house.counters.connections += 1;
  const address = socket.remoteAddress;
  const alike = [...sessions].filter((session) => session.address === address).length;
  if (sessions.size >= options.maxConnections || alike >= MAX_FROM_ONE_ADDRESS) {
    countClose(house.counters, 'too-many-connections');
    socket.destroy();
    return;
  }
  const session: PeerSession = new PeerSession(socket, house, () => sessions.delete(session));
  sessions.add(session);
}

/** Drops who serves nothing that is current any more, even if it asks for nothing. */
function tick(sessions: ReadonlySet<PeerSession>, slots: Slots, shelf: Shelf): void {
  slots.rotate();
  for (const session of sessions) {
    session.tick();
    const { infohashV1 } = session;
    if (infohashV1 !== undefined && !shelf.offers(infohashV1)) session.close('superseded');
  }
}

function statusOf(
  item: SeedItem,
  sessions: ReadonlySet<PeerSession>,
  counters: SeedCounters,
): SeedStatus {
  const { infohashV1, fileName } = item;
  return {
    infohashV1,
    name: fileName,
    state: 'seeding',
    peers: [...sessions].filter((session) => session.infohashV1 === infohashV1).length,
    uploadedBytes: counters.uploadedByTorrent.get(infohashV1) ?? 0,
    complete: true,
  };
}

async function listen(server: net.Server, { host, port }: BuiltInOptions): Promise<number> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== 'EADDRINUSE' && errno !== 'EACCES' && errno !== 'EADDRNOTAVAIL') throw error;
    throw new FonotecaError('PORT_TAKEN', `${errno} at ${host}:${port}`, { cause: error });
  }
  return (server.address() as AddressInfo).port;
}
