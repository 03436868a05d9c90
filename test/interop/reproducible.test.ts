/**
 * Same in, same out: another folder, user, home, time zone, language, umask, order of writing, clock and key give the
 * same volumes and torrents byte for byte; with the same key and clock also the same signed edition. `cmp` by digests.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { judge } from '../support/outside-tools.ts';
import { publishedVolumes, treeDigests } from '../support/published.ts';
import { runFonoteca, TEST_EPOCH } from '../support/run-fonoteca.ts';
import { writeSampleMusic } from '../support/sample-music.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-same-'));
after(() => fs.rmSync(folder, { recursive: true }));

const NAME = 'An archive';
const YEAR_LATER = String(Number(TEST_EPOCH) + 365 * 24 * 3600);
const NOBODY = 65_534;

/** The surroundings of a run. */
interface Place {
  readonly root: string;
  readonly wrapper: readonly string[];
  readonly env: Record<string, string>;
}

/** Runs as another user where this one may become one and the program is readable to all; the rest differs in any case. */
function elsewhere(root: string, epoch: string): Place {
  const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const source = path.resolve(import.meta.dirname, '../../src/main.ts');
  const mayBecome =
    judge(asNobody[0]!, [...asNobody.slice(1), process.execPath, source, '--version']).status === 0;
  const env = {
    HOME: path.dirname(root),
    USER: 'somebody',
    TZ: 'Pacific/Kiritimati',
    LANG: 'tr_TR.UTF-8',
    LC_ALL: 'tr_TR.UTF-8',
    SOURCE_DATE_EPOCH: epoch,
  };
  const umask = ['sh', '-c', 'umask 077; exec "$@"', 'sh'];
  return { root, wrapper: mayBecome ? [...asNobody, ...umask] : umask, env };
}

/** Copies the music in the opposite order, so that folders list it otherwise, with other times and modes. */
function copyBackwards(from: string, to: string): void {
  const names = fs.readdirSync(from, { recursive: true, encoding: 'utf8' }).sort().reverse();
  for (const name of names) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    if (fs.statSync(source).isDirectory()) continue;
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(source, target);
    fs.utimesSync(target, 1_000_000_000, 1_000_000_000 + names.length);
    fs.chmodSync(target, 0o444);
  }
}

async function publish(place: Place, music: string, secretKey?: string): Promise<void> {
  const run = async (...args: string[]) => {
    const ran = await runFonoteca(args, { wrapper: place.wrapper, env: place.env });
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  };
  const key = secretKey === undefined ? [] : ['--secret-key', secretKey];
  await run('init', place.root, '--name', NAME, ...key);
  await run('up', music, '--dir', place.root, '--no-serve');
}

describe('the same material', () => {
  const here: Place = {
    root: path.join(folder, 'here', 'archive'),
    wrapper: [],
    env: { TZ: 'UTC', LC_ALL: 'C' },
  };
  const yonder = path.join(folder, 'yonder and far', 'ünder');
  const otherKey = elsewhere(path.join(yonder, 'a'), YEAR_LATER);
  const sameKey = elsewhere(path.join(yonder, 'b'), TEST_EPOCH);

  before(async () => {
    const music = path.join(folder, 'here', 'music');
    const copy = path.join(yonder, 'the same');
    await writeSampleMusic(music);
    copyBackwards(music, copy);
    await publish(here, music);
    const key = path.join(yonder, 'edition.key');
    fs.copyFileSync(path.join(here.root, 'keys/edition.key'), key);
    if (process.getuid?.() === 0) {
      fs.chmodSync(folder, 0o711);
      for (const owned of [yonder, key]) fs.chownSync(owned, NOBODY, NOBODY);
    }
    await publish(otherKey, copy);
    await publish(sameKey, copy, key);
  });

  test('gives the same volumes, leaves and torrents, whoever packs it where and when', () => {
    const wanted = treeDigests(path.join(here.root, 'volumes'));
    assert.equal(Object.keys(wanted).length, 6, 'two volumes of three files');
    for (const { root } of [otherKey, sameKey])
      assert.deepEqual(treeDigests(path.join(root, 'volumes')), wanted);
    const hashes = (root: string) =>
      publishedVolumes(root).map(({ name, infohashV1, infohashV2 }) => [
        name,
        infohashV1,
        infohashV2,
      ]);
    assert.deepEqual(hashes(otherKey.root), hashes(here.root));
  });

  test('gives the same signed edition under the same key and clock', () => {
    const wanted = treeDigests(path.join(here.root, 'editions'));
    assert.ok(wanted['0001/edition.json'] && wanted['0001/edition.json.minisig']);
    assert.deepEqual(treeDigests(path.join(sameKey.root, 'editions')), wanted);
    assert.notDeepEqual(treeDigests(path.join(otherKey.root, 'editions')), wanted);
  });
});
