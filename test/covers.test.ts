import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before, describe } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { type Archive, openArchive } from '../src/archive.ts';
import { encodeMp3 } from '../src/audio/encoders.ts';
import { readImageHeader } from '../src/audio/image-header.ts';
import { gradient, pngFile } from '../src/audio/test-pictures.ts';
import { id3v2, noise, pngHeader } from '../src/audio/test-sounds.ts';
import { fixedClock, systemRandom } from '../src/base/clock.ts';
import { type Digest, sha256 } from '../src/base/digest.ts';
import { realDisk } from '../src/base/disk.ts';
import { openHeldSearch } from '../src/catalogue/held-search.ts';
import { albumIdOf, trackIdOf } from '../src/model/ids.ts';
import { coversOf, sitePictures } from '../src/pictures.ts';
import { createServer } from '../src/server/create-server.ts';
import { createSite } from '../src/server/site.ts';
import { runFonoteca } from './support/run-fonoteca.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-covers-'));
const home = path.join(root, 'archive');
const cache = path.join(home, 'cache');
after(() => fs.rmSync(root, { recursive: true }));

function picture(widthPx: number, heightPx: number): Uint8Array {
  const { data } = gradient(widthPx, heightPx);
  const at = (x: number, y: number) => (y * widthPx + x) * 4;
  const pixel = (x: number, y: number) => [...data.subarray(at(x, y), at(x, y) + 3)];
  return pngFile({ widthPx, heightPx, depth: 8, colourType: 2, pixel });
}

const beside = picture(400, 300);
const inside = picture(90, 120);
const large = pngHeader(4000, 4000);
const sound = noise(44_100, 60_000, 1);

async function song(title: string, album: string, seed: number, cover?: Uint8Array) {
  const text = (value: string) => Buffer.concat([Buffer.of(3), Buffer.from(value)]);
  const apic = (bytes: Uint8Array) =>
    Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), bytes]);
  const tag = id3v2([
    ['TIT2', text(title)],
    ['TPE1', text('Ana')],
    ['TALB', text(album)],
    ...(cover ? [['APIC', apic(cover)] as const] : []),
  ]);
  const channels = [sound.channels[0]!.map((value) => value / seed)];
  return Buffer.concat([tag, await encodeMp3({ ...sound, channels }, { bitrateKbps: 64 })]);
}

