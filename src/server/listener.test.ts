import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import test, { after, before } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { makeSampleSite } from '../../test/browser/sample-site.ts';
import { createServer } from './create-server.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import type { ServedFile, SitePort } from './site-port.ts';

const sample = makeSampleSite();
/** A file larger than every buffer on the way. */
const ENDLESS = 'e'.repeat(64);
const ENDLESS_BYTES = 2 ** 30;
const piece = Buffer.alloc(65_536);
const LIMITS = {
  ...HTTP_LIMITS,
  headersTimeoutMs: 300,
  requestTimeoutMs: 400,
  timeoutCheckMs: 50,
  idleTimeoutMs: 1000,
  keepAliveTimeoutMs: 500,
  maxConnectionsPerAddress: 20,
  maxRequestsPerSocket: 50,
};

let app: FastifyInstance;
let port: number;
before(async () => {
  const endless: ServedFile = {
    sizeBytes: ENDLESS_BYTES,
    mimeType: 'audio/flac',
    fileName: 'endless.flac',
    identity: ENDLESS,
    async *read(start, end) {
      for (let at = start; at < end; at += piece.length) yield piece;
    },
  };
  const openFile: SitePort['openFile'] = async (digest, use) =>
    digest === ENDLESS ? endless : sample.site.openFile(digest, use);
  app = createServer({ ...sample.site, openFile }, { webBuildDirectory: null, limits: LIMITS });
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as net.AddressInfo).port;
});
after(() => app.close());

/** Sends `text` as it is; everything the server says until it closes the connection, or until `waitMs` is over. */
function speak(text: string, waitMs = 3000): Promise<{ said: string; closed: boolean }> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let said = '';
    const done = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ said, closed });
    };
    const timer = setTimeout(() => done(false), waitMs);
    socket.on('data', (bytes) => {
      said += bytes.toString('latin1');
    });
    socket.on('close', () => done(true));
    socket.on('error', () => done(true));
  });
}

const HOST = `Host: 127.0.0.1\r\n`;
const SMUGGLED = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`;

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  [
    'two Host headers',
    `GET /healthz HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`,
    /^HTTP\/1.1 400 /,
  ],
  ['two equal Host headers', `GET /healthz HTTP/1.1\r\n${HOST}${HOST}\r\n`, /^HTTP\/1.1 400 /],
  ['a foreign Host', `GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n`, /^HTTP\/1.1 421 /],
  ['no Host', `GET /healthz HTTP/1.1\r\n\r\n`, /^HTTP\/1.1 400 /],
  ['no Host in HTTP/1.0', `GET /healthz HTTP/1.0\r\n\r\n`, /^HTTP\/1.[01] 400 /],
  [
    'both Transfer-Encoding and Content-Length',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    /^HTTP\/1.1 400 /,
  ],
  [
    'two Content-Lengths',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
    /^HTTP\/1.1 400 /,
  ],
  ['a bare line feed in the headers', `GET /healthz HTTP/1.1\n${HOST}\r\n`, /^HTTP\/1.1 400 /],
  ['bare line feeds only', `GET /healthz HTTP/1.1\nHost: 127.0.0.1\n\n`, /^HTTP\/1.1 400 /],
  [
    'a space before the colon',
    `GET /healthz HTTP/1.1\r\n${HOST}Content-Length : 0\r\n\r\n`,
    /^HTTP\/1.1 400 /,
  ],
  ['a NUL in a header', `GET /healthz HTTP/1.1\r\n${HOST}X-A: b\0c\r\n\r\n`, /^HTTP\/1.1 400 /],
  [
    '20 KB of one header',
    `GET /healthz HTTP/1.1\r\n${HOST}X-A: ${'b'.repeat(20_000)}\r\n\r\n`,
    /^HTTP\/1.1 431 /,
  ],
  ['20 KB of address', `GET /${'b'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`, /^HTTP\/1.1 431 /],
  [
    'a second host in an absolute address',
    `GET http://evil.example/healthz HTTP/1.1\r\n${HOST}\r\n`,
    /^HTTP\/1.1 400 /,
  ],
  ['a request line that is none', `HELLO\r\n\r\n`, /^HTTP\/1.1 400 /],
];

