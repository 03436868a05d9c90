import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Disk, realDisk } from '../base/disk.ts';
import { unwatched } from '../base/progress.ts';
import { readManifest } from '../catalogue/manifest.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { sampleAlbum, sampleArtist, sampleTrack, writeSampleImport } from './import-samples.ts';

/** More than are written before a thread has started. */
const TRACKS = 6000;
const ALBUM_TRACKS = 12;
const ALBUMS = TRACKS / ALBUM_TRACKS;
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-threads-'));
after(() => fs.rmSync(root, { recursive: true }));

const WORDS = ['sun', 'río', 'night', 'blå', 'train', 'θάλασσα', 'light', 'home'];
const words = (number: number) =>
  [number, number >> 3, number >> 6].map((part) => WORDS[part & 7]!).join(' ');

function writeMany(catalogue: string): void {
  const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
  const artists = numbers(100).map((number) =>
    sampleArtist({ id: `x:artist-${number}`, name: words(number * 7) }),
  );
  const artistOf = (number: number) => artists[number % artists.length]!;
  const albums = numbers(ALBUMS).map((number) => {
    const { id, name } = artistOf(number);
    const title = words(number * 11);
    return sampleAlbum({ id: `x:album-${number}`, title, artist: name, artistIds: [id] });
  });
  const tracks = numbers(TRACKS).map((number) => {
    const album = albums[Math.floor(number / ALBUM_TRACKS)]!;
    return sampleTrack({
      ...{ id: `x:track-${number}`, title: words(number * 13), artist: album.artist },
      ...{ artistIds: album.artistIds, albumId: album.id, album: album.title },
      ...{ popularity: number % 101, genres: [WORDS[number % 5]!], label: words(number >> 8) },
      ...{
        isrcs: [`XX0002${String(number).padStart(6, '0')}`],
        releaseDate: `${1950 + (number % 70)}`,
      },
    });
  });
  const popularity = { origin: 'charts', method: 'as given', date: null };
  writeSampleImport(
    catalogue,
    { tracks, albums, artists },
    { source: 'x', popularity, shardRows: 1000 },
  );
}

function catalogueOf(name: string): string {
  const catalogue = path.join(root, name);
  fs.cpSync(path.join(root, 'imports'), catalogue, { recursive: true });
  return catalogue;
}

async function filesOf(catalogue: string, threads: number, disk: Disk = realDisk) {
  const deps = { disk, catalogue, watch: unwatched, threads };
  const { directory } = await buildSnapshot({ rangeRows: 2000 }, deps);
  const { files } = readManifest(realDisk, directory);
  return files.map((file) => `${file.sha256} ${file.path}`);
}

describe('a build', () => {
  let wanted: string[] = [];
  before(async () => {
    writeMany(path.join(root, 'imports'));
    wanted = await filesOf(catalogueOf('one'), 1);
  });

  test('in two threads is the same as in one, byte for byte', async () => {
    assert.deepEqual(await filesOf(catalogueOf('two'), 2), wanted);
  });

  for (const [group, threads] of [
    ['albums', 1],
    ['tracks', 2],
  ] as const)
    test(`that was cut short at the search index of ${group} goes on from the rows, in ${threads}`, async () => {
      const catalogue = catalogueOf(`cut-${group}-${threads}`);
      const cut = {
        ...realDisk,
        renameReplace(from: string, to: string) {
          if (to.includes(`search-${group}`)) throw new Error('cut');
          realDisk.renameReplace(from, to);
        },
      };
      await assert.rejects(filesOf(catalogue, 1, cut), /cut/);
      const [building] = fs.readdirSync(path.join(catalogue, 'building'));
      const work = path.join(catalogue, 'building', building!, 'work');
      assert.ok(!fs.existsSync(path.join(work, `ranges-${group}`)), 'its ranges are gone');
      assert.deepEqual(await filesOf(catalogue, threads), wanted);
    });
});
