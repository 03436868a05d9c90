/** The archive that browser tests visit: where it answers, what to visit, and how to stop it. */
import type { AddressInfo } from 'node:net';
import { createServer } from '../../src/server/create-server.ts';
import { makeSampleSite } from './sample-site.ts';

/** A running archive. */
export interface Demo {
  /** Address without a slash at the end, such as `http://127.0.0.1:41234`. */
  readonly baseUrl: string;
  /** Paths of pages to visit, one of each kind. */
  readonly pages: Readonly<
    Record<
      'home' | 'search' | 'artist' | 'album' | 'track' | 'editions' | 'edition' | 'missing',
      string
    >
  >;
  /** What the server reported as its own fault. */
  readonly faults: readonly unknown[];
  stop(): Promise<void>;
}

/** Starts the archive in memory; needs the built web interface. */
export async function startDemo(): Promise<Demo> {
  const { site, albumIds } = makeSampleSite();
  const album = (await site.album(albumIds[0]!))!;
  const faults: unknown[] = [];
  const app = createServer(site, { onFault: (error, address) => faults.push([address, error]) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    baseUrl: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    pages: {
      home: '/',
      search: '/search?q=salt',
      artist: `/artist/${album.artist.id}`,
      album: `/album/${album.id}`,
      track: `/track/${album.tracks[0]!.id}`,
      editions: '/editions',
      edition: '/editions/1',
      missing: '/album/nowhere',
    },
    faults,
    stop: () => app.close(),
  };
}
