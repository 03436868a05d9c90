import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, before, describe } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { makeSampleSite } from '../../test/browser/sample-site.ts';
import { FonotecaError } from '../base/errors.ts';
import { createServer, WEB_BUILD_DIRECTORY } from './create-server.ts';
import type { ServedFile } from './site-port.ts';
import type { AlbumView } from './views.ts';

const sample = makeSampleSite();
const skip = fs.existsSync(WEB_BUILD_DIRECTORY) ? false : 'the web interface is not built';
const CHUNK = 65_536;
/** As long as a namespace and an id may be, and with dots where an ending may be looked for. */
const LONGEST_ID = `${'m'.repeat(63)}:${'a'.repeat(166)}.b`;

/** A file of ten chunks whose bytes from `damagedAt` on cannot be read. */
function damagedFile(damagedAt: number): ServedFile {
  return {
    ...{ sizeBytes: 10 * CHUNK, mimeType: 'audio/wav', fileName: 'a.wav', identity: 'abc' },
    async *read(start, end) {
      for (let at = start; at < end; at += CHUNK) {
        if (at >= damagedAt) throw new FonotecaError('STORE_OBJECT_DAMAGED', `leaf at ${at}`);
        yield Buffer.alloc(Math.min(CHUNK, end - at), 1);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

describe('damage met while a file is sent', () => {
  const faults: string[] = [];
  let app: FastifyInstance;
  let port: number;
  before(async () => {
    const site = { ...sample.site, openFile: async () => damagedFile(3 * CHUNK) };
    app = createServer(site, {
      webBuildDirectory: null,
      onFault: (error, address) => faults.push(`${address} ${String(error)}`),
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    port = (app.server.address() as AddressInfo).port;
  });
  after(() => app?.close());

  /** What came of the song by range, and whether it came to its end. */
  function ask(range: string, most = Number.POSITIVE_INFINITY) {
    faults.length = 0;
    return new Promise<{ reply: http.IncomingMessage; bytes: number; whole: boolean }>(
      (resolve) => {
        const options = { host: '127.0.0.1', port, agent: false, headers: { range } };
        http.get({ ...options, path: `/stream/${sample.streamDigest}?q=secret` }, (reply) => {
          let bytes = 0;
          reply.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes >= most) reply.destroy();
          });
          reply.on('error', () => undefined);
          reply.on('close', () => resolve({ reply, bytes, whole: reply.complete }));
        });
      },
    );
  }

  test('in the middle is told to the operator once, and the answer is cut short', async () => {
    const { reply, bytes, whole } = await ask('bytes=0-');
    assert.deepEqual([reply.statusCode, whole, bytes < 10 * CHUNK], [206, false, true]);
    assert.deepEqual(faults, [
      `/stream/${sample.streamDigest} FonotecaError: STORE_OBJECT_DAMAGED: leaf at ${3 * CHUNK}`,
    ]);
  });

  test('at the first byte is a 500 without a header of the file', async () => {
    const { reply } = await ask(`bytes=${5 * CHUNK}-`);
    const { headers, statusCode } = reply;
    assert.equal(statusCode, 500);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['cache-control'], 'no-store');
    for (const name of ['etag', 'content-range', 'content-disposition', 'accept-ranges'])
      assert.equal(headers[name], undefined, name);
    assert.equal(faults.length, 1, faults.join('\n'));
  });

  test('a client that goes away is no fault', async () => {
    await ask('bytes=0-', CHUNK);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(faults, []);
  });
});

describe('what is refused is refused in one way', () => {
  test('the operator is told where, not what was searched for', async () => {
    const faults: string[] = [];
    const search = () => Promise.reject(new Error('broken'));
    const app = createServer(
      { ...sample.site, search },
      { webBuildDirectory: null, onFault: (_, address) => faults.push(address) },
    );
    assert.equal((await app.inject('/search.json?q=secret')).statusCode, 500);
    assert.deepEqual(faults, ['/search.json']);
    await app.close();
  });

  test('a look-up where there is no catalogue says so', async () => {
    const app = createServer(sample.site, { webBuildDirectory: null });
    const reply = await app.inject({
      ...{ method: 'POST', url: '/look-up.json', payload: { ids: ['mbid:a'] } },
    });
    assert.deepEqual([reply.statusCode, reply.json().error.code], [404, 'no-catalogue']);
    assert.equal(reply.headers.allow, undefined);
    await app.close();
  });
});

describe('pages and twins answer alike', { skip }, () => {
  let app: FastifyInstance;
  before(async () => {
    const known = (await sample.site.album(sample.albumIds[0]!)) as AlbumView;
    const album = async (id: string) => ({ ...known, id, title: `Disco \u202E${id.slice(0, 3)}` });
    app = createServer({ ...sample.site, album });
    await app.ready();
  });
  after(() => app?.close());

  const same: readonly (readonly [address: string, twin: string, status: number])[] = [
    ['/album/mine:a1', '/album/mine:a1.json', 200],
    ['/album/mine:a.1', '/album/mine:a.1.json', 200],
    ['/album/org.example:b.flac', '/album/org.example:b.flac.json', 200],
    [`/album/${LONGEST_ID}`, `/album/${LONGEST_ID}.json`, 200],
    ['/search?q=a&q=b', '/search.json?q=a&q=b', 400],
    ['/search?q=a&cursor=%2e%2f', '/search.json?q=a&cursor=%2e%2f', 400],
    [`/search?q=${'a'.repeat(6000)}`, `/search.json?q=${'a'.repeat(6000)}`, 200],
    ['/album/mine:a1?cursor=1&cursor=2', '/album/mine:a1.json?cursor=1&cursor=2', 400],
    ['/editions?cursor=x', '/editions.json?cursor=x', 400],
  ];
  for (const [address, twin, status] of same)
    test(`${address.slice(0, 60)} and its twin are ${status}`, async () => {
      const page = await app.inject(address);
      assert.deepEqual([page.statusCode, (await app.inject(twin)).statusCode], [status, status]);
      assert.match(String(page.headers['content-type']), /^text\/html/);
      if (status === 400) assert.match(page.body, /This address is not understood/);
    });

  test('marks that turn text round end with the name that holds them', async () => {
    const { body } = await app.inject('/album/mine:a1');
    const title = /<title>([^<]*)<\/title>/.exec(body)![1]!;
    assert.doesNotMatch(title, /\u202E/);
    const shown = body.slice(body.indexOf('<main'), body.indexOf('</main>'));
    assert.match(shown, /<h1[^>]*><bdi[^>]*>Disco \u202Emin<\/bdi>/);
    assert.doesNotMatch(shown.replaceAll(/<bdi[^>]*>[^<]*<\/bdi>/g, ''), /\u202E/);
  });
});
