import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fixedClock } from '../base/clock.ts';
import { FonotecaError } from '../base/errors.ts';
import { unwatched } from '../base/progress.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { keyIdText, publicKeyBase64 } from '../formats/minisign.ts';
import type { Rights } from '../model/rights.ts';
import { verifyArchive } from '../verifier/verify-archive.ts';
import { planEdition } from './plan-edition.ts';
import type { PublishDeps } from './publish-deps.ts';
import { publishEdition } from './publish-edition.ts';
import { TEST_KEY, TEST_SETTINGS, testArchive, testKey, testSongs } from './test-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-publishing-'));
after(() => fs.rmSync(folder, { recursive: true }));
let made = 0;
const fresh = () => path.join(folder, `archive-${++made}`);
const publicKey = publicKeyBase64(TEST_KEY.publicKey);
const publish = async (deps: PublishDeps) =>
  publishEdition(await planEdition(deps), deps, unwatched);

/** Every file below `root` with its bytes, the ledger left out. */
function filesOf(root: string): Map<string, string> {
  const names = fs.readdirSync(root, { recursive: true, withFileTypes: true });
  return new Map(
    names
      .filter((entry) => entry.isFile() && !entry.name.startsWith('ledger.db'))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(root, file), fs.readFileSync(file, 'base64')]),
  );
}

async function refusal(action: () => Promise<unknown>): Promise<{ code: string; seen: string }> {
  try {
    await action();
  } catch (error) {
    assert.ok(error instanceof FonotecaError, String(error));
    return { code: error.code, seen: error.seen };
  }
  return { code: 'accepted', seen: '' };
}

