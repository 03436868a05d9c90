import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before, describe } from 'node:test';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { makeSampleSite } from '../../test/browser/sample-site.ts';
import { sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { createServer } from './create-server.ts';
import { HTTP_LIMITS } from './http-limits.ts';

const sample = makeSampleSite();
const { streamDigest, streamBytes, artDigest, volumeName } = sample;
const stream = `/stream/${streamDigest}`;
const size = streamBytes.length;

let app: FastifyInstance;
before(async () => {
  app = createServer(sample.site, { webBuildDirectory: null });
  await app.ready();
});
after(() => app.close());

const get = (url: string, headers: Record<string, string> = {}, options: InjectOptions = {}) =>
  app.inject({ url, headers, ...options });

describe('bytes by digest', () => {
  test('the whole file comes with its size, tag, type and the headers that keep it inert', async () => {
    const reply = await get(stream);
    assert.equal(reply.statusCode, 200);
    assert.ok(reply.rawPayload.equals(streamBytes));
    assert.equal(reply.headers['content-length'], String(size));
    assert.equal(reply.headers.etag, `"${streamDigest}"`);
    assert.equal(reply.headers['content-type'], 'audio/wav');
    assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    assert.equal(reply.headers['referrer-policy'], 'no-referrer');
    assert.equal(reply.headers['content-security-policy'], "sandbox; default-src 'none'");
    assert.match(String(reply.headers['cache-control']), /immutable/);
    assert.match(String(reply.headers['content-disposition']), /^inline/);
  });

  test('a range comes as 206 with exactly its bytes', async () => {
    const reply = await get(stream, { range: 'bytes=16000-49999' });
    assert.equal(reply.statusCode, 206);
    assert.ok(reply.rawPayload.equals(streamBytes.subarray(16_000, 50_000)));
    assert.equal(reply.headers['content-range'], `bytes 16000-49999/${size}`);
    assert.equal(reply.headers['content-length'], '34000');
  });

  test('a range beyond the end or in many parts is 416 and names the size', async () => {
    for (const range of [`bytes=${size}-`, 'bytes=0-1,3-4', `bytes=${'0-0,'.repeat(2500)}1-1`]) {
      const reply = await get(stream, { range });
      assert.equal(reply.statusCode, 416);
      assert.equal(reply.headers['content-range'], `bytes */${size}`);
      assert.equal(reply.rawPayload.length, 0);
    }
  });

  test('a known tag is 304 without a body', async () => {
    const reply = await get(stream, { 'if-none-match': `"${streamDigest}"` });
    assert.equal(reply.statusCode, 304);
    assert.equal(reply.rawPayload.length, 0);
  });

  test('If-Range continues the same bytes and restarts other bytes', async () => {
    const same = await get(stream, { range: 'bytes=0-9', 'if-range': `"${streamDigest}"` });
    assert.equal(same.statusCode, 206);
    const other = await get(stream, { range: 'bytes=0-9', 'if-range': '"other"' });
    assert.equal(other.statusCode, 200);
    assert.equal(other.rawPayload.length, size);
  });

  test('HEAD tells the size, sends and reads nothing', async () => {
    let reads = 0;
    const file = (await sample.site.openFile(streamDigest, 'stream'))!;
    const watched = createServer(
      {
        ...sample.site,
        openFile: async () => ({
          ...file,
          read: (start, end) => {
            reads += 1;
            return file.read(start, end);
          },
        }),
      },
      { webBuildDirectory: null },
    );
    const reply = await watched.inject({
      url: stream,
      method: 'HEAD',
      headers: { range: 'bytes=0-1' },
    });
    assert.deepEqual(
      [reply.statusCode, reply.headers['content-length'], reads],
      [200, String(size), 0],
    );
    assert.equal(reply.rawPayload.length, 0);
    await watched.close();
  });

  test('a download is saved under its name, in ASCII and in UTF-8', async () => {
    const file = (await sample.site.openFile(streamDigest, 'stream'))!;
    const named = createServer(
      { ...sample.site, openFile: async () => ({ ...file, fileName: 'Ж "1"\r\n.wav' }) },
      { webBuildDirectory: null },
    );
    const reply = await named.inject(`/file/${streamDigest}`);
    assert.equal(
      reply.headers['content-disposition'],
      `attachment; filename="_ _1___.wav"; filename*=UTF-8''%D0%96%20%221%22%0D%0A.wav`,
    );
    await named.close();
  });

  test('a type that could run something is sent as plain bytes', async () => {
    const file = (await sample.site.openFile(streamDigest, 'stream'))!;
    for (const mimeType of ['text/html', 'image/svg+xml', 'application/javascript']) {
      const hostile = createServer(
        {
          ...sample.site,
          openFile: async () => ({ ...file, mimeType }),
          openArt: async () => ({ ...file, mimeType }),
        },
        { webBuildDirectory: null },
      );
      for (const address of ['stream', 'file', 'art']) {
        const reply = await hostile.inject(`/${address}/${streamDigest}`);
        assert.equal(reply.headers['content-type'], 'application/octet-stream');
      }
      await hostile.close();
    }
  });
});

describe('volumes and published files', () => {
  test('a volume is a web seed: it answers ranges and asks caches to look again', async () => {
    const reply = await get(`/volumes/${volumeName}.tar`, { range: 'bytes=100-199' });
    assert.equal(reply.statusCode, 206);
    assert.equal(reply.rawPayload.length, 100);
    assert.equal(reply.headers['cache-control'], 'no-cache');
    const torrent = await get(`/volumes/${volumeName}.torrent`);
    assert.equal(torrent.headers['content-type'], 'application/x-bittorrent');
  });

  test('a file of an edition is found by its listed path', async () => {
    const reply = await get('/editions/0001/edition.json');
    assert.equal(reply.body, '{"number":1}\n');
    assert.equal(reply.headers['content-type'], 'application/json');
  });
});

describe('addresses that name nothing are 404', () => {
  const hostile = [
    '..%2f..%2fetc%2fpasswd',
    '..%5c..%5cwindows',
    '%2e%2e%2f%2e%2e',
    '%252e%252e%252f',
    `${'a'.repeat(63)}%00`,
    '%c0%ae%c0%ae%c0%af',
    streamDigest.toUpperCase(),
    `${streamDigest}0`,
    'a'.repeat(5000),
    sha256('unknown'),
    `${volumeName}.tar%00.torrent`,
    `${volumeName}.zip`,
    '.tar',
  ];
  for (const prefix of [
    '/stream/',
    '/file/',
    '/art/',
    '/volumes/',
    '/editions/0001/',
    '/album/',
    '/track/',
  ])
    test(`below ${prefix}`, async () => {
      for (const name of hostile) {
        const reply = await get(prefix + name);
        assert.ok([400, 404, 414].includes(reply.statusCode), `${reply.statusCode} for ${name}`);
        assert.deepEqual(Object.keys(reply.json()), ['error']);
        assert.doesNotMatch(reply.body, /node_modules|\/src\/|at /);
      }
    });

  test('a hidden picture is told from no other', async () => {
    const shown = await get(`/art/${artDigest}`);
    assert.equal(shown.statusCode, 200);
    const [hidden, unknown] = [await get(`/file/${artDigest}`), await get(`/file/${sha256('no')}`)];
    assert.deepEqual([hidden.statusCode, hidden.body], [404, unknown.body]);
  });
});

describe('twins', () => {
  test('undeclared fields are left out of an answer', async () => {
    const leaky = createServer(
      {
        ...sample.site,
        archive: async () => ({ ...(await sample.site.archive()), secret: '/home/op' }),
      },
      { webBuildDirectory: null },
    );
    const reply = await leaky.inject('/archive.json');
    assert.equal(reply.statusCode, 200);
    assert.doesNotMatch(reply.body, /secret|home/);
    await leaky.close();
  });

  test('each twin answers and OpenAPI describes it', async () => {
    const described = (await get('/openapi.json')).json();
    assert.equal(described.openapi, '3.1.0');
    for (const url of [
      '/index.json',
      '/search.json',
      '/album/{id}.json',
      '/track/{id}.json',
      '/editions/{number}.json',
      '/withdrawals.json',
    ])
      assert.ok(described.paths[url]?.get?.responses['200'], url);
    assert.equal((await get(`/album/${sample.albumIds[0]}.json`)).json().title, 'Salt Roads');
    assert.equal((await get('/search.json?q=salt&q=roads')).statusCode, 400);
  });

  test('look-up takes a thousand ids in a body, and no more', async () => {
    const asked: (readonly string[])[] = [];
    const catalogued = createServer(
      {
        ...sample.site,
        lookUp: async (ids) => {
          asked.push(ids);
          return { found: [] };
        },
      },
      { webBuildDirectory: null },
    );
    const post = (ids: unknown) =>
      catalogued.inject({ method: 'POST', url: '/look-up.json', payload: { ids } });
    const ids = Array.from({ length: 1000 }, (_, at) => `mbid:${'a'.repeat(190)}${at}`);
    assert.deepEqual((await post(ids)).json(), { found: [] });
    assert.deepEqual(asked, [ids]);
    for (const refused of [[...ids, 'mbid:one-more'], [], ['x'.repeat(201)], 'mbid:a'])
      assert.equal((await post(refused)).statusCode, 400);
    await catalogued.close();
  });

  test('a failure of ours is told to the operator and not to the client', async () => {
    const faults: unknown[] = [];
    const broken = createServer(
      {
        ...sample.site,
        home: async () => {
          throw new FonotecaError('DISK_IO', 'EIO at /home/op/archive');
        },
      },
      {
        webBuildDirectory: null,
        onFault: (error, address) => faults.push([address, String(error)]),
      },
    );
    const reply = await broken.inject('/index.json');
    assert.equal(reply.statusCode, 500);
    assert.equal(reply.json().error.code, 'DISK_IO');
    assert.doesNotMatch(reply.body, /home|EIO|stack/);
    assert.deepEqual(faults, [['/index.json', 'FonotecaError: DISK_IO: EIO at /home/op/archive']]);
    await broken.close();
  });
});

describe('every listener', () => {
  test('refuses a foreign host, a foreign origin and other methods', async () => {
    assert.equal((await get('/healthz', { host: 'evil.example' })).statusCode, 421);
    assert.equal((await get(stream, { host: 'evil.example' })).statusCode, 421);
    assert.equal((await get('/healthz', { origin: 'https://evil.example' })).statusCode, 403);
    const post = await get('/healthz', {}, { method: 'POST' });
    assert.deepEqual([post.statusCode, post.headers.allow], [405, 'GET, HEAD']);
    assert.equal((await get('/healthz')).json().status, 'ok');
  });

  test('counts requests by address and answers 429 with a time to wait', async () => {
    const strict = createServer(sample.site, {
      webBuildDirectory: null,
      limits: { ...HTTP_LIMITS, requestsPerMinute: 3 },
    });
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1)
      statuses.push((await strict.inject('/archive.json')).statusCode);
    assert.deepEqual(statuses, [200, 200, 200, 429]);
    assert.ok((await strict.inject('/archive.json')).headers['retry-after']);
    assert.equal((await strict.inject(stream)).statusCode, 200, 'bytes are not counted');
    const spoofed = await strict.inject({
      url: '/archive.json',
      headers: { 'x-forwarded-for': '192.0.2.1' },
    });
    assert.equal(spoofed.statusCode, 429, 'a forwarded address is not believed');
    await strict.close();
  });

  test('believes the client’s address from a trusted proxy alone', async () => {
    const proxied = createServer(sample.site, {
      webBuildDirectory: null,
      limits: { ...HTTP_LIMITS, requestsPerMinute: 1 },
      trustedProxies: ['192.0.2.1'],
    });
    const ask = async (remoteAddress: string, client: string) =>
      (
        await proxied.inject({
          url: '/archive.json',
          remoteAddress,
          headers: { 'x-forwarded-for': client },
        })
      ).statusCode;
    assert.equal(await ask('192.0.2.1', '198.51.100.1'), 200);
    assert.equal(await ask('192.0.2.1', '198.51.100.2'), 200, 'another client of the proxy');
    assert.equal(await ask('192.0.2.1', '198.51.100.1'), 429, 'the same client again');
    assert.equal(await ask('203.0.113.9', '198.51.100.3'), 200);
    assert.equal(await ask('203.0.113.9', '198.51.100.4'), 429, 'no proxy, so the same client');
    await proxied.close();
  });

  test('does not start when its pages are not built, and says what to run', async () => {
    const empty = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-web-'));
    const unbuilt = createServer(sample.site, { webBuildDirectory: empty });
    await assert.rejects(async () => unbuilt.ready(), { code: 'SITE_NOT_BUILT' });
    fs.rmdirSync(empty);
  });
});
