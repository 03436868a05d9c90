import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, before, describe } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { makeSampleSite } from '../../test/browser/sample-site.ts';
import { FonotecaError } from '../base/errors.ts';
import { createServer, WEB_BUILD_DIRECTORY } from './create-server.ts';
import { HTTP_LIMITS } from './http-limits.ts';

const sample = makeSampleSite();
const skip = fs.existsSync(WEB_BUILD_DIRECTORY) ? false : 'the web interface is not built';
const HOSTILE = '<script>alert(1)</script> & Sons';

describe('pages', { skip }, () => {
  let app: FastifyInstance;
  const faults: unknown[] = [];
  before(async () => {
    app = createServer(
      {
        ...sample.site,
        album: async (id) => {
          if (id === sample.albumIds[1]) throw new FonotecaError('DISK_IO', 'EIO at /home/op');
          return sample.site.album(id);
        },
      },
      { onFault: (error) => faults.push(error) },
    );
    await app.ready();
  });
  after(() => app.close());

  test('a page is whole HTML under a strict policy with a nonce of its own', async () => {
    const [first, second] = [await app.inject('/'), await app.inject('/')];
    assert.equal(first.statusCode, 200);
    assert.match(first.body, /<h1[^>]*>Coastal Sound Archive<\/h1>/);
    const [policy, other] = [first, second].map((reply) =>
      String(reply.headers['content-security-policy']),
    );
    assert.match(policy!, /default-src 'none'/);
    assert.doesNotMatch(policy!, /unsafe-inline|unsafe-eval|https?:|\*/);
    const nonce = /'nonce-([^']+)'/.exec(policy!)?.[1];
    assert.ok(nonce && first.body.includes(`nonce="${nonce}"`));
    assert.ok(!other!.includes(nonce), 'a nonce is used once');
    assert.equal(first.headers.etag, undefined);
    assert.equal(first.headers['x-content-type-options'], 'nosniff');
    assert.equal(first.headers['referrer-policy'], 'no-referrer');
    assert.equal(first.headers['set-cookie'], undefined);
  });

  test('pages show what their twins say, and nothing is loaded from elsewhere', async () => {
    const album = await app.inject(`/album/${sample.albumIds[0]}`);
    const { tracks } = (await app.inject(`/album/${sample.albumIds[0]}.json`)).json();
    for (const { title } of tracks) assert.ok(album.body.includes(title), title);
    assert.doesNotMatch(
      album.body,
      /(?:src|href)="(?:https?:)?\/\/[^"]*\.(?:js|css|woff2?|png|jpe?g)/,
    );
  });

  test('a page that is one of several leads to the next and counts what all of them have', async () => {
    const [albumId] = sample.albumIds;
    const album = (await sample.site.album(albumId!))!;
    const artist = (await sample.site.artist(album.artist.id!))!;
    const paged = createServer({
      ...sample.site,
      album: async () => ({ ...album, trackCount: 1_203, nextCursor: '500' }),
      artist: async () => ({ ...artist, nextCursor: '100' }),
    });
    const albumPage = (await paged.inject(`/album/${albumId}`)).body;
    assert.match(albumPage, /1,203 tracks/);
    assert.match(albumPage, /href="\?cursor=500"/);
    assert.match((await paged.inject(`/artist/${artist.id}`)).body, /href="\?cursor=100"/);
    await paged.close();
  });

  test('a track that browsers do not play says so and leads to the file', async () => {
    const id = sample.trackIds[0]!;
    const track = (await sample.site.track(id))!;
    const silent = { ...track, stream: null, unplayed: 'audio/aiff' };
    const server = createServer({ ...sample.site, track: async () => silent });
    const { body } = await server.inject(`/track/${id}`);
    assert.match(body, /do not play this format \(audio\/aiff\)\. Download the file below/);
    assert.match(body, new RegExp(`href="/file/${track.files[0]!.digest}"`));
    await server.close();
  });

  test('a track whose right ended says so, though its volume has it', async () => {
    const id = sample.trackIds[0]!;
    const track = (await sample.site.track(id))!;
    const stream = { use: 'stream', allowed: false, because: 'only for Iceland' };
    const rights = { ...track.rights!, decisions: [stream] };
    const server = createServer({
      ...sample.site,
      track: async () => ({ ...track, stream: null, files: [], rights }),
    });
    const { body } = await server.inject(`/track/${id}`);
    assert.match(body, /Not to be heard here: only for Iceland\./);
    await server.close();
  });

  test('script in a title stays text, in the page and in the data beside it', async () => {
    const track = sample.trackIds.at(-1)!;
    const page = await app.inject(`/track/${track}`);
    assert.ok(page.body.includes('&lt;script>alert(1)&lt;/script> &amp; Sons'));
    assert.ok(!page.body.includes(HOSTILE));
    const search = await app.inject(`/search?q=${encodeURIComponent(HOSTILE)}`);
    assert.ok(!search.body.includes('<script>alert'));
  });

  test('what is not there is an honest 404, in HTML for people and in JSON for programs', async () => {
    for (const url of [
      '/nothing',
      '/album/nowhere',
      '/editions/99',
      '/track/local:000000000000000000000000',
    ]) {
      const reply = await app.inject(url);
      assert.equal(reply.statusCode, 404, url);
      assert.match(reply.body, /Nothing is kept under this address/);
    }
    assert.equal((await app.inject('/nothing.json')).json().error.code, 'not-found');
    assert.equal((await app.inject('/_app/immutable/nothing.js')).statusCode, 404);
  });

  test('a failure is a 500 that tells the operator and not the reader', async () => {
    const reply = await app.inject(`/album/${sample.albumIds[1]}`);
    assert.equal(reply.statusCode, 500);
    assert.match(reply.body, /This failed here/);
    // A nonce is random letters, and any three letters turn up in one sooner or later.
    const said = reply.body.replaceAll(/nonce="[^"]*"/g, '');
    assert.doesNotMatch(said, /\bEIO\b|\/home|node_modules| at .*:\d+/);
    assert.ok(faults.some((error) => error instanceof FonotecaError && error.code === 'DISK_IO'));
  });

  test('odd addresses are answered, never with a fault and never with a way out', async () => {
    faults.length = 0;
    const odd = [
      '//evil.example/',
      '///evil.example',
      '/%2f%2fevil.example/',
      '/\\\\evil.example/',
      '/%00',
      '/album/%00',
      '/album/%25%32%65',
      '/search?q=%ff%fe',
      '/search?q[]=1&q=2',
      '/search?cursor=%0d%0aset-cookie:a',
      '/album/a/',
      '/editions/',
      '/__data.json',
      '/_app/',
      '/?x=<script>',
      '/track/__proto__',
      '/track/constructor',
      `/${'a/'.repeat(500)}`,
    ];
    // Over a socket: what `inject` is given as an address it reads as one before sending.
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    for (const url of odd) {
      const { statusCode = 0, headers } = await getRaw(port, url);
      assert.ok([200, 308, 400, 404].includes(statusCode), `${statusCode} for ${url}`);
      assert.match(
        headers.location ?? '/',
        /^\.{0,2}\/(?![/\\])/,
        `${url} leads to ${headers.location}`,
      );
      assert.equal(headers['set-cookie'], undefined);
    }
    assert.deepEqual(faults, []);
  });

  test('pages count towards the requests of a minute', async () => {
    const strict = createServer(sample.site, { limits: { ...HTTP_LIMITS, requestsPerMinute: 2 } });
    const statuses: number[] = [];
    for (const url of ['/', '/nothing', '/']) statuses.push((await strict.inject(url)).statusCode);
    assert.deepEqual(statuses, [200, 404, 429]);
    await strict.close();
  });

  test('HEAD of a page has no body', async () => {
    const reply = await app.inject({ url: '/', method: 'HEAD' });
    assert.deepEqual([reply.statusCode, reply.rawPayload.length], [200, 0]);
  });

  test('pages and assets are compressed for those who ask, each encoding with its own tag', async () => {
    const page = await app.inject({ url: '/', headers: { 'accept-encoding': 'gzip, br' } });
    assert.match(gunzipSync(page.rawPayload).toString(), /<h1/);
    const { body } = await app.inject('/');
    const scripts = [...body.matchAll(/href="\.?\/(_app\/immutable\/[^"]+\.js)"/g)].map(
      (match) => match[1]!,
    );
    const replies = await Promise.all(scripts.map((script) => app.inject(`/${script}`)));
    const plain = replies.sort((a, b) => b.body.length - a.body.length)[0]!;
    const asset = plain.raw.req.url!.slice(1);
    const brotli = await app.inject({ url: `/${asset}`, headers: { 'accept-encoding': 'br' } });
    const refused = await app.inject({
      url: `/${asset}`,
      headers: { 'accept-encoding': 'br;q=0' },
    });
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(refused.headers['content-encoding'], undefined);
    assert.equal(brotli.headers['content-encoding'], 'br');
    assert.equal(brotliDecompressSync(brotli.rawPayload).toString(), plain.body);
    assert.ok(brotli.rawPayload.length < plain.rawPayload.length / 2);
    assert.notEqual(brotli.headers.etag, plain.headers.etag);
    const etag = String(brotli.headers.etag);
    assert.equal(
      (
        await app.inject({
          url: `/${asset}`,
          headers: { 'accept-encoding': 'br', 'if-none-match': etag },
        })
      ).statusCode,
      304,
    );
  });
});

function getRaw(port: number, path: string): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path, agent: false }, (reply) => resolve(reply.resume()))
      .on('error', reject);
  });
}