describe('publishing', () => {
  test('another licence of the metadata is another edition', async () => {
    const archive = await testArchive(fresh());
    await archive.pack(testSongs(1));
    await publish(archive.deps);
    const settings = { ...TEST_SETTINGS, metadataLicence: 'CC-BY-4.0' };
    assert.equal((await publish(archive.with({ settings }))).number, 2);
    const file = path.join(archive.root, 'editions/0002/edition.json');
    const { metadata } = JSON.parse(fs.readFileSync(file, 'utf8'));
    assert.ok(metadata.length > 0);
    for (const { sources } of metadata) assert.equal(sources[0].licence, 'CC-BY-4.0');
    assert.equal((await publish(archive.with({ settings }))).outcome, 'nothing-new');
    await archive.close();
  });

  test('cut short behind its rename, an edition that another than the first key signed is finished', async () => {
    const root = fresh();
    const [lost, here] = [testKey(1), testKey(2)];
    const ids = [lost, here].map((key) => keyIdText(key.publicKey));
    const archive = await testArchive(root, { secretKey: here });
    await archive.deps.ledger.commit([
      {
        kind: 'keys-changed',
        keys: [lost, here].map(({ publicKey: key }, at) => ({
          id: ids[at]!,
          publicKey: publicKeyBase64(key),
        })),
        roles: { edition: ids, timestamp: [ids[1]!] },
        threshold: 1,
      },
    ]);
    await archive.pack(testSongs(1));
    const names = () => fs.readdirSync(root).filter((name) => name.startsWith('ledger.db'));
    const before = names().map((name) => [name, fs.readFileSync(path.join(root, name))] as const);
    await publish(archive.deps);
    await archive.close();
    // The ledger as it was: the edition lies in its place, and nobody has recorded it.
    for (const name of names()) fs.unlinkSync(path.join(root, name));
    for (const [name, bytes] of before) fs.writeFileSync(path.join(root, name), bytes);
    const again = await testArchive(root, { secretKey: here });
    assert.equal((await publish(again.deps)).outcome, 'finished');
    assert.equal((await again.deps.ledger.editions()).length, 1);
    await again.close();
  });

  test('gives an edition in which the verifier finds nothing, and then nothing new', async () => {
    const archive = await testArchive(fresh());
    await archive.pack(testSongs(5));
    const plan = await planEdition(archive.deps);
    assert.ok(plan.kind === 'new');
    assert.deepEqual([plan.number, plan.tracks, plan.newVolumes.length], [1, 5, 1]);
    assert.deepEqual(
      fs.readdirSync(archive.deps.directories.editions),
      [],
      'a plan writes nothing',
    );
    const report = await publishEdition(plan, archive.deps, unwatched);
    assert.equal(report.outcome, 'published');
    assert.equal(report.expires, '2026-02-01T03:04:05Z');
    const verdict = await verifyArchive(archive.root, { publicKey });
    assert.deepEqual(verdict.findings, []);
    assert.deepEqual(
      [verdict.trust, verdict.members, verdict.exit, verdict.archiveId],
      ['given-key', 5, 0, '0707070707070707'],
    );
    const before = filesOf(archive.root);
    assert.equal((await planEdition(archive.deps)).kind, 'nothing-new');
    assert.equal((await publish(archive.deps)).outcome, 'nothing-new');
    assert.deepEqual(filesOf(archive.root), before);
    assert.equal((await archive.deps.ledger.editions()).length, 1);
    await archive.close();
  });

  test('gives the same bytes in another folder, whatever the order of ingest', async () => {
    const songs = testSongs(6);
    const one = await testArchive(fresh());
    await one.pack(songs);
    await one.pack(testSongs(2, 50));
    const other = await testArchive(fresh());
    await other.pack([...songs].reverse());
    await other.pack(testSongs(2, 50).reverse());
    await publish(one.deps);
    await publish(other.deps);
    assert.deepEqual(filesOf(other.root), filesOf(one.root));
    await Promise.all([one.close(), other.close()]);
  });

  test('chains editions, lists what is new, and leaves the old ones as they are', async () => {
    const archive = await testArchive(fresh());
    await archive.pack(testSongs(2));
    const first = await publish(archive.deps);
    const before = filesOf(path.join(archive.root, 'editions', '0001'));
    const volume = await archive.pack(testSongs(2, 30));
    const later = archive.with({ clock: fixedClock('2026-03-04T05:06:07Z') });
    const second = await publish(later);
    assert.deepEqual(second.newVolumes, [volume.name]);
    const edition = JSON.parse(
      fs.readFileSync(path.join(archive.root, 'editions/0002/edition.json'), 'utf8'),
    );
    assert.equal(edition.previous, first.sha256);
    assert.deepEqual(
      edition.volumes.map((each: { added: { edition: number } }) => each.added.edition).sort(),
      [1, 2],
    );
    assert.deepEqual(filesOf(path.join(archive.root, 'editions', '0001')), before);
    assert.deepEqual((await verifyArchive(archive.root)).findings, []);
    await archive.close();
  });

  test('publishes a change of rights, of the catalogue or of the settings as a new edition', async () => {
    const archive = await testArchive(fresh());
    const volume = await archive.pack(testSongs(1));
    await publish(archive.deps);
    const { digest } = volume.members[0]!;
    const { rights } = (await archive.deps.ledger.holding(digest))!;
    await archive.deps.ledger.commit([
      { kind: 'rights-recorded', digest, rights: { ...rights, licence: 'CC0-1.0' } },
    ]);
    assert.equal((await publish(archive.deps)).outcome, 'published');
    const settings = { ...TEST_SETTINGS, name: 'Another name' };
    assert.equal((await publish(archive.with({ settings }))).number, 3);
    assert.equal((await publish(archive.with({ settings }))).outcome, 'nothing-new');
    assert.deepEqual((await verifyArchive(archive.root)).findings, []);
    await archive.close();
  });

  test('renews the timestamp alone when half of its time is over', async () => {
    const archive = await testArchive(fresh());
    await archive.pack(testSongs(1));
    await publish(archive.deps);
    const soon = await publish(archive.with({ clock: fixedClock('2026-01-10T00:00:00Z') }));
    assert.equal(soon.expires, '2026-02-01T03:04:05Z');
    const late = await publish(archive.with({ clock: fixedClock('2026-06-01T00:00:00Z') }));
    assert.deepEqual([late.outcome, late.expires], ['nothing-new', '2026-07-01T00:00:00Z']);
    const pointer = fs.readFileSync(path.join(archive.root, 'editions/current.json'), 'utf8');
    assert.equal(pointer, '{"edition":1,"timestamp":2}\n');
    assert.deepEqual((await verifyArchive(archive.root)).findings, []);
    await archive.close();
  });
});

