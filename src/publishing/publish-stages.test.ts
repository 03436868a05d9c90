import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { unwatched } from '../base/progress.ts';
import { parseMetainfo } from '../formats/metainfo-parse.ts';
import { type Edition, editionSchema } from '../model/edition.ts';
import { verifyArchive } from '../verifier/verify-archive.ts';
import { planEdition } from './plan-edition.ts';
import type { PublishWishes } from './plan-volumes.ts';
import type { PublishDeps } from './publish-deps.ts';
import { publishEdition } from './publish-edition.ts';
import { publishTo } from './publish-to.ts';
import { TEST_SETTINGS, testArchive, testSongs } from './test-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-stages-'));
after(() => fs.rmSync(folder, { recursive: true }));
const publish = async (deps: PublishDeps, wishes?: PublishWishes) =>
  publishEdition(await planEdition(deps, wishes), deps, unwatched);
const read = (root: string, name: string) =>
  fs.readFileSync(path.join(root, 'editions', name), 'utf8');
const editionOf = (root: string, number: number): Edition =>
  editionSchema.parse(JSON.parse(read(root, `000${number}/edition.json`)));
const linesOf = (root: string, name: string) =>
  read(root, name)
    .split('\n')
    .slice(0, -1)
    .map((line): { id: string; files: { volume: string }[] } => JSON.parse(line));

test('an archive speaks in stages: the catalogue, some volumes, the originals, all', async () => {
  const root = path.join(folder, 'stages');
  const archive = await testArchive(root);
  const names: string[] = [];
  for (const from of [1, 10, 20]) names.push((await archive.pack(testSongs(2, from))).name);
  const opus = testSongs(2, 30).map((song) => ({ ...song, tier: 'opus' as const }));
  names.push((await archive.pack(opus)).name);
  const rows: [PublishWishes, number, number][] = [
    [{ stage: 'metadata' }, 0, 0],
    [{ stage: 'audio', volumes: 1 }, 1, 2],
    [{ stage: 'audio' }, 3, 6],
    [{ stage: 'all' }, 4, 8],
  ];
  for (const [at, [wishes, volumes, files]] of rows.entries()) {
    const plan = await planEdition(archive.deps, wishes);
    assert.ok(plan.kind === 'new');
    assert.deepEqual([plan.totalVolumes, plan.waitingVolumes], [volumes, 4 - volumes]);
    await publish(archive.deps, wishes);
    const edition = editionOf(root, at + 1);
    assert.equal(edition.stage, wishes.stage);
    const ordered = edition.volumes.toSorted((a, b) => a.order - b.order);
    assert.deepEqual(
      ordered.map(({ name, order }) => [name, order]),
      names.slice(0, volumes).map((name, index) => [name, index + 1]),
    );
    const lines = linesOf(root, `000${at + 1}/catalogue.jsonl`);
    assert.equal(lines.length, 8, 'every track is told of from the first edition on');
    assert.equal(lines.flatMap((line) => line.files).length, files);
    assert.equal(linesOf(root, `000${at + 1}/rights.jsonl`).length, files);
    assert.deepEqual((await verifyArchive(root)).findings, [], wishes.stage);
    await publishTo(path.join(folder, 'copy'), archive.deps, unwatched);
    assert.deepEqual((await verifyArchive(path.join(folder, 'copy'))).findings, []);
    assert.equal((await planEdition(archive.deps, { stage: 'metadata' })).kind, 'nothing-new');
  }
  await archive.close();
});

test('a member that may not be distributed does not stop an edition that leaves its volume out, nor is it told of', async () => {
  const root = path.join(folder, 'dark');
  const archive = await testArchive(root);
  const songs = testSongs(2).map((song, at) =>
    at === 0 ? { ...song, rights: { dark: true } } : song,
  );
  await archive.pack(songs);
  await publish(archive.deps, { stage: 'metadata' });
  assert.equal(linesOf(root, '0001/catalogue.jsonl').length, 1);
  await assert.rejects(publish(archive.deps), { code: 'PUBLISH_NOT_DISTRIBUTABLE' });
  await archive.close();
});

test('each file of metadata is a torrent that opens it in place, and a change of trackers is a new edition', async () => {
  const root = path.join(folder, 'metadata');
  const archive = await testArchive(root);
  await archive.pack(testSongs(3));
  const settings = {
    ...TEST_SETTINGS,
    publicUrl: 'https://a.example',
    contact: 'a@a.example',
    trackers: ['udp://t.example:1'],
    metadataLicence: 'ODbL-1.0',
  };
  await publish(archive.with({ settings }), { stage: 'metadata' });
  const { metadata, files } = editionOf(root, 1);
  assert.deepEqual(
    metadata.map((file) => file.path),
    ['editions/0001/albums.jsonl', 'editions/0001/catalogue.jsonl'],
    'rights.jsonl is empty',
  );
  const listed = new Set(files.map((file) => file.path));
  for (const file of metadata) {
    assert.ok(listed.has(file.torrent));
    assert.deepEqual(file.sources, [{ name: settings.name, licence: 'ODbL-1.0' }]);
    const torrent = parseMetainfo(fs.readFileSync(path.join(root, file.torrent)));
    assert.deepEqual(
      [torrent.kind, torrent.name, torrent.sizeBytes, torrent.infohashV1, torrent.infohashV2],
      ['hybrid', path.basename(file.path), file.sizeBytes, file.infohashV1, file.infohashV2],
    );
    assert.deepEqual(torrent.webSeeds, [`https://a.example/${file.path}`]);
    assert.deepEqual(torrent.trackers, [['udp://t.example:1']]);
  }
  const torrents = JSON.parse(read(root, '0001/torrents.json'));
  assert.deepEqual(
    torrents.metadata.map(({ path }: { path: string }) => path),
    metadata.map((file) => file.path),
  );
  for (const name of ['feed.atom', 'feed.rss'])
    for (const file of metadata)
      assert.ok(read(root, `0001/${name}`).includes(`"https://a.example/${file.torrent}"`), name);
  assert.equal(read(root, '0001/magnets.txt').split('\n')[1], torrents.metadata[1].magnet);
  assert.equal((await publish(archive.with({ settings }), { stage: 'metadata' })).number, 1);
  const others = { ...settings, trackers: ['udp://t.example:2'] };
  assert.equal(
    (await publish(archive.with({ settings: others }), { stage: 'metadata' })).number,
    2,
  );
  assert.deepEqual((await verifyArchive(root)).findings, []);
  await archive.close();
});
