/** Starts the site over an open archive and tells the addresses it answers at. */
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import type { Archive } from './archive.ts';
import { FonotecaError } from './base/errors.ts';
import { openArchiveSearch } from './catalogue-search.ts';
import { mergedId, snapshotInUse } from './cataloguing.ts';
import { trustedKey } from './change-keys.ts';
import { sitePictures } from './pictures.ts';
import { keptReportFolder } from './reporting.ts';
import { createServer } from './server/create-server.ts';
import { EVERYWHERE, hostName, LOOPBACK, reachedAt } from './server/host-name.ts';
import { createSite } from './server/site.ts';

/** Where to listen. */
export interface ServeWishes {
  readonly port?: number | undefined;
  /** One address of this machine, `::` or `0.0.0.0` for all of them, `true` for the local network by IPv4; loopback when absent. */
  readonly host?: string | true | undefined;
  /** Told of requests that failed by our own fault. */
  readonly onFault: (error: unknown, address: string) => void;
  /** Told of every answer, without who asked. */
  readonly onAnswer: (answer: Answer) => void;
}

/** One answered request. */
export interface Answer {
  readonly method: string;
  /** The route that took it, such as `/track/:id`; the words of a search are not in it. */
  readonly route: string;
  readonly status: number;
  readonly elapsedMs: number;
}

/** A site that is up. */
export interface RunningSite extends AsyncDisposable {
  /** Addresses a browser can open, the best first. */
  readonly addresses: readonly string[];
}

/** Taken, not ours to take, not an address of this machine, or of a kind it has not. */
const REFUSED_BY_SYSTEM = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** The site of `archive`, listening. Throws `PORT_TAKEN`, `SITE_NOT_BUILT`. The archive stays the caller's to close. */
export async function startSite(archive: Archive, wishes: ServeWishes): Promise<RunningSite> {
  const { config, ledger, store, disk, clock } = archive;
  const search = openArchiveSearch(archive);
  const site = createSite({
    ledger,
    store,
    disk,
    clock,
    search,
    ...sitePictures(archive),
    reported: () => {
      const snapshot = snapshotInUse(archive);
      return snapshot === null
        ? null
        : { snapshot, directory: keptReportFolder(archive, snapshot) };
    },
    catalogue: { look: search.look, meant: (id) => mergedId(ledger, id) },
    archive: {
      name: config.name,
      operator: null,
      contact: config.contact ?? null,
      publicKey: await trustedKey(archive),
    },
  });
  const host = wishes.host === true ? EVERYWHERE : (wishes.host ?? LOOPBACK);
  const own = reachedAt(host, os.networkInterfaces());
  const publicHost = config.public_url === undefined ? [] : [new URL(config.public_url).hostname];
  const server = createServer(site, {
    hosts: [...config.serve.hosts, ...publicHost, ...own],
    trustedProxies: config.serve.trusted_proxies,
    onFault: wishes.onFault,
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'a page';
    wishes.onAnswer({
      method: request.method,
      route,
      status: reply.statusCode,
      elapsedMs: Math.round(reply.elapsedTime),
    });
  });
  const port = await listen(server, host, wishes.port ?? config.serve.port);
  return {
    addresses: own.map((name) => `http://${name}:${port}/`),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await search[Symbol.asyncDispose]();
    },
  };
}

async function listen(
  server: ReturnType<typeof createServer>,
  host: string,
  port: number,
): Promise<number> {
  try {
    await server.listen({ host, port });
    return (server.server.address() as AddressInfo).port;
  } catch (error) {
    const errno =
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    if (REFUSED_BY_SYSTEM.has(errno))
      throw new FonotecaError('PORT_TAKEN', `${errno} at ${hostName(host)}:${port}`, {
        cause: error,
      });
    throw error;
  }
}
