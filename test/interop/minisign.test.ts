/** minisign, sha256sum, xmllint and a plain shell judge our keys, signatures, sums and feeds, and we judge minisign's. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemRandom } from '../../src/base/clock.ts';
import { sha256 } from '../../src/base/digest.ts';
import { unwatched } from '../../src/base/progress.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { encodeAtomFeed } from '../../src/formats/feed-atom.ts';
import { encodeRssFeed } from '../../src/formats/feed-rss.ts';
import { encodeMetalink } from '../../src/formats/metalink.ts';
import {
  formatPublicKey,
  makeMinisignKey,
  parsePublicKey,
  signMinisign,
  verifyMinisign,
} from '../../src/formats/minisign.ts';
import { formatSecretKey, parseSecretKey } from '../../src/formats/minisign-secret.ts';
import { planEdition } from '../../src/publishing/plan-edition.ts';
import { publishEdition } from '../../src/publishing/publish-edition.ts';
import { publishTo } from '../../src/publishing/publish-to.ts';
import { TEST_SETTINGS, testArchive, testSongs } from '../../src/publishing/test-archive.ts';
import { missing } from './sample-volume.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-minisign-'));
after(() => fs.rmSync(folder, { recursive: true }));
const at = (name: string) => path.join(folder, name);
const noMinisign = missing('minisign', ['-v']) && 'minisign is not installed';
const noXmllint = missing('xmllint', ['--version']) && 'xmllint is not installed';

function run(
  command: string,
  args: readonly string[],
  cwd = folder,
): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

describe('minisign', { skip: noMinisign }, () => {
  const key = makeMinisignKey(systemRandom);
  before(() => {
    fs.writeFileSync(at('our.pub'), formatPublicKey(key.publicKey));
    fs.writeFileSync(at('our.key'), formatSecretKey(key), { mode: 0o600 });
    fs.writeFileSync(at('message'), 'hello');
  });

  test('accepts our signature and gives its trusted comment', () => {
    fs.writeFileSync(
      at('message.minisig'),
      signMinisign(key, 'hello', 'fonoteca-edition/1 number 7'),
    );
    const { status, said } = run('minisign', ['-V', '-p', 'our.pub', '-m', 'message']);
    assert.equal(status, 0, said);
    assert.match(said, /Trusted comment: fonoteca-edition\/1 number 7/);
    fs.writeFileSync(at('message.minisig'), signMinisign(key, 'hellp', 'x'));
    assert.notEqual(run('minisign', ['-V', '-p', 'our.pub', '-m', 'message']).status, 0);
  });

  test('signs with our key file, and we accept that signature as canonical, byte for byte', () => {
    const { status, said } = run('minisign', [
      '-S',
      '-s',
      'our.key',
      '-m',
      'message',
      '-t',
      'number 1',
    ]);
    assert.equal(status, 0, said);
    const text = fs.readFileSync(at('message.minisig'), 'utf8');
    assert.equal(verifyMinisign(key.publicKey, 'hello', text), 'number 1');
    assert.equal(signMinisign(key, 'hello', 'number 1'), text);
  });

  test('makes keys that we read and write back byte for byte', () => {
    const { status, said } = run('minisign', [
      '-G',
      '-W',
      '-f',
      '-p',
      'their.pub',
      '-s',
      'their.key',
    ]);
    assert.equal(status, 0, said);
    const text = fs.readFileSync(at('their.key'), 'utf8');
    const theirs = parseSecretKey(text);
    assert.equal(formatSecretKey(theirs), text);
    // minisign leaves leading zeros of the key id away in its comment; we write all sixteen digits.
    const theirComment = fs
      .readFileSync(at('their.pub'), 'utf8')
      .replace(/ key ([0-9A-F]+)$/m, (_, id) => {
        return ` key ${String(id).padStart(16, '0')}`;
      });
    assert.equal(formatPublicKey(theirs.publicKey), theirComment);
    assert.deepEqual(parsePublicKey(fs.readFileSync(at('their.pub'), 'utf8')), theirs.publicKey);
  });
});

describe('a published copy', { skip: noMinisign }, () => {
  test('is checked by the commands of its own README, and a changed file fails them', async () => {
    const archive = await testArchive(at('archive'));
    await archive.pack(testSongs(3));
    await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
    await archive.pack(testSongs(1, 30));
    const settings = { ...TEST_SETTINGS, publicUrl: 'https://a.example', contact: 'a@a.example' };
    const deps = archive.with({ settings });
    await publishEdition(await planEdition(deps), deps, unwatched);
    await publishTo(at('copy'), deps, unwatched);
    await archive.close();
    const readme = fs.readFileSync(at('copy/editions/0002/README.txt'), 'utf8');
    const commands = [...readme.matchAll(/^ {2}((?:minisign|grep|sha256sum) .*)$/gm)].map(
      ([, line]) => line!,
    );
    assert.equal(commands.length, 3);
    const results = () => commands.map((command) => run('sh', ['-c', command], at('copy')));
    for (const { status, said } of results()) assert.equal(status, 0, said);
    fs.appendFileSync(at('copy/editions/0002/rights.jsonl'), '\n');
    assert.deepEqual(
      results().map(({ status }) => status),
      [0, 0, 1],
    );
    fs.appendFileSync(at('copy/editions/0002/SHA256SUMS'), '\n');
    assert.deepEqual(
      results().map(({ status }) => status),
      [0, 1, 1],
    );
    fs.appendFileSync(at('copy/editions/0002/edition.json'), '\n');
    assert.equal(results()[0]?.status, 1);
  });
});

describe('xmllint', { skip: noXmllint }, () => {
  test('accepts feeds of titles made of any UTF-16 at all', () => {
    const random = seededRandom(8);
    const units = () =>
      Array.from({ length: 40 }, () =>
        random.pick([random.below(0x40), random.below(0x10000), 0xd800, 0xfffe]),
      );
    const awkward = () => String.fromCharCode(...units());
    for (let round = 0; round < 20; round += 1) {
      const entry = {
        identity: 'x',
        title: awkward(),
        updated: '2026-01-02T03:04:05Z',
        summary: awkward(),
      };
      const links = [{ rel: 'enclosure' as const, href: awkward(), type: awkward() }];
      const entries = Array.from({ length: 10 }, () => ({ ...entry, title: awkward(), links }));
      fs.writeFileSync(
        at('feed.atom'),
        encodeAtomFeed({ ...entry, links, author: awkward(), entries }),
      );
      const item = {
        ...{ identity: 'x', title: awkward(), link: awkward(), description: awkward() },
        published: entry.updated,
        enclosure: { href: awkward(), sizeBytes: 1, type: awkward() },
      };
      fs.writeFileSync(at('feed.rss'), encodeRssFeed({ ...item, items: [item, item] }));
      const file = { name: awkward(), sizeBytes: 1, sha256: sha256('x'), torrent: awkward() };
      fs.writeFileSync(
        at('volumes.meta4'),
        encodeMetalink([{ ...file, addresses: [awkward(), awkward()] }]),
      );
      const { status, said } = run('xmllint', [
        ...['--noout', 'feed.atom', 'feed.rss', 'volumes.meta4'],
      ]);
      assert.equal(status, 0, said);
    }
  });
});
