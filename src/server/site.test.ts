import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before, describe } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { type Digest, sha256 } from '../base/digest.ts';
import { unwatched } from '../base/progress.ts';
import { seededRandom } from '../base/seeded-random.ts';
import type { Holding } from '../model/holding.ts';
import { albumIdOf, artistIdOf } from '../model/ids.ts';
import { planEdition } from '../publishing/plan-edition.ts';
import { publishEdition } from '../publishing/publish-edition.ts';
import { type TestArchive, testArchive } from '../publishing/test-archive.ts';
import { createServer } from './create-server.ts';
import { testSite } from './test-site.ts';

const ALBUM = albumIdOf('Ana', 'Álbum');
const SONG_BYTES = 70_000;
/** Seeds of songs: one published, one published with an Opus copy alone, one dark, one held without a right, one not yet published, two in other formats. */
const SEEDS = { open: 1, copied: 2, dark: 3, rightless: 4, packed: 5, aiff: 6, mp4: 7 } as const;
/** All that may be recorded of a sound. */
const MEASURED: Partial<Holding> = {
  tags: [['TITLE', 'Canción']],
  technical: {
    ...{ format: 'ogg-vorbis', channels: 2, sampleRateHz: 48_000, durationMs: 61_000 },
    ...{ bitrateKbps: 75, audioDigest: sha256('sound'), peaks: 'AAECAw==' },
    ...{ loudnessLufs: -14, loudnessRangeLu: 6, truePeakDbtp: -1 },
    features: { tempoBpm: { value: 96, confidence: 0.7, algorithm: 'onset-autocorrelation/1' } },
  },
};

