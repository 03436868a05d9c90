/** A tracker for tests (BEP 3, 23): remembers who announced, and tells everyone of the others at one address. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running tracker. */
export interface SmallTracker extends AsyncDisposable {
  readonly url: string;
  /** Ports that have announced themselves as whole for the torrent with this infohash. */
  seeders(infohash: string): readonly number[];
}

/** A tracker on loopback that says all peers are at `address` (IPv4). */
export async function startTracker(address: string): Promise<SmallTracker> {
  const swarms = new Map<string, Map<number, boolean>>();
  const server = http.createServer((request, response) => {
    const query = new Map(
      (request.url ?? '')
        .replace(/^[^?]*\?/, '')
        .split('&')
        .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
    );
    const peers = swarmOf(swarms, hexOf(query.get('info_hash')!));
    const port = Number(query.get('port'));
    if (query.get('event') === 'stopped') peers.delete(port);
    else peers.set(port, query.get('left') === '0');
    const others = [...peers.keys()]
      .filter((one) => one !== port)
      .map((one) => compact(address, one));
    const list = Buffer.concat(others);
    response.end(
      Buffer.concat([Buffer.from(`d8:intervali60e5:peers${list.length}:`), list, Buffer.from('e')]),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce`,
    seeders: (infohash) =>
      [...(swarms.get(infohash) ?? [])].filter(([, isWhole]) => isWhole).map(([port]) => port),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function swarmOf(swarms: Map<string, Map<number, boolean>>, infohash: string) {
  const swarm = swarms.get(infohash) ?? new Map<number, boolean>();
  swarms.set(infohash, swarm);
  return swarm;
}

/** Percent-encoded bytes as hex. */
function hexOf(encoded: string): string {
  return encoded.replaceAll(/%([0-9a-f]{2})|(.)/gi, (_, hex: string | undefined, plain: string) =>
    hex ? hex.toLowerCase() : plain.charCodeAt(0).toString(16).padStart(2, '0'),
  );
}

/** An address and port in six bytes (BEP 23). */
function compact(address: string, port: number): Buffer {
  return Buffer.from([...address.split('.').map(Number), port >> 8, port & 0xff]);
}
