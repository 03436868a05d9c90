import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { realDisk } from './base/disk.ts';
import { unwatched } from './base/progress.ts';
import { seededRandom } from './base/seeded-random.ts';
import { parseMetainfo } from './formats/metainfo-parse.ts';
import { hashTorrent, keepTorrent, planTorrent, type TorrentWish } from './make-torrent.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-make-torrent-'));
after(() => fs.rmSync(folder, { recursive: true }));

const music = path.join(folder, 'music');
for (const [name, sizeBytes] of [
  ['a/one.ogg', 70_000],
  ['a/empty', 0],
  ['b.txt', 5],
] as const) {
  fs.mkdirSync(path.dirname(path.join(music, name)), { recursive: true });
  fs.writeFileSync(path.join(music, name), seededRandom(sizeBytes + 1).bytes(sizeBytes));
}

const wish = (change: Partial<TorrentWish>): TorrentWish => ({
  ...{ paths: [music], versions: 'hybrid', pieceLengthBytes: 16_384, trackers: [], webSeeds: [] },
  ...change,
});
const make = async (change: Partial<TorrentWish>) => {
  const plan = planTorrent(wish(change), realDisk);
  return parseMetainfo((await hashTorrent(plan, realDisk, unwatched)).bytes);
};

describe('a torrent made of files on the disk', () => {
  for (const versions of ['v1', 'v2', 'hybrid'] as const)
    test(`holds a folder's files, ${versions}`, async () => {
      const read = await make({ versions, trackers: ['http://a.example', 'udp://b.example:1'] });
      assert.equal(read.kind, versions);
      assert.deepEqual(
        read.files.map((file) => [file.path, file.sizeBytes]),
        [
          ['music/a/empty', 0],
          ['music/a/one.ogg', 70_000],
          ['music/b.txt', 5],
        ],
      );
      assert.deepEqual(read.trackers, [['http://a.example'], ['udp://b.example:1']]);
    });

  test('is one file for one file, and a folder with a name for several paths', async () => {
    const alone = await make({ paths: [path.join(music, 'b.txt')], name: 'other.txt' });
    assert.deepEqual(
      alone.files.map((file) => file.path),
      ['other.txt'],
    );
    const paths = [path.join(music, 'b.txt'), path.join(music, 'a')];
    const both = await make({ paths, name: 'both' });
    assert.deepEqual(
      both.files.map((file) => file.path),
      ['both/a/empty', 'both/a/one.ogg', 'both/b.txt'],
    );
    assert.throws(() => planTorrent(wish({ paths }), realDisk), { code: 'METAINFO_INVALID' });
  });

  test('is the same bytes the second time, and never takes the place of another', async () => {
    const plan = planTorrent(wish({}), realDisk);
    const { bytes } = await hashTorrent(plan, realDisk, unwatched);
    const out = path.join(folder, 'music.torrent');
    keepTorrent(realDisk, out, bytes);
    keepTorrent(realDisk, out, (await hashTorrent(plan, realDisk, unwatched)).bytes);
    assert.throws(() => keepTorrent(realDisk, out, bytes.subarray(1)), { code: 'FILE_EXISTS' });
    assert.deepEqual(fs.readFileSync(out), Buffer.from(bytes));
  });

  test('refuses links, missing files, odd piece lengths and a file that grew', async () => {
    const linked = path.join(folder, 'linked');
    fs.mkdirSync(linked);
    fs.symlinkSync('/etc/passwd', path.join(linked, 'a'));
    const rows: [Partial<TorrentWish>, string][] = [
      [{ paths: [linked] }, 'FILE_NOT_REGULAR'],
      [{ paths: [path.join(folder, 'nothing')] }, 'FILE_MISSING'],
      [{ pieceLengthBytes: 3 }, 'METAINFO_INVALID'],
    ];
    for (const [change, code] of rows)
      assert.throws(() => planTorrent(wish(change), realDisk), { code });
    const growing = path.join(folder, 'growing');
    fs.writeFileSync(growing, 'short');
    const plan = planTorrent(wish({ paths: [growing] }), realDisk);
    fs.appendFileSync(growing, ' no more');
    await assert.rejects(hashTorrent(plan, realDisk, unwatched), {
      code: 'FILE_CHANGED_DURING_READ',
    });
  });

  test('stops between files and pieces when asked to', async () => {
    const large = path.join(folder, 'large');
    fs.writeFileSync(large, new Uint8Array(17 * 2 ** 20));
    const plan = planTorrent(wish({ paths: [large] }), realDisk);
    await assert.rejects(hashTorrent(plan, realDisk, { ...unwatched, stop: AbortSignal.abort() }), {
      code: 'INTERRUPTED',
    });
  });
});
