/** Who seeds this archive over BitTorrent: the client of the settings, or our own seeder, over an open archive. */
import fs from 'node:fs';
import type { Archive } from './archive.ts';
import { FonotecaError } from './base/errors.ts';
import { type Outbound, openOutbound } from './base/outbound.ts';
import type { Watch } from './base/progress.ts';
import { parseSize } from './base/sizes.ts';
import type { Seeder, SeedStatus } from './model/seeder.ts';
import { type BuiltInSeeder, startBuiltInSeeder } from './seeding/built-in-seeder.ts';
import {
  type ClientPaths,
  type ClientPlan,
  type ClientReport,
  carryOutClient,
  clientStatus,
  planClient,
} from './seeding/client-plan.ts';
import { qbittorrentSeeder } from './seeding/qbittorrent.ts';
import { newestEdition, type SeedItem, seedItems } from './seeding/seed-item.ts';
import type { SeedSettings } from './seeding/seed-settings.ts';
import { transmissionSeeder } from './seeding/transmission.ts';

/** Which seeder is meant. */
export type SeedDriver = SeedSettings['driver'];

const DEFAULT_URLS = {
  transmission: 'http://127.0.0.1:9091/transmission/rpc',
  qbittorrent: 'http://127.0.0.1:8080',
} as const;

/**
 * The clients that hold torrents of this archive by the settings: none or one. Our own seeder is not among them: it asks
 * the ledger before every block. Throws `FILE_MISSING` for a password file that is not there.
 */
export function seedersOf(archive: Archive): Seeder[] {
  const client = clientOf(archive, archive.config.seed.driver);
  return client ? [client] : [];
}

/** The client that `driver` means, or undefined for our own seeder and for none. */
export function clientOf({ config }: Archive, driver: SeedDriver): Seeder | undefined {
  if (driver !== 'transmission' && driver !== 'qbittorrent') return undefined;
  const { user, password_file } = config.seed;
  const access = {
    url: (config.seed.url ?? DEFAULT_URLS[driver]).replace(/\/+$/, ''),
    user,
    password: password_file === undefined ? undefined : passwordIn(password_file),
    outbound: openSeedDoor(),
  };
  return driver === 'transmission' ? transmissionSeeder(access) : qbittorrentSeeder(access);
}

/** What `seeder` would be told. */
export async function runSeedPreview(archive: Archive, seeder: Seeder): Promise<ClientPlan> {
  return planClient(archive, seeder, clientPaths(archive));
}

/** Tells `seeder` what `plan` says. */
export async function runSeed(
  archive: Archive,
  seeder: Seeder,
  plan: ClientPlan,
  watch: Watch,
): Promise<ClientReport> {
  return carryOutClient(plan, archive, seeder, clientPaths(archive), watch);
}

/** What `seeder` says of the torrents of this archive. */
export async function runSeedStatus(archive: Archive, seeder: Seeder): Promise<SeedStatus[]> {
  return clientStatus(archive, seeder);
}

/** What our own seeder would offer. */
export async function seedListing(archive: Archive): Promise<SeedItem[]> {
  return seedItems(archive);
}

/** The number of the newest edition, or undefined while nothing is published. */
export function publishedEdition(archive: Archive): number | undefined {
  return newestEdition(archive);
}

/** Our own seeder over `archive`, listening; the archive stays the caller's to close. Throws `PORT_TAKEN`. */
export async function startOwnSeeder(
  archive: Archive,
  wishes: { port?: number | undefined },
): Promise<BuiltInSeeder> {
  const { config, clock, random } = archive;
  const { listen, port, max_connections, upload_slots, upload_limit } = config.seed;
  return startBuiltInSeeder(archive, {
    host: listen,
    port: wishes.port ?? port,
    maxConnections: max_connections,
    uploadSlots: upload_slots,
    uploadLimitBytes: upload_limit === 'none' ? undefined : parseSize(upload_limit),
    trackers: config.publish.trackers,
    clock,
    random,
    outbound: openSeedDoor(),
  });
}

/** Clients and trackers are addresses that the operator typed. */
function openSeedDoor(): Outbound {
  return openOutbound({ allow: 'typed' });
}

function clientPaths({ config, layout }: Archive): ClientPaths {
  const { volumes_path, editions_path } = config.seed;
  const isSameDisk = volumes_path === undefined;
  return {
    volumes: volumes_path ?? layout.volumes,
    editions: editions_path ?? (isSameDisk ? layout.editions : undefined),
  };
}

function passwordIn(file: string): string {
  if (!fs.existsSync(file)) throw new FonotecaError('FILE_MISSING', file);
  return fs.readFileSync(file, 'utf8').trim();
}