for (const [name, text, status] of REFUSED)
  test(`${name} is refused once and the connection is closed`, async () => {
    const { said, closed } = await speak(text);
    assert.match(said, status);
    assert.equal(said.match(/HTTP\/1\.\d \d{3}/g)?.length, 1, said);
    assert.ok(closed);
    assert.doesNotMatch(said, /node_modules| {4}at /);
  });

test('a slow sender of headers is closed with 408', async () => {
  const { said, closed } = await speak(`GET /healthz HTTP/1.1\r\n${HOST}X-Slow: `);
  assert.match(said, /^HTTP\/1.1 408 /);
  assert.ok(closed);
});

test('a slow sender of a body is closed', async () => {
  const { closed } = await speak(`POST /healthz HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\nab`);
  assert.ok(closed);
});

test('ten thousand pipelined requests are answered no further than the limit and the connection is closed', async () => {
  const { said, closed } = await speak(SMUGGLED.repeat(10_000), 5000);
  const answered = said.match(/HTTP\/1\.1 200/g)?.length ?? 0;
  assert.ok(answered <= LIMITS.maxRequestsPerSocket, `${answered} answered`);
  assert.ok(answered > 0);
  assert.ok(closed);
});

test('an address with too many open sockets is dropped while its first ones still work', async () => {
  const sockets = await Promise.all(
    Array.from({ length: LIMITS.maxConnectionsPerAddress }, () => openSocket()),
  );
  const refused = await speak(SMUGGLED, 1000);
  assert.deepEqual(refused, { said: '', closed: true });
  const first = sockets[0]!;
  const answer = new Promise<string>((resolve) =>
    first.once('data', (bytes) => resolve(String(bytes))),
  );
  first.write(SMUGGLED);
  assert.match(await answer, /^HTTP\/1.1 200 /);
  for (const socket of sockets) socket.destroy();
  await openSockets(0);
  const again = await speak(`${SMUGGLED.slice(0, -2)}Connection: close\r\n\r\n`);
  assert.match(again.said, /^HTTP\/1.1 200 /);
});

test('a trusted proxy may open more sockets than one client', async () => {
  const proxied = createServer(sample.site, {
    webBuildDirectory: null,
    limits: { ...LIMITS, maxConnectionsPerAddress: 1 },
    trustedProxies: ['127.0.0.1'],
  });
  await proxied.listen({ host: '127.0.0.1', port: 0 });
  const { port: other } = proxied.server.address() as net.AddressInfo;
  const idle = net.connect(other, '127.0.0.1');
  await once(idle, 'connect');
  const reply = await fetch(`http://127.0.0.1:${other}/healthz`);
  assert.equal(reply.status, 200);
  idle.destroy();
  await proxied.close();
});

test('a reader that stops reading is let go', async () => {
  const socket = await openSocket();
  socket.pause();
  socket.write(`GET /stream/${ENDLESS} HTTP/1.1\r\n${HOST}\r\n`);
  await openSockets(1);
  await openSockets(0);
  socket.destroy();
});

test('bytes that turn out damaged end the connection instead of completing', async () => {
  const file = (await sample.site.openFile(sample.streamDigest, 'stream'))!;
  const faults: unknown[] = [];
  const damaged = createServer(
    {
      ...sample.site,
      openFile: async () => ({
        ...file,
        async *read(start: number) {
          yield sample.streamBytes.subarray(start, start + 16_384);
          throw new Error('block 2 does not verify');
        },
      }),
    },
    { webBuildDirectory: null, onFault: (error) => faults.push(error) },
  );
  await damaged.listen({ host: '127.0.0.1', port: 0 });
  const { port: other } = damaged.server.address() as net.AddressInfo;
  await assert.rejects(async () => {
    const reply = await fetch(`http://127.0.0.1:${other}/stream/${sample.streamDigest}`);
    await reply.arrayBuffer();
  });
  await damaged.close();
});

function openSocket(): Promise<net.Socket> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => undefined);
  });
}

/** Resolves when the server has `count` open sockets; fails after four seconds. */
async function openSockets(count: number): Promise<void> {
  const started = performance.now();
  let seen = -1;
  while (seen !== count) {
    assert.ok(performance.now() - started < 4000, `${seen} sockets are open, not ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen = await new Promise<number>((resolve, reject) =>
      app.server.getConnections((error, open) => (error ? reject(error) : resolve(open))),
    );
  }
}
