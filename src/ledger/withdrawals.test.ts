import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { fixedClock } from '../base/clock.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import type { Fact } from '../model/fact.ts';
import { tombstoneLines, withdrawnAfter } from '../model/tombstone.ts';
import type { Volume } from '../model/volume.ts';
import type { Ledger } from './ledger.ts';
import { openSqliteLedger } from './sqlite-ledger.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-withdrawals-'));
after(() => fs.rmSync(folder, { recursive: true }));
const clock = fixedClock('2026-01-02T03:04:05Z');
const date = '2026-01-02T03:04:05Z';
let made = 0;
const freshFile = () => path.join(folder, `ledger-${++made}.db`);
const open = (file = freshFile(), readOnly = false): Ledger =>
  openSqliteLedger(file, { clock, readOnly });

const [song, other, sound] = [sha256('song'), sha256('other'), sha256('sound')];

const withdrawn = (digest: Digest, audioDigest: Digest | null = null): Fact => ({
  kind: 'withdrawn',
  digest,
  audioDigest,
  subject: 'track 1',
  reason: 'holder-request',
  date,
});
const restored = (digest: Digest): Fact => ({ kind: 'restored', digest, reason: 'mistaken', date });

function volume(state: string): Volume {
  return {
    name: 'original-0123456789abcdef',
    tier: 'original',
    sizeBytes: 100,
    digest: sha256(`tar ${state}`),
    piecesRoot: sha256(`root ${state}`),
    infohashV1: sha256(state).slice(0, 40),
    infohashV2: sha256(state),
    pieceLengthBytes: 262144,
    members: [{ path: 'a/b.flac', digest: song, sizeBytes: 4, positionBytes: 16384 }],
  };
}

const published = (number: number): Fact => ({
  kind: 'edition-published',
  number,
  sha256: sha256(`edition ${number}`),
  volumes: ['original-0123456789abcdef'],
});

test('withdrawals and restorations are numbered in order, and the last one of a digest decides', async () => {
  await using ledger = open();
  await ledger.commit([withdrawn(song, sound), withdrawn(other)]);
  assert.equal(await ledger.isWithdrawn(song), true);
  assert.equal(await ledger.isAudioWithdrawn(sound), true);
  await ledger.commit([restored(song)]);
  assert.equal(await ledger.isWithdrawn(song), false);
  assert.equal(await ledger.isAudioWithdrawn(sound), false);
  assert.deepEqual([...(await ledger.withdrawnDigests())], [other]);
  const list = await ledger.tombstones();
  assert.deepEqual(
    list.map(({ number, kind, digest, audio, subject }) => [number, kind, digest, audio, subject]),
    [
      [1, 'withdrawn', song, sound, 'track 1'],
      [2, 'withdrawn', other, null, 'track 1'],
      [3, 'restored', song, sound, 'track 1'],
    ],
  );
  assert.deepEqual([...withdrawnAfter(list)], [other]);
});

test('a sound stays withdrawn while one file with it is', async () => {
  await using ledger = open();
  await ledger.commit([withdrawn(song, sound), withdrawn(other, sound), restored(song)]);
  assert.equal(await ledger.isAudioWithdrawn(sound), true);
});

test('each tombstone line names the digest of the line before', async () => {
  await using ledger = open();
  await ledger.commit([withdrawn(song, sound), restored(song)]);
  const lines = tombstoneLines(await ledger.tombstones());
  assert.equal(
    lines[0],
    `{"audio":"${sound}","date":"${date}","digest":"${song}","kind":"withdrawn","number":1,"previous":null,"reason":"holder-request","subject":"track 1"}\n`,
  );
  assert.equal(JSON.parse(lines[1]!).previous, sha256(lines[0]!));
});

