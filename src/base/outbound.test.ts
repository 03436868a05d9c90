import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Clock } from './clock.ts';
import { FonotecaError } from './errors.ts';
import { type OutboundOptions, type OutboundRequest, openOutbound } from './outbound.ts';
import type { ResolvedAddress } from './outbound-address.ts';

const CHUNK = Buffer.alloc(1024, 7);
const NEVER_MS = 60_000;

/** What the test server does at each path. */
const ROUTES: Readonly<Record<string, http.RequestListener>> = {
  '/hello': (_request, response) => void response.end('hello'),
  '/echo': (request, response) => void request.pipe(response),
  '/headers': (request, response) => void response.end(JSON.stringify(request.headers)),
  '/cookie': (_request, response) =>
    void response.setHeader('set-cookie', ['a=1', 'b=2']).end('eaten'),
  '/silent': () => {},
  '/stalls': (_request, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('hel');
  },
  '/drips': (request, response) => {
    const timer = setInterval(() => response.write('x'), 2);
    request.socket.once('close', () => clearInterval(timer));
  },
  '/endless': (_request, response) => {
    const more = () => {
      while (response.write(CHUNK));
      response.once('drain', more);
    };
    more();
  },
  '/long': (_request, response) => void response.end(Buffer.alloc(101)),
  '/told-longer': (request, response) => {
    response.writeHead(200, { 'content-length': '50' }).write('short');
    setImmediate(() => request.socket.destroy());
  },
  '/gzip': (_request, response) =>
    void response.setHeader('content-encoding', 'gzip').end(gzipSync('hello')),
  '/range': (request, response) => {
    const [, start = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const bytes = Buffer.from('0123456789').subarray(Number(start), Number(last) + 1);
    response.writeHead(206, { 'content-range': `bytes ${start}-${last}/10` }).end(bytes);
  },
  '/other-range': (_request, response) =>
    void response.writeHead(206, { 'content-range': 'bytes 0-4/10' }).end('01234'),
  '/moved': (_request, response) => void response.writeHead(302, { location: '/hello' }).end(),
  '/circle': (_request, response) => void response.writeHead(302, { location: '/circle' }).end(),
  '/to-file': (_request, response) =>
    void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/to-metadata': (_request, response) =>
    void response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
  '/to-other-name': (request, response) =>
    void response
      .writeHead(302, { location: `http://localhost:${request.socket.localPort}/hello` })
      .end(),
  '/not-here': (_request, response) => void response.writeHead(404).end('gone'),
};

const server = http.createServer((request, response) => {
  const route = ROUTES[new URL(request.url ?? '/', 'http://x').pathname];
  if (route) route(request, response);
  else response.writeHead(500).end();
});
let base = '';
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

const ASKED: OutboundRequest = { maxBytes: 100, timeoutMs: NEVER_MS };

async function get(
  path: string,
  asked: Partial<OutboundRequest> = {},
  options: Partial<OutboundOptions> = {},
) {
  const door = openOutbound({ allow: 'typed', ...options });
  const { bytes, ...answer } = await door.readWhole(path.includes(':') ? path : base + path, {
    ...ASKED,
    ...asked,
  });
  return { ...answer, text: bytes.toString() };
}

function refuses(code: string, seen: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof FonotecaError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.seen, seen);
    return true;
  };
}

/** Each look at it is a second later than the last. */
function hastyClock(): Clock {
  let ms = 0;
  return {
    nowIso: () => '2026-01-01T00:00:00Z',
    elapsedMs: () => {
      ms += 1000;
      return ms;
    },
  };
}

test('an answer comes whole with its status and headers', async () => {
  const { status, text } = await get('/hello');
  assert.deepEqual([status, text], [200, 'hello']);
  assert.equal((await get('/not-here')).status, 404);
  assert.equal((await get('/hello', { method: 'HEAD' })).text, '');
});

test('a body is sent, and a range asked for', async () => {
  const body = Buffer.from('question');
  assert.equal((await get('/echo', { method: 'POST', body })).text, 'question');
  assert.equal((await get('/range', { range: { start: 3, end: 6 } })).text, '345');
});

test('nothing is asked for but the plain bytes, and no cookie is kept', async () => {
  const door = openOutbound({ allow: 'typed' });
  const first = await door.readWhole(`${base}/cookie`, ASKED);
  assert.equal(first.headers['set-cookie'], 'a=1, b=2');
  const { bytes } = await door.readWhole(`${base}/headers`, { ...ASKED, maxBytes: 1000 });
  const headers = JSON.parse(bytes.toString());
  assert.equal(headers['accept-encoding'], 'identity');
  assert.equal(headers.cookie, undefined);
  assert.equal(headers.authorization, undefined);
});

test('a redirect inside the same origin is followed', async () => {
  assert.equal((await get('/moved')).text, 'hello');
});