describe('the site of a real archive', () => {
  let root: string;
  let archive: TestArchive;
  let app: FastifyInstance;
  const digests: Partial<Record<keyof typeof SEEDS, Digest>> = {};
  const faults: string[] = [];
  before(async () => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-site-'));
    archive = await testArchive(root);
    const [volume] = [await archive.pack([song('open')])];
    digests.open = volume!.members[0]!.digest;
    digests.copied = (await archive.pack([{ ...song('copied'), tier: 'opus' }])).members[0]!.digest;
    await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
    digests.packed = (await archive.pack([song('packed')])).members[0]!.digest;
    digests.dark = (await archive.pack([{ ...song('dark'), rights: { dark: true } }]))
      .members[0]!.digest;
    const rightless = { ...song('rightless'), rights: { licence: null }, holding: MEASURED };
    digests.rightless = (await archive.pack([rightless])).members[0]!.digest;
    for (const name of ['aiff', 'mp4'] as const) {
      const holding = { mimeType: `audio/${name}`, extension: name };
      digests[name] = (await archive.pack([{ ...song(name), holding }])).members[0]!.digest;
    }
    app = serve();
    await app.ready();
  });
  after(async () => {
    await app?.close();
    await archive?.close();
    fs.rmSync(root, { recursive: true });
  });

  function song(name: keyof typeof SEEDS) {
    return { seed: SEEDS[name], title: `Canción ${name}`, sizeBytes: SONG_BYTES };
  }

  function serve(): FastifyInstance {
    return createServer(testSite(archive), {
      webBuildDirectory: null,
      onFault: (error) => faults.push(String(error)),
    });
  }

  const json = async (url: string) => (await app.inject(url)).json();

  test('the front page counts what is held and leads to the latest album and edition', async () => {
    const home = await json('/index.json');
    assert.equal(home.counts.volumes, 7);
    assert.deepEqual(
      home.latestAlbums.map(({ id }: { id: string }) => id),
      [ALBUM],
    );
    assert.deepEqual(home.latestEdition, { number: 1, at: '2026-01-02T03:04:05Z' });
    assert.deepEqual(home.licences, [{ id: 'CC-BY-4.0', files: 2 }]);
    assert.equal((await json('/archive.json')).contact, 'mailto:rights@archive.example');
  });

  test('an album lists what may be shown, and says of each track how far it has come', async () => {
    const album = await json(`/album/${ALBUM}.json`);
    const statuses = Object.fromEntries(
      album.tracks.map((track: { title: string; status: string; stream: unknown }) => [
        track.title,
        [track.status, track.stream !== null],
      ]),
    );
    assert.deepEqual(statuses, {
      'Canción open': ['published', true],
      'Canción copied': ['published', true],
      'Canción packed': ['packed', true],
      'Canción rightless': ['packed', false],
      'Canción aiff': ['packed', false],
      'Canción mp4': ['packed', true],
    });
  });

  test('what is dark is nowhere: no page, no result, no bytes', async () => {
    const dark = `local:${digests.dark!.slice(0, 24)}`;
    assert.equal((await app.inject(`/track/${dark}.json`)).statusCode, 404);
    for (const url of [
      '/search.json?q=dark',
      '/search.json?q=canci',
      `/artist/${artistIdOf('Ana')}.json`,
      `/album/${ALBUM}.json`,
    ])
      assert.doesNotMatch((await app.inject(url)).body, /Canción dark/, url);
    for (const address of ['stream', 'file', 'art'])
      assert.equal((await app.inject(`/${address}/${digests.dark}`)).statusCode, 404);
  });

  test('what has no right is named, with the reason, and nothing made from it is told or given out', async () => {
    const id = `local:${digests.rightless!.slice(0, 24)}`;
    const track = await json(`/track/${id}.json`);
    assert.equal(track.title, 'Canción rightless');
    assert.equal(track.durationMs, 61_000);
    assert.equal(track.rights.decisions[0].because, 'no licence is recorded');
    const { peaks, loudnessLufs, loudnessRangeLu, truePeakDbtp, spectrogram, artDigest } = track;
    assert.deepEqual(
      [peaks, loudnessLufs, loudnessRangeLu, truePeakDbtp, spectrogram, artDigest],
      Array(6).fill(null),
    );
    assert.deepEqual([track.features, track.tags, track.files, track.stream], [[], [], [], null]);
    assert.ok(!JSON.stringify(track).includes(digests.rightless!));
    for (const address of ['stream', 'file', 'art', 'spectrogram'])
      assert.equal((await app.inject(`/${address}/${digests.rightless}`)).statusCode, 404);
    assert.equal((await app.inject(`/track/${id}/tags.json`)).statusCode, 404);
  });

  test('what browsers do not play is told by its format, and can be taken', async () => {
    const id = `local:${digests.aiff!.slice(0, 24)}`;
    const { stream, unplayed, files } = await json(`/track/${id}.json`);
    assert.deepEqual([stream, unplayed, files[0].open], [null, 'audio/aiff', true]);
    const mp4 = await json(`/track/local:${digests.mp4!.slice(0, 24)}.json`);
    assert.deepEqual([mp4.stream.mimeType, mp4.unplayed], ['audio/mp4', null]);
  });

  test('a track streams by range out of its volume, bytes as they were received', async () => {
    const bytes = Buffer.from(seededRandom(SEEDS.open).bytes(SONG_BYTES));
    const whole = await app.inject(`/file/${digests.open}`);
    assert.ok(whole.rawPayload.equals(bytes));
    assert.match(String(whole.headers['content-disposition']), /attachment; filename="Canci_n 1/);
    const range = await app.inject({
      url: `/stream/${digests.open}`,
      headers: { range: 'bytes=30000-50000' },
    });
    assert.equal(range.statusCode, 206);
    assert.ok(range.rawPayload.equals(bytes.subarray(30_000, 50_001)));
    assert.equal(range.headers['content-type'], 'audio/ogg');
  });

  test('a derivative tells what it was made from', async () => {
    const { tracks } = await json('/search.json?q=copied');
    const track = await json(`/track/${tracks[0].id}.json`);
    const opus = track.files.find((file: { tier: string }) => file.tier === 'opus');
    assert.equal(opus.provenance.sourceDigest, track.files[0].digest);
    assert.equal(track.stream.digest, digests.copied);
  });

  test('what was measured of a track is told, and nothing where nothing was', async () => {
    const { tracks } = await json('/search.json?q=copied');
    const { features, loudnessLufs } = await json(`/track/${tracks[0].id}.json`);
    const algorithm = 'onset-autocorrelation/1';
    assert.deepEqual(features, [{ name: 'tempoBpm', value: 96, confidence: 0.7, algorithm }]);
    assert.equal(loudnessLufs, null);
    const unmeasured = await json(`/track/local:${digests.rightless!.slice(0, 24)}.json`);
    assert.deepEqual(unmeasured.features, []);
  });

  test('an edition shows its volumes as they were published, and each of its files can be fetched', async () => {
    const edition = await json('/editions/1.json');
    assert.equal(edition.volumes.length, 2);
    for (const { infohashV1, magnet } of edition.volumes)
      assert.ok(magnet.includes(`urn:btih:${infohashV1}`));
    assert.ok(
      edition.files.some(
        ({ path: name }: { path: string }) => name === 'editions/0001/edition.json.minisig',
      ),
    );
    for (const file of edition.files) {
      const reply = await app.inject(`/${file.path}`);
      assert.deepEqual(
        [reply.statusCode, reply.headers.etag],
        [200, `"${file.sha256}"`],
        file.path,
      );
    }
    for (const { torrent, name, sizeBytes } of edition.volumes) {
      assert.equal(
        (await app.inject(`/${torrent}`)).headers['content-type'],
        'application/x-bittorrent',
      );
      const tar = await app.inject({
        url: `/volumes/${name}.tar`,
        headers: { range: 'bytes=-512' },
      });
      assert.equal(
        tar.headers['content-range'],
        `bytes ${sizeBytes - 512}-${sizeBytes - 1}/${sizeBytes}`,
      );
      const onDisk = fs.readFileSync(path.join(root, 'volumes', `${name}.tar`));
      assert.ok(tar.rawPayload.equals(onDisk.subarray(-512)));
      assert.equal((await app.inject(`/volumes/${name}.leaves`)).statusCode, 200);
    }
    assert.equal((await app.inject('/editions/2.json')).statusCode, 404);
  });

  test('a follower finds the pointer and the timestamp', async () => {
    const pointer = await json('/editions/current.json');
    assert.deepEqual(pointer, { edition: 1, timestamp: 1 });
    assert.equal((await json('/editions/timestamps/0001-1.json')).edition, 1);
    assert.equal((await app.inject('/editions/timestamps/0001-1.json.minisig')).statusCode, 200);
  });

  test('the log is there, its checkpoint as text and its tiles as bytes', async () => {
    const { log } = await json('/editions/0001/edition.json');
    const checkpoint = await app.inject('/editions/log/checkpoint');
    assert.match(checkpoint.body, new RegExp(`^fonoteca/[0-9A-F]{16}\n${log.size + 1}\n`));
    assert.match(String(checkpoint.headers['content-type']), /^text\/plain/);
    const tile = await app.inject(`/editions/log/tile/0/000.p/${log.size + 1}`);
    assert.equal(tile.rawPayload.length, 32 * (log.size + 1));
    assert.equal(tile.headers['content-type'], 'application/octet-stream');
    assert.equal(
      (await app.inject(`/editions/log/tile/entries/000.p/${log.size + 1}`)).statusCode,
      200,
    );
  });

  test('a verifier of an edition is sent only while its bytes are those of its name', async () => {
    const folder = path.join(root, 'editions', 'tools');
    fs.mkdirSync(folder, { recursive: true });
    const text = 'print("checked")\n';
    const name = `verify-${sha256(text).slice(0, 16)}.py`;
    fs.writeFileSync(path.join(folder, name), text);
    fs.writeFileSync(path.join(folder, 'verify-0000000000000000.py'), text);
    assert.equal((await app.inject(`/editions/tools/${name}`)).body, text);
    for (const other of ['verify-0000000000000000.py', 'other.py', 'verify-1111111111111111.py'])
      assert.equal((await app.inject(`/editions/tools/${other}`)).statusCode, 404, other);
  });

  test('nothing outside the published tree can be fetched', async () => {
    const unpublished = (await archive.deps.ledger.places(digests.packed!))[0]!.volume;
    for (const url of [
      `/volumes/${unpublished}.tar`,
      `/volumes/${unpublished}.torrent`,
      '/editions/0002/edition.json',
      '/editions/0001/../../ledger.db',
      '/editions/0001/..%2f..%2fledger.db',
      '/editions/..%2fledger.db',
      '/volumes/..%2fledger.db',
      '/editions/timestamps/..%2fcurrent.json',
      '/editions/timestamps/',
      '/editions/log/',
      '/editions/log/tile/0/000',
      '/editions/log/tile/0/..%2f..%2fcheckpoint',
      '/editions/log/tile/0/000.p/..%2f2',
      '/ledger.db',
      '/keys/edition.key',
    ])
      assert.equal((await app.inject(url)).statusCode, 404, url);
  });

  test('damaged bytes are never sent: not of a volume, not of a document', async () => {
    const { volumes } = await json('/editions/1.json');
    const [place] = await archive.deps.ledger.places(digests.open!);
    flip(path.join(root, 'volumes', `${place!.volume}.tar`), place!.positionBytes + 20_000);
    flip(path.join(root, 'editions', '0001', 'README.txt'), 10);
    faults.length = 0;
    const damaged = await app.inject({
      url: `/stream/${digests.open}`,
      headers: { range: 'bytes=20000-20010' },
    });
    assert.equal(damaged.statusCode, 500);
    assert.equal(damaged.json().error.code, 'STORE_OBJECT_DAMAGED');
    const beside = await app.inject({
      url: `/stream/${digests.open}`,
      headers: { range: 'bytes=60000-60010' },
    });
    assert.equal(beside.statusCode, 206, 'an intact part of the same file');
    const document = await app.inject('/editions/0001/README.txt');
    assert.equal(document.statusCode, 500);
    assert.doesNotMatch(damaged.body + document.body, new RegExp(root));
    assert.equal(faults.length, 2, faults.join('\n'));
    assert.equal(volumes.length, 2);
  });
});

function flip(file: string, position: number): void {
  const bytes = fs.readFileSync(file);
  bytes[position] = bytes[position]! ^ 1;
  fs.chmodSync(file, 0o644);
  fs.writeFileSync(file, bytes);
}
