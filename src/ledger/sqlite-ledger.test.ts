import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { fixedClock } from '../base/clock.ts';
import { sha256 } from '../base/digest.ts';
import type { Fact } from '../model/fact.ts';
import { albumIdOf, trackIdOf } from '../model/ids.ts';
import { UNKNOWN_RIGHTS } from '../model/rights.ts';
import type { Ledger } from './ledger.ts';
import { openSqliteLedger } from './sqlite-ledger.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-ledger-'));
after(() => fs.rmSync(folder, { recursive: true }));
const clock = fixedClock('2026-01-02T03:04:05Z');
let made = 0;
const freshFile = () => path.join(folder, `ledger-${++made}.db`);
const open = (file = freshFile()): Ledger => openSqliteLedger(file, { clock });

function holdingFact(
  name: string,
  album: string | undefined,
): Extract<Fact, { kind: 'holding-added' }> {
  const digest = sha256(name);
  return {
    kind: 'holding-added',
    holding: {
      digest,
      sizeBytes: name.length,
      kind: 'audio',
      extension: 'ogg',
      mimeType: 'audio/ogg',
      trackId: trackIdOf(digest),
      albumId: null,
      role: null,
      verdict: { state: 'intact' },
      technical: null,
      description: { title: name, artist: 'Ana', album, popularity: null, from: 'tags' },
      rights: UNKNOWN_RIGHTS,
    },
  };
}

test('facts are answered by the tables derived from them', async () => {
  await using ledger = open();
  await ledger.commit([
    { kind: 'archive-created', archiveId: 'a1', name: 'Test' },
    holdingFact('one', 'First'),
    holdingFact('two', 'First'),
    holdingFact('three', undefined),
  ]);
  assert.deepEqual(await ledger.archive(), { archiveId: 'a1', name: 'Test' });
  assert.deepEqual(
    (await ledger.holdings()).map((holding) => holding.description?.title),
    ['one', 'two', 'three'],
  );
  const album = await ledger.album(albumIdOf('Ana', 'First'));
  assert.equal(album?.title, 'First');
  assert.equal((await ledger.tracksOfAlbum(albumIdOf('Ana', 'First'))).length, 2);
  assert.equal((await ledger.counts()).tracks, 3);
  assert.equal((await ledger.history(1, 10)).length, 3);
});

test('a batch with one bad fact leaves nothing behind', async () => {
  await using ledger = open();
  const bad = { kind: 'holding-added', holding: { digest: 'no digest' } } as unknown as Fact;
  await assert.rejects(ledger.commit([holdingFact('one', undefined), bad]));
  assert.equal((await ledger.holdings()).length, 0);
  assert.equal((await ledger.history(0, 10)).length, 0);
});

test('history can be neither changed nor shortened, even by hand', async () => {
  const file = freshFile();
  await using ledger = open(file);
  await ledger.commit([holdingFact('one', undefined)]);
  const raw = new DatabaseSync(file);
  assert.throws(() => raw.exec(`UPDATE history SET fact = '{}'`), /append-only/);
  assert.throws(() => raw.exec('DELETE FROM history'), /append-only/);
  raw.close();
});

test('a new description moves the track to its new album and empties the old one', async () => {
  await using ledger = open();
  const fact = holdingFact('one', 'Wrong');
  await ledger.commit([fact]);
  const digest = fact.holding.digest;
  const description = {
    title: 'One',
    artist: 'Ana',
    album: 'Right',
    popularity: null,
    from: 'tags' as const,
  };
  await ledger.commit([
    { kind: 'track-described', trackId: trackIdOf(digest), description, byDigest: digest },
  ]);
  assert.deepEqual(
    (await ledger.albums({ limit: 10 })).map((album) => album.title),
    ['Right'],
  );
  assert.equal((await ledger.holding(digest))?.albumId, albumIdOf('Ana', 'Right'));
  assert.deepEqual((await ledger.holding(digest))?.description, description);
  assert.equal((await ledger.historyOf(trackIdOf(digest))).length, 1);
});

test('a ledger of a later version is refused and left alone', async () => {
  const file = freshFile();
  await open(file)[Symbol.asyncDispose]();
  const raw = new DatabaseSync(file);
  raw.exec('PRAGMA user_version = 99');
  raw.close();
  assert.throws(() => open(file), { code: 'LEDGER_NEWER' });
});

test('a file that is no ledger is told as damaged', () => {
  const file = freshFile();
  fs.writeFileSync(file, 'this is not a database, not at all '.repeat(100));
  assert.throws(() => open(file), { code: 'LEDGER_DAMAGED' });
});

test('pages follow one another without gap or repeat', async () => {
  await using ledger = open();
  const facts = Array.from({ length: 25 }, (_, index) =>
    holdingFact(`track ${index}`, `Album ${index}`),
  );
  await ledger.commit(facts);
  const seen: string[] = [];
  for (let after: string | undefined; ; after = seen.at(-1)) {
    const page = await ledger.tracks({ after, limit: 10 });
    seen.push(...page.map((track) => track.id));
    if (page.length < 10) break;
  }
  assert.equal(new Set(seen).size, 25);
  assert.deepEqual(seen, [...seen].sort());
});
