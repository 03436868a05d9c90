import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { readTags } from './read-tags.ts';
import { startSourceWindow } from './source-window.ts';

const AUDIO = path.resolve(import.meta.dirname, '../../../shared/data/audio');
const skip = fs.existsSync(AUDIO) ? false : 'the sample files are not here';

function filesIn(folder: string, pattern = /./): string[] {
  if (skip) return [];
  return fs.readdirSync(path.join(AUDIO, folder)).filter((name) => pattern.test(name));
}

async function read(folder: string, name: string) {
  const bytes = fs.readFileSync(path.join(AUDIO, folder, name));
  const window = startSourceWindow(bytes.length);
  window.push(bytes);
  return readTags(window);
}

/** What all containers say, by fields that some of the files also have and others were never given. */
const FULL = {
  TITLE: 'full',
  ARTIST: 'the artist',
  ALBUM: 'the album',
  TRACKNUMBER: '2',
  TRACKTOTAL: '3',
  DISCNUMBER: '4',
  DISCTOTAL: '5',
  DATE: '2001',
  GENRE: 'the genre',
  LABEL: 'the label',
  COMPOSER: 'the composer',
  GROUPING: 'the grouping',
  COMMENT: 'the comments',
  LYRICS: 'the lyrics',
  BPM: '6',
  COMPILATION: '1',
  MUSICBRAINZ_TRACKID: '8b882575-08a5-4452-a7a7-cbb8a1531f9e',
  MUSICBRAINZ_RELEASETRACKID: 'c29f3a57-b439-46fd-a2e2-93776b1371e0',
  MUSICBRAINZ_ALBUMID: '9e873859-8aa4-4790-b985-5a953e8ef628',
  MUSICBRAINZ_ARTISTID: '7cf0ea9d-86b9-4dad-ba9e-2355a64899ea',
};

for (const name of filesIn('tags-beets', /^full\./))
  test(`${name} says the same as the other containers, each field once`, async () => {
    const { common, native, notes } = await read('tags-beets', name);
    const fields = common.filter(([field]) => field !== 'ALBUMARTIST');
    assert.deepEqual(Object.fromEntries(fields), FULL);
    assert.equal(fields.length, Object.keys(FULL).length);
    assert.deepEqual(notes, []);
    const said = native.flatMap(({ fields: told }) => told).map(([, value]) => value);
    for (const value of ['full', 'the artist', FULL.MUSICBRAINZ_TRACKID])
      assert.ok(said.includes(value), `${value} is not among the native values`);
  });

const PICTURES: readonly (readonly [name: string, count: number])[] = [
  ['image.ape', 1],
  ['image.flac', 2],
  ['image.m4a', 2],
  ['image.mp3', 2],
  ['image.ogg', 2],
  ['image.wma', 2],
  ['coverart.ogg', 1],
];
for (const [name, count] of PICTURES)
  test(`the pictures in ${name} are found`, { skip }, async () => {
    const { art, notes } = await read('tags-beets', name);
    assert.equal(art.length, count);
    assert.deepEqual(notes, []);
    for (const { widthPx, heightPx } of art) assert.ok(widthPx > 0 && heightPx > 0);
  });

/** Files that tag readers failed on. The limit is CPU time: a loaded machine is not a slow reader. */
const MAX_CPU_MS = 1000;
for (const folder of ['edge-mutagen', 'edge-music-metadata', 'tags-beets'])
  for (const name of filesIn(folder))
    test(`${folder}/${name} is read to its end in less than a second`, async () => {
      const before = process.cpuUsage();
      await read(folder, name);
      const { user, system } = process.cpuUsage(before);
      assert.ok((user + system) / 1000 < MAX_CPU_MS, `${user + system} µs`);
    });

test('there are sample files of eleven containers', { skip }, () => {
  assert.equal(filesIn('tags-beets', /^full\./).length, 11);
});