test('a redacted volume takes the place of its record, and its old identity is told with the edition that had it', async () => {
  await using ledger = open();
  const name = volume('').name;
  const redact = (state: string): Fact => ({ kind: 'volume-redacted', volume: volume(state) });
  const listed = async () =>
    (await ledger.superseded(name)).map(({ infohashV1, edition }) => [infohashV1, edition]);
  const hash = (state: string) => volume(state).infohashV1;
  await ledger.commit([{ kind: 'volume-packed', volume: volume('A') }]);
  assert.deepEqual(await listed(), []);
  await ledger.commit([published(1), published(2), redact('B'), redact('C')]);
  assert.deepEqual([...(await ledger.changingVolumes())], [name]);
  assert.equal((await ledger.volume(name))?.infohashV1, hash('C'));
  assert.deepEqual(await listed(), [
    [hash('A'), 2],
    [hash('B'), null],
  ]);
  await ledger.commit([published(3)]);
  assert.deepEqual([...(await ledger.changingVolumes())], []);
  await ledger.commit([redact('A')]);
  const grown = [
    [hash('A'), 2],
    [hash('B'), null],
    [hash('C'), 3],
  ];
  assert.deepEqual(await listed(), grown);
  await ledger.commit([published(4), redact('A'), redact('C'), redact('C')]);
  assert.deepEqual(await listed(), [...grown, [hash('A'), 4]]);
  assert.equal((await ledger.places(song)).length, 1);
});

test('a volume waits for its redaction from the withdrawal of a member to the record of its bytes', async () => {
  await using ledger = open();
  const waiting = async () => (await ledger.unredactedVolumes()).length;
  await ledger.commit([{ kind: 'volume-packed', volume: volume('A') }, withdrawn(other)]);
  assert.equal(await waiting(), 0);
  await ledger.commit([withdrawn(song)]);
  assert.equal(await waiting(), 1);
  await ledger.commit([{ kind: 'volume-redacted', volume: volume('B') }]);
  assert.equal(await waiting(), 0);
  await ledger.commit([restored(song), { kind: 'volume-redacted', volume: volume('A') }]);
  assert.equal(await waiting(), 0);
});

test('the keys of the next edition are the ones last named', async () => {
  await using ledger = open();
  assert.equal(await ledger.editionKeys(), undefined);
  const keys = (id: string): Fact => ({
    kind: 'keys-changed',
    keys: [{ id, publicKey: 'RWQ' }],
    roles: { edition: [id], timestamp: [id] },
    threshold: 1,
  });
  await ledger.commit([keys('A'), keys('B')]);
  assert.deepEqual(await ledger.editionKeys(), keys('B'));
});

test('a ledger of schema 1 opens as schema 2 with the same answers, made anew from its history', async () => {
  const file = freshFile();
  const facts: Fact[] = [
    { kind: 'archive-created', archiveId: 'a1', name: 'Test' },
    { kind: 'volume-packed', volume: volume('A') },
    { kind: 'volume-settled', name: volume('A').name },
    published(1),
    ...Array.from(
      { length: 2500 },
      (_, at): Fact => ({
        kind: 'file-vanished',
        root: '/r',
        path: `${at}`,
      }),
    ),
    { kind: 'plan-made', number: 1, file: 'plans/1', sha256: sha256('plan') },
  ];
  const answers = async (ledger: Ledger) => [
    await ledger.archive(),
    await ledger.counts(),
    await ledger.volumes(),
    await ledger.unsettledVolumes(),
    await ledger.places(song),
    await ledger.editions(),
    await ledger.latestPlan(),
    await ledger.lastFact(),
  ];
  const before = open(file);
  await before.commit(facts);
  const wanted = await answers(before);
  await before[Symbol.asyncDispose]();
  const raw = new DatabaseSync(file);
  raw.exec(`DROP TABLE volume_identity; DROP TABLE tombstone; DROP TABLE withdrawn;
    DELETE FROM plan; PRAGMA user_version = 1`);
  raw.close();
  assert.throws(() => open(file, true), { code: 'LEDGER_OLDER' });
  await using ledger = open(file);
  assert.deepEqual(await answers(ledger), wanted);
  await ledger.commit([withdrawn(song), { kind: 'volume-redacted', volume: volume('B') }]);
  assert.deepEqual(
    (await ledger.superseded(volume('A').name)).map(({ edition }) => edition),
    [1],
  );
  assert.throws(() => new DatabaseSync(file).exec('DELETE FROM history'), /append-only/);
});
