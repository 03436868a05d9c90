/** A folder that has changed since yesterday: `fonoteca up` again publishes what is new and leaves the rest as it was. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { judge, missingTools } from '../support/outside-tools.ts';
import {
  type PublishedVolume,
  publishedFiles,
  publishedVolumes,
  sha256Of,
  treeDigests,
} from '../support/published.ts';
import { type Ran, runFonoteca } from '../support/run-fonoteca.ts';
import { SAMPLE_FILES, type SampleFile, writeSampleMusic } from '../support/sample-music.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-second-run-'));
after(() => fs.rmSync(folder, { recursive: true }));
const music = path.join(folder, 'music');
const root = path.join(folder, 'archive');

/** Re-tagged before the second run; published as Opus, so that a second encoding would show. */
const RETAGGED = 'Ana/Water/01 Rain.flac';
/** Gone before the second run. */
const VANISHED = 'Bo/Air/01 Wind.mp3';
const ADDED: readonly SampleFile[] = [
  { path: 'Cem/Earth/01 Clay.ogg', frequencyHz: 660, popularity: '10' },
  { path: 'Cem/Earth/02 Sand.flac', frequencyHz: 770, popularity: '20' },
  { path: 'Ana/Water/04 Ice.mp3', frequencyHz: 880, popularity: '30' },
];
/** Added before the third run: nobody has asked for it yet, so it is published as Opus. */
const LATE: SampleFile = { path: 'Dee/Fire/01 Ember.wav', frequencyHz: 990, popularity: '0' };

const up = () => runFonoteca(['up', music, '--dir', root, '--no-serve', '--json']);
const event = (ran: Ran, name: string) => ran.events.find((one) => one.event === name);
const at = (name: string) => path.join(music, name);
const volumeNames = (volumes: readonly PublishedVolume[]) => volumes.map(({ name }) => name);
const opusDigests = (edition: number) =>
  publishedFiles(root, edition)
    .filter(({ tier }) => tier === 'opus')
    .map(({ digest }) => digest)
    .sort();

describe('a second run', { skip: missingTools('metaflac') }, () => {
  let original: Record<'retagged' | 'vanished', Buffer>;
  let first: Record<string, string>;
  let second: Ran;

  before(async () => {
    await writeSampleMusic(music);
    const ran = await up();
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    original = {
      retagged: fs.readFileSync(at(RETAGGED)),
      vanished: fs.readFileSync(at(VANISHED)),
    };
    first = treeDigests(path.join(root, 'volumes'));

    await writeSampleMusic(music, [...SAMPLE_FILES, ...ADDED]);
    fs.rmSync(at(VANISHED));
    const tagged = judge('metaflac', [
      '--set-tag=TITLE=Drizzle',
      '--set-tag=MOOD=wet',
      at(RETAGGED),
    ]);
    assert.equal(tagged.status, 0, tagged.said);
    second = await up();
    assert.equal(second.code, 0, second.stdout + second.stderr);
  });

  test('publishes edition 2 with exactly one new volume, which holds the three new files', () => {
    const before = volumeNames(publishedVolumes(root, 1));
    const fresh = publishedVolumes(root, 2).filter(({ name }) => !before.includes(name));
    assert.equal(fresh.length, 1);
    assert.equal(fresh[0]!.members, ADDED.length);
    const digests = publishedFiles(root, 2)
      .filter(({ volume }) => volume === fresh[0]!.name)
      .map(({ digest }) => digest);
    assert.deepEqual(digests.sort(), ADDED.map((file) => sha256Of(at(file.path))).sort());
    assert.equal(event(second, 'edition')?.number, 2);
  });

  test('leaves every old volume, torrent and infohash as it was, byte for byte', () => {
    const now = treeDigests(path.join(root, 'volumes'));
    assert.deepEqual(now, { ...now, ...first });
    const old = publishedVolumes(root, 1);
    const kept = publishedVolumes(root, 2).filter(({ name }) => volumeNames(old).includes(name));
    const hashes = (volumes: readonly PublishedVolume[]) =>
      volumes.map(({ name, infohashV1, infohashV2 }) => [name, infohashV1, infohashV2]);
    assert.deepEqual(hashes(kept), hashes(old));
  });

  test('encodes nothing again, the re-tagged file neither', () => {
    assert.deepEqual(event(second, 'encoded')?.made, []);
    assert.deepEqual(opusDigests(2), opusDigests(1));
  });

  test('holds the re-tagged file beside what it was before, and shows its new title', async () => {
    assert.notEqual(sha256Of(at(RETAGGED)), sha256Of(original.retagged));
    assert.equal(event(second, 'added')?.retagged, 1);
    for (const bytes of [original.retagged, fs.readFileSync(at(RETAGGED))])
      assert.deepEqual(await restored(sha256Of(bytes)), bytes);
    const shown = await runFonoteca(['search', 'Drizzle', '--archive', root]);
    assert.match(shown.stdout, /Drizzle/);
  });

  test('tells of the vanished file, holds it and gives it back', async () => {
    assert.equal(event(second, 'added')?.vanished, 1);
    const told = second.events.filter(({ event: kind, subject }) => kind === 'finding' && subject);
    assert.ok(
      told.some(({ code, subject }) => code === 'SOURCE_VANISHED' && subject === VANISHED),
      JSON.stringify(told),
    );
    const digest = sha256Of(original.vanished);
    assert.ok(publishedFiles(root, 2).some((file) => file.digest === digest));
    assert.deepEqual(await restored(digest), original.vanished);
  });

  test('with nothing changed publishes nothing and reads nothing again', async () => {
    const editions = treeDigests(path.join(root, 'editions'));
    const again = await up();
    assert.equal(again.code, 0, again.stdout + again.stderr);
    assert.equal(event(again, 'added')?.bytes, 0);
    assert.deepEqual(treeDigests(path.join(root, 'editions')), editions);
  });

  test('encodes only what is new', async () => {
    const before = opusDigests(2);
    await writeSampleMusic(path.join(folder, 'late'), [LATE]);
    fs.mkdirSync(path.dirname(at(LATE.path)), { recursive: true });
    fs.copyFileSync(path.join(folder, 'late', LATE.path), at(LATE.path));
    fs.appendFileSync(
      at('tracks.csv'),
      `${LATE.path},0,CC0-1.0,Test label,https://example.org/l\n`,
    );
    const third = await up();
    assert.equal(third.code, 0, third.stdout + third.stderr);
    const made = event(third, 'encoded')?.made as { digest: string; sourceDigest: string }[];
    assert.deepEqual(
      made.map(({ sourceDigest }) => sourceDigest),
      [sha256Of(at(LATE.path))],
    );
    assert.deepEqual(opusDigests(3), [...before, made[0]!.digest].sort());
  });
});

/** The bytes that `get` writes for `digest`. */
async function restored(digest: string): Promise<Buffer> {
  const out = fs.mkdtempSync(path.join(folder, 'out-'));
  const ran = await runFonoteca(['get', digest, '--out', out, '--archive', root]);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  const names = fs.readdirSync(out, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => fs.statSync(path.join(out, name)).isFile());
  assert.equal(files.length, 1, names.join(' '));
  return fs.readFileSync(path.join(out, files[0]!));
}