async function fonoteca(...args: string[]): Promise<void> {
  const ran = await runFonoteca([...args, ...(args[0] === 'init' ? [] : ['--archive', home])]);
  assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.stderr}${ran.stdout}`);
}

interface Open extends AsyncDisposable {
  readonly archive: Archive;
  readonly app: FastifyInstance;
  /** How often the audio workers were asked for. */
  asked(): number;
}

async function openSite(): Promise<Open> {
  const clock = fixedClock('2026-02-01T00:00:00Z');
  const opened = await openArchive(
    home,
    { write: false },
    { disk: realDisk, clock, random: systemRandom },
  );
  let asked = 0;
  const archive: Archive = {
    ...opened,
    audio: () => {
      asked += 1;
      return opened.audio();
    },
  };
  const { ledger, disk, store } = archive;
  const site = createSite({
    ...{ ledger, disk, store, clock, search: openHeldSearch(ledger) },
    reported: () => null,
    catalogue: { look: (work) => work(undefined), meant: async (id) => id },
    ...sitePictures(archive),
    archive: { name: 'Prueba', operator: null, contact: null, publicKey: null },
  });
  const app = createServer(site, { webBuildDirectory: null });
  await app.ready();
  return {
    archive,
    app,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      await app.close();
      await opened[Symbol.asyncDispose]();
    },
  };
}

describe('covers of a real archive', () => {
  const digests: Record<string, Digest> = {};
  before(async () => {
    const files: Record<string, Uint8Array> = {
      'Beside/1.mp3': await song('One', 'Beside', 1, inside),
      'Beside/cover.png': beside,
      'Inside/1.mp3': await song('Two', 'Inside', 2, inside),
      'Inside/2.mp3': await song('Three', 'Inside', 3),
      'Large/1.mp3': await song('Four', 'Large', 4),
      'Large/front.png': large,
      'Dark/1.mp3': await song('Five', 'Dark', 5, inside),
    };
    const rows = Object.keys(files).map(
      (name) => `${name},${name.startsWith('Dark') ? '' : 'CC0-1.0'},Ana`,
    );
    files['tracks.csv'] = Buffer.from(['file,licence,holder', ...rows].join('\n'));
    for (const [name, bytes] of Object.entries(files)) {
      const file = path.join(root, 'music', name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, bytes);
      digests[name] = sha256(bytes);
    }
    await fonoteca('init', home);
    await fonoteca('add', path.join(root, 'music'));
    await fonoteca('plan');
    await fonoteca('pack');
  });

  test('an album’s cover is the file beside it, or the file that holds it, and none that cannot be shown', async () => {
    await using site = await openSite();
    const { app } = site;
    const coverOf = async (album: string) =>
      (await app.inject(`/album/${albumIdOf('Ana', album)}.json`)).json().artDigest;
    assert.equal(await coverOf('Beside'), digests['Beside/cover.png']);
    assert.equal(await coverOf('Inside'), digests['Inside/1.mp3']);
    assert.equal(await coverOf('Large'), null);
    assert.equal(await coverOf('Dark'), null);
    const track = await app.inject(`/track/${trackIdOf(digests['Inside/2.mp3']!)}.json`);
    assert.equal(track.json().artDigest, digests['Inside/1.mp3']);
    assert.equal((await app.inject(`/art/${digests['Dark/1.mp3']}?size=64`)).statusCode, 404);
    assert.equal((await app.inject(`/art/${digests['Large/front.png']}?size=64`)).statusCode, 404);
    assert.equal((await app.inject(`/art/${digests['tracks.csv']}?size=64`)).statusCode, 404);
  });

  test('a cover comes in five sizes, never larger than it is, and is made once', async () => {
    const etags = new Map<number, unknown>();
    await using site = await openSite();
    for (const size of [64, 160, 300, 600, 1200]) {
      const answer = await site.app.inject(`/art/${digests['Beside/cover.png']}?size=${size}`);
      assert.equal(answer.statusCode, 200);
      assert.equal(answer.headers['content-type'], 'image/jpeg');
      assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      assert.match(String(answer.headers['cache-control']), /immutable/);
      assert.equal(answer.headers.etag, `"${sha256(answer.rawPayload)}"`);
      const header = readImageHeader(answer.rawPayload);
      assert.equal(header?.widthPx, Math.min(400, size));
      assert.equal(header?.heightPx, Math.min(300, (size * 3) / 4));
      etags.set(size, answer.headers.etag);
    }
    const before = site.asked();
    await using again = await openSite();
    for (const [size, etag] of etags)
      for (const { app } of [site, again]) {
        const url = `/art/${digests['Beside/cover.png']}?size=${size}`;
        assert.equal((await app.inject(url)).headers.etag, etag);
        const headers = { 'if-none-match': String(etag) };
        assert.equal((await app.inject({ url, headers })).statusCode, 304);
      }
    assert.deepEqual([site.asked() - before, again.asked()], [0, 0]);
  });

  test('without a size the picture comes as it is held, out of the file it lies in', async () => {
    await using site = await openSite();
    const own = await site.app.inject(`/art/${digests['Beside/cover.png']}`);
    assert.deepEqual(own.rawPayload, Buffer.from(beside));
    const held = await site.app.inject(`/art/${digests['Inside/1.mp3']}`);
    assert.deepEqual(held.rawPayload, Buffer.from(inside));
    assert.equal(held.headers['content-type'], 'image/png');
    assert.equal((await site.app.inject(`/art/${digests['Inside/2.mp3']}`)).statusCode, 404);
  });

  test('no other size is made, however many are asked for', async () => {
    await using site = await openSite();
    const before = fs.readdirSync(cache);
    const asked = site.asked();
    const sizes = [
      '1000000000',
      '-1',
      'NaN',
      '',
      '0',
      '65',
      '300.5',
      '3e2',
      '0x40',
      ' 64',
      '64,160',
    ];
    for (let size = 2000; size < 2200; size += 1) sizes.push(String(size));
    for (const size of sizes) {
      const url = `/art/${digests['Beside/cover.png']}?size=${encodeURIComponent(size)}`;
      assert.equal((await site.app.inject(url)).statusCode, 400, size);
    }
    const twice = `/art/${digests['Beside/cover.png']}?size=64&size=160`;
    assert.equal((await site.app.inject(twice)).statusCode, 400);
    assert.deepEqual(fs.readdirSync(cache), before);
    assert.equal(site.asked(), asked);
  });

  test('a sound that may be heard is drawn once; nothing else is', async () => {
    await using site = await openSite();
    const url = `/spectrogram/${digests['Beside/1.mp3']}`;
    const drawn = await site.app.inject(url);
    assert.equal(drawn.statusCode, 200);
    const header = readImageHeader(drawn.rawPayload);
    assert.deepEqual([header?.mime, header?.widthPx, header?.heightPx], ['image/png', 1024, 384]);
    const asked = site.asked();
    assert.deepEqual((await site.app.inject(url)).rawPayload, drawn.rawPayload);
    assert.equal(site.asked(), asked);
    for (const name of ['Dark/1.mp3', 'Beside/cover.png', 'tracks.csv'])
      assert.equal((await site.app.inject(`/spectrogram/${digests[name]}`)).statusCode, 404, name);
    assert.equal((await site.app.inject('/spectrogram/../x')).statusCode, 404);
    const track = await site.app.inject(`/track/${trackIdOf(digests['Beside/1.mp3']!)}.json`);
    assert.equal(track.json().spectrogram, digests['Beside/1.mp3']);
  });

  test('a derivative is given the cover it may carry, and the same again by its record', async () => {
    await using site = await openSite();
    const covers = coversOf(site.archive);
    const cover = await covers.coverFor(digests['Beside/1.mp3']!, 300);
    assert.deepEqual(
      [cover?.origin.fileDigest, cover?.origin.pictureDigest, cover?.widthPx, cover?.heightPx],
      [digests['Beside/cover.png'], digests['Beside/cover.png'], 300, 225],
    );
    assert.equal(cover!.digest, sha256(cover!.bytes));
    assert.deepEqual(await covers.coverAgain(cover!.origin), cover);
    const other = await covers.coverFor(digests['Inside/2.mp3']!, 300);
    assert.equal(other?.origin.fileDigest, digests['Inside/1.mp3']);
    assert.equal(other?.origin.pictureDigest, sha256(inside));
    assert.equal(other?.widthPx, 90);
    assert.equal(await covers.coverFor(digests['Large/1.mp3']!, 300), null);
    assert.equal(await covers.coverFor(sha256('nothing'), 300), null);
  });

  test('tags are told by their common names and in the file’s own words, where the file is given out', async () => {
    await using site = await openSite();
    const id = trackIdOf(digests['Beside/1.mp3']!);
    const common = (await site.app.inject(`/track/${id}.json`)).json().tags;
    assert.deepEqual(common[0], { name: 'TITLE', value: 'One' });
    const [file] = (await site.app.inject(`/track/${id}/tags.json`)).json().files;
    assert.equal(file.digest, digests['Beside/1.mp3']);
    assert.equal(file.native[0].kind, 'ID3v2.3');
    assert.deepEqual(file.native[0].fields[0], { name: 'TIT2', value: 'One' });
    const dark = trackIdOf(digests['Dark/1.mp3']!);
    assert.equal((await site.app.inject(`/track/${dark}/tags.json`)).statusCode, 404);
  });

  test('what is withdrawn is shown no more, and nothing made of it is left', async () => {
    assert.ok(fs.readdirSync(cache).length > 0);
    await fonoteca('withdraw', digests['Beside/cover.png']!, '--reason', 'holder-request', '--yes');
    assert.equal(fs.existsSync(cache), false);
    await using site = await openSite();
    const gone = await site.app.inject(`/art/${digests['Beside/cover.png']}?size=300`);
    assert.equal(gone.statusCode, 410);
    const album = await site.app.inject(`/album/${albumIdOf('Ana', 'Beside')}.json`);
    assert.equal(album.json().artDigest, digests['Beside/1.mp3']);
    const covers = coversOf(site.archive);
    const sizePx = 300;
    const place = { fileDigest: digests['Beside/cover.png']!, pictureDigest: sha256(beside) };
    assert.equal(await covers.coverAgain({ ...place, sizePx, build: '' }), null);
  });
});
