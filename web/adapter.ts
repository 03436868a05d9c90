/**
 * Puts the built interface where the server takes it from: `build/server/server.js` (a request in, a response out) and
 * `build/client` (static files). The server does the rest: listening, limits, compression, caching.
 */
import fs from 'node:fs';
import type { Adapter } from '@sveltejs/kit';

/** The adapter for `src/server/pages.ts`. */
export function adapter(): Adapter {
  return {
    name: 'fonoteca-server',
    adapt(builder) {
      fs.rmSync('build', { force: true, recursive: true });
      builder.writeClient('build/client');
      const server = builder.getServerDirectory();
      builder.generateServerInstance(`${server}/server.js`);
      builder.copy(server, 'build/server', { filter: (name) => !name.endsWith('.map') });
    },
    supports: { read: () => false, instrumentation: () => false },
  };
}
