/**
 * Real music as an operator has it, through the command line: a folder with a table, and `up FOLDER --licence` as typed.
 * `diff -r` judges what comes out again.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { judge } from '../support/outside-tools.ts';
import { publishedFiles, publishedVolumes, sha256Of } from '../support/published.ts';
import {
  copyRealMusic,
  MUSIC_ROWS,
  noRealMusic,
  VERY_SHORT,
  WITHOUT_ROW,
  writeRealMusic,
} from '../support/real-music.ts';
import { type Ran, runFonoteca } from '../support/run-fonoteca.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-real-'));
after(() => fs.rmSync(folder, { recursive: true }));

const isAudio = (name: string) => /\.(?:ogg|opus|mp3)$/.test(name);
const findings = (ran: Ran, code: string): unknown[] =>
  ran.events
    .filter((event) => event.event === 'finding' && event.code === code)
    .map(({ subject }) => subject);
const event = (ran: Ran, name: string) => ran.events.find((one) => one.event === name)!;

describe('a folder of real music with a table', { skip: noRealMusic }, () => {
  const music = path.join(folder, 'music');
  const root = path.join(folder, 'archive');
  let ran: Ran;
  before(async () => {
    writeRealMusic(music);
    ran = await runFonoteca(['up', music, '--dir', root, '--no-serve', '--json']);
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  });

  test('is held whole: seventeen recordings by the digests of their files', () => {
    const held = ran.events.filter(
      ({ event: kind, kind: what }) => kind === 'held' && what === 'audio',
    );
    const names = fs.readdirSync(music, { recursive: true, encoding: 'utf8' }).filter(isAudio);
    assert.equal(names.length, 17);
    assert.deepEqual(
      Object.fromEntries(held.map((item) => [item.path, item.digest])),
      Object.fromEntries(names.map((name) => [name, sha256Of(path.join(music, name))])),
    );
  });

  test('leaves the two recordings without a row dark, by name', () => {
    const { dark, withoutRow } = event(ran, 'added') as {
      dark: { path: string; kind: string }[];
      withoutRow: string[];
    };
    const names = dark.filter(({ kind }) => kind === 'audio').map(({ path: name }) => name);
    assert.deepEqual(names.sort(), WITHOUT_ROW);
    assert.deepEqual(withoutRow.toSorted(), WITHOUT_ROW);
    for (const name of WITHOUT_ROW) assert.ok(findings(ran, 'RIGHTS_UNKNOWN').includes(name));
    const published = new Set(publishedFiles(root).map(({ digest }) => digest));
    for (const name of WITHOUT_ROW) assert.ok(!published.has(sha256Of(path.join(music, name))));
  });

  test('tells of sounds under a second, and publishes them like any other', () => {
    assert.deepEqual(findings(ran, 'AUDIO_VERY_SHORT').sort(), VERY_SHORT);
    const published = new Set(publishedFiles(root).map(({ digest }) => digest));
    for (const [name] of MUSIC_ROWS)
      assert.ok(published.has(sha256Of(path.join(music, name))), name);
  });

  test('comes out as it went in, the dark recordings too', async () => {
    const out = path.join(folder, 'out');
    const args = ['get', 'all', '--out', out, '--original-names', '--archive', root];
    const got = await runFonoteca(args);
    assert.equal(got.code, 0, got.stdout + got.stderr);
    const { status, said } = judge('diff', ['-r', music, out]);
    assert.deepEqual([status, said], [0, '']);
  });

  test('verifies, by its key, and no longer after one bit of one volume has changed', async () => {
    const key = path.join(root, 'keys/edition.pub');
    const verify = () => runFonoteca(['verify', root, '--key', key, '--json']);
    const sound = await verify();
    assert.equal(sound.code, 0, sound.stdout + sound.stderr);
    const [volume] = publishedVolumes(root);
    const bytes = fs.readFileSync(volume!.file);
    const at = Math.floor(bytes.length / 2);
    bytes[at]! ^= 1;
    fs.chmodSync(volume!.file, 0o644);
    fs.writeFileSync(volume!.file, bytes);
    const rotten = await verify();
    assert.equal(rotten.code, 12, rotten.stdout + rotten.stderr);
    bytes[at]! ^= 1;
    fs.writeFileSync(volume!.file, bytes);
    assert.equal((await verify()).code, 0);
  });
});

describe('a folder of real music and one licence on the command line', {
  skip: noRealMusic,
}, () => {
  const up = (music: string, root: string, licence: string, ...more: string[]) =>
    runFonoteca(['up', music, '--licence', licence, '--dir', root, '--no-serve', ...more]);

  test('whose tags speak of another licence keeps theirs, with a warning for each file', async () => {
    const music = path.join(folder, 'singularity');
    copyRealMusic(music, 'singularity-music');
    const root = path.join(folder, 'singularity-archive');
    const ran = await up(music, root, 'CC-BY-4.0', '--json');
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    assert.deepEqual(findings(ran, 'RIGHTS_CONFLICT').sort(), [
      'Chimes They Fade.ogg',
      'March Thee to Dis.ogg',
    ]);
    const rights = fs.readFileSync(path.join(root, 'editions/0001/rights.jsonl'), 'utf8');
    assert.equal(rights.match(/"licence":"CC-BY-SA-3\.0"/g)?.length, 2);
  });

  test('whose tags say GPL and no version is published under the version typed, warned by name', async () => {
    const music = path.join(folder, 'wesnoth');
    copyRealMusic(music, 'wesnoth-1.16-music');
    const root = path.join(folder, 'wesnoth-archive');
    // What `npm start -- FOLDER --licence …` runs.
    const typed = [music, '--licence', 'GPL-2.0-or-later', '--no-serve', '--dir', root];
    const ran = await runFonoteca(['start', ...typed]);
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    const names = fs.readdirSync(music).filter(isAudio);
    assert.equal(names.length, 6);
    for (const name of names)
      assert.ok(ran.stderr.includes(`${name}: its tags: "GPL"; --licence: GPL-2.0-or-later`));
    assert.match(ran.stdout, /^add +6 recordings/m);
    assert.match(ran.stdout, /^edition +1: /m);
    const published = publishedFiles(root).map(({ digest }) => digest);
    for (const name of names) assert.ok(published.includes(sha256Of(path.join(music, name))), name);
    for (const { infohashV1, infohashV2 } of publishedVolumes(root)) {
      assert.ok(ran.stdout.includes(`xt=urn:btih:${infohashV1}&xt=urn:btmh:1220${infohashV2}`));
    }
  });

  test('of another family than the tags frees nothing', async () => {
    const music = path.join(folder, 'elves');
    copyRealMusic(music, 'wesnoth-1.16-music');
    const root = path.join(folder, 'elves-archive');
    const ran = await up(music, root, 'CC-BY-4.0', '--json');
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    const { dark } = event(ran, 'added') as { dark: { kind: string }[] };
    assert.equal(dark.filter(({ kind }) => kind === 'audio').length, 6);
    assert.ok(!fs.existsSync(path.join(root, 'editions/0001')));
  });
});