describe('publishing refuses', () => {
  test('by code, and leaves everything as it was', async () => {
    const archive = await testArchive(fresh());
    assert.equal((await refusal(() => publish(archive.deps))).code, 'PUBLISH_NOTHING_PACKED');
    await archive.pack(testSongs(2));
    const settings = { ...TEST_SETTINGS, publicUrl: 'https://a.example' };
    const before = filesOf(archive.root);
    const rows: [string, PublishDeps][] = [
      ['PUBLISH_NEEDS_CONTACT', archive.with({ settings })],
      ['ARCHIVE_FOREIGN', { ...archive.deps, secretKey: testKey(8) }],
    ];
    for (const [code, deps] of rows) assert.equal((await refusal(() => publish(deps))).code, code);
    assert.deepEqual(filesOf(archive.root), before);
    await publish(archive.deps);
    await archive.pack(testSongs(1, 40));
    const early = archive.with({ clock: fixedClock('2025-01-01T00:00:00Z') });
    assert.equal((await refusal(() => publish(early))).code, 'CLOCK_IMPLAUSIBLE');
    await archive.close();
  });

  test('a volume that is damaged, before anything is signed', async () => {
    const archive = await testArchive(fresh());
    const { name } = await archive.pack(testSongs(2));
    const file = path.join(archive.root, 'volumes', `${name}.tar`);
    const bytes = fs.readFileSync(file);
    bytes[bytes.length - 3000] = bytes[bytes.length - 3000]! ^ 1;
    fs.writeFileSync(file, bytes);
    const { code, seen } = await refusal(() => publish(archive.deps));
    assert.equal(code, 'PUBLISH_VERIFY_FAILED');
    assert.match(seen, /VERIFY_FILE_DIGEST/);
    assert.equal(fs.existsSync(path.join(archive.root, 'editions/0001')), false);
    await archive.close();
  });

  test('a torrent of another volume', async () => {
    const archive = await testArchive(fresh());
    const one = await archive.pack(testSongs(1));
    const two = await archive.pack(testSongs(1, 9));
    const of = (name: string) => path.join(archive.root, 'volumes', `${name}.torrent`);
    fs.copyFileSync(of(one.name), of(two.name));
    assert.equal((await refusal(() => publish(archive.deps))).code, 'PUBLISH_TORRENT_FOREIGN');
    await archive.close();
  });

  test('a folder and a ledger that tell of different histories', async () => {
    const archive = await testArchive(fresh());
    await archive.pack(testSongs(1));
    await publish(archive.deps);
    const edition = path.join(archive.root, 'editions', '0001');
    fs.renameSync(edition, `${edition}-away`);
    assert.equal((await refusal(() => publish(archive.deps))).code, 'PUBLISH_HISTORY_DIFFERS');
    fs.renameSync(`${edition}-away`, edition);
    fs.cpSync(edition, path.join(archive.root, 'editions', '0002'), { recursive: true });
    assert.equal((await refusal(() => publish(archive.deps))).code, 'EDITION_INVALID');
    fs.renameSync(
      path.join(archive.root, 'editions', '0002'),
      path.join(archive.root, 'editions', '0003'),
    );
    assert.equal((await refusal(() => publish(archive.deps))).code, 'PUBLISH_HISTORY_DIFFERS');
    await archive.close();
  });

  test('every member that may not be distributed today, by name, whatever packing allowed (seed 4)', async () => {
    const random = seededRandom(4);
    const dark: Partial<Rights>[] = [
      { dark: true },
      { licence: null },
      { licence: 'LicenseRef-own' },
      { licence: 'http://rightsstatements.org/vocab/InC/1.0/' },
      { uses: { distribute: false } },
      { embargoUntil: '2026-01-03' },
      { places: ['IT'] },
    ];
    const derivativeOnly: Partial<Rights>[] = [
      { licence: 'CC-BY-ND-4.0' },
      { uses: { derive: false } },
    ];
    for (let round = 0; round < 24; round += 1) {
      const archive = await testArchive(fresh());
      const tier = random.pick(['original', 'opus'] as const);
      const bad = 100 + random.below(5);
      const rights = random.pick(tier === 'opus' ? [...dark, ...derivativeOnly] : dark);
      const songs = testSongs(5, 100, 500).map((song) => ({
        ...song,
        tier,
        ...(song.seed === bad ? { rights } : {}),
      }));
      await archive.pack(songs);
      const { code, seen } = await refusal(() => publish(archive.deps));
      assert.equal(code, 'PUBLISH_NOT_DISTRIBUTABLE', JSON.stringify({ tier, rights }));
      assert.match(seen, new RegExp(`^Ana/Canción ${bad} `));
      assert.equal(filesOf(path.join(archive.root, 'editions')).size, 0);
      await archive.close();
    }
  });
});