const REFUSED: readonly (readonly [string, string, RegExp, Partial<OutboundRequest>?])[] = [
  ['/circle', 'OUTBOUND_REFUSED', /after 3 others/],
  ['/to-file', 'OUTBOUND_REFUSED', /neither http nor https/],
  ['/to-metadata', 'OUTBOUND_REFUSED', /another origin/],
  ['/to-other-name', 'OUTBOUND_REFUSED', /another origin/],
  ['/moved', 'OUTBOUND_REFUSED', /a redirect of a POST/, { method: 'POST' }],
  ['file:///etc/passwd', 'OUTBOUND_REFUSED', /neither http/],
  ['ftp://example.org/', 'OUTBOUND_REFUSED', /neither http/],
  ['http://user:word@127.0.0.1/', 'OUTBOUND_REFUSED', /name and password/],
  ['no:address:at all', 'OUTBOUND_REFUSED', /neither http/],
  ['http://[::1', 'OUTBOUND_REFUSED', /no address/],
  ['/long', 'OUTBOUND_TOO_LARGE', /101 bytes, at most 100/],
  ['/endless', 'OUTBOUND_TOO_LARGE', /more than 100/],
  ['/told-longer', 'OUTBOUND_FAILED', /./],
  ['/gzip', 'OUTBOUND_FAILED', /content-encoding gzip/],
  ['/other-range', 'OUTBOUND_FAILED', /another range/, { range: { start: 5, end: 10 } }],
  ['/other-range', 'OUTBOUND_FAILED', /another range/],
  ['/silent', 'OUTBOUND_TIMEOUT', /nothing for 20 ms/, { timeoutMs: 20 }],
  ['/stalls', 'OUTBOUND_TIMEOUT', /nothing for 20 ms/, { timeoutMs: 20 }],
  ['http://127.0.0.1:1/', 'OUTBOUND_FAILED', /ECONNREFUSED/],
];
for (const [path, code, seen, asked] of REFUSED)
  test(`${path} ends with ${code}: ${seen.source}`, async () => {
    await assert.rejects(get(path, asked), refuses(code, seen));
  });

test('a body slower than the floor is given up', async () => {
  const slow = get('/drips', {}, { clock: hastyClock(), floor: { windowMs: 3000, bytes: 99 } });
  await assert.rejects(slow, refuses('OUTBOUND_TIMEOUT', /\d+ bytes in \d+ s/));
});

test('a request that is stopped says so', async () => {
  const stopping = new AbortController();
  const asked = get('/silent', { stop: stopping.signal });
  setImmediate(() => stopping.abort());
  await assert.rejects(asked, refuses('INTERRUPTED', /silent/));
});

test('a body that nobody reads is let go', async () => {
  const door = openOutbound({ allow: 'typed' });
  const answer = await door.request(`${base}/endless`, ASKED);
  answer.close();
  await assert.rejects(
    async () => {
      for await (const _ of answer.body);
    },
    refuses('OUTBOUND_FAILED', /./),
  );
});

const INWARD: readonly (readonly [string, RegExp])[] = [
  ['http://127.0.0.1/', /127\.0\.0\.1, which is not public/],
  ['http://0x7f000001/', /127\.0\.0\.1/],
  ['http://2130706433/', /127\.0\.0\.1/],
  ['http://0177.0.0.01/', /127\.0\.0\.1/],
  ['http://[::1]/', /::1/],
  ['http://[::ffff:7f00:1]/', /::ffff:7f00:1/],
  ['http://[2002:7f00:1::]/', /2002/],
  ['http://[64:ff9b::10.0.0.1]/', /64:ff9b/],
  ['http://169.254.169.254/latest/meta-data/', /169\.254/],
  ['http://1.1.1.1:25/', /port 25/],
];
for (const [url, seen] of INWARD)
  test(`an address found in data is not called when it is ${url}`, async () => {
    await assert.rejects(get(url, {}, { allow: 'public' }), refuses('OUTBOUND_REFUSED', seen));
  });

const v4 = (address: string): ResolvedAddress => ({ address, family: 4 });

for (const addresses of [
  [v4('127.0.0.1')],
  [v4('192.168.7.7')],
  [v4('1.1.1.1'), v4('10.0.0.1')],
  [{ address: '::1', family: 6 } as const],
])
  test(`a name found in data is not called when it stands for ${addresses.map((one) => one.address)}`, async () => {
    const name = get(
      'http://archive.test/',
      {},
      { allow: 'public', resolve: async () => addresses },
    );
    await assert.rejects(name, refuses('OUTBOUND_REFUSED', /archive\.test is at/));
  });

test('a connection goes to the address that was looked up, which is asked for once', async () => {
  let asked = 0;
  const resolve = async () => {
    asked += 1;
    return [v4('127.0.0.1')];
  };
  const { port } = new URL(base);
  assert.equal((await get(`http://archive.test:${port}/hello`, {}, { resolve })).text, 'hello');
  assert.equal(asked, 1);
});

test('a name without an address cannot be called', async () => {
  const nowhere = get('http://archive.test/', {}, { resolve: async () => [] });
  await assert.rejects(nowhere, refuses('OUTBOUND_FAILED', /no address/));
});
