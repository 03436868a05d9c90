import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before, describe } from 'node:test';
import { sha256 } from '../base/digest.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { HeldPicture } from '../model/cover.ts';
import type { Fact } from '../model/fact.ts';
import { albumIdOf, artistIdOf, trackIdOf } from '../model/ids.ts';
import { UNKNOWN_RIGHTS } from '../model/rights.ts';
import { type TestArchive, testArchive } from '../publishing/test-archive.ts';
import type { SitePort } from './site-port.ts';
import { testSite } from './test-site.ts';

const LARGE_TRACKS = 1_203;
const ALBUMS = 130;
const SINGLES = 120;
const LARGE = albumIdOf('Ana', 'Todo');

/** Each with a picture inside that nobody may see, so that every other track of the album is looked at for one. */
function holdingFact(title: string, artist: string, album: string | undefined): Fact {
  const digest = sha256(`${artist} ${title}`);
  const description = { title, artist, popularity: null, from: 'tags' as const };
  const picture: HeldPicture = {
    ...{ digest: sha256(`picture of ${title}`), mimeType: 'image/jpeg', sizeBytes: 9 },
    ...{ widthPx: 9, heightPx: 9, shows: 'Cover (front)' },
  };
  return {
    kind: 'holding-added',
    holding: {
      ...{ digest, sizeBytes: 10, kind: 'audio', extension: 'ogg', mimeType: 'audio/ogg' },
      ...{ trackId: trackIdOf(digest), role: null, technical: null, rights: UNKNOWN_RIGHTS },
      albumId: album === undefined ? null : albumIdOf(artist, album),
      verdict: { state: 'intact' },
      pictures: [picture],
      description: album === undefined ? description : { ...description, album },
    },
  };
}

function manyFacts(): Fact[] {
  const count = (most: number) => Array.from({ length: most }, (_, at) => String(at + 1));
  return [
    ...count(LARGE_TRACKS).map((name) => holdingFact(`Toma ${name}`, 'Ana', 'Todo')),
    ...count(ALBUMS).map((name) => holdingFact(`Tema ${name}`, 'Bea', `Disco ${name}`)),
    ...count(SINGLES).map((name) => holdingFact(`Suelto ${name}`, 'Bea', undefined)),
  ];
}

/** `ledger` with the number of calls of each of its questions. */
function counted(ledger: Ledger): { ledger: Ledger; calls: Map<string, number> } {
  const calls = new Map<string, number>();
  const questions = Object.entries(ledger).map(([name, ask]: [string, unknown]) => [
    name,
    (...values: unknown[]) => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      return (ask as (...values: unknown[]) => unknown)(...values);
    },
  ]);
  return { ledger: { ...ledger, ...(Object.fromEntries(questions) as Ledger) }, calls };
}

describe('an archive with an album of a thousand tracks and an artist of a hundred albums', () => {
  let archive: TestArchive;
  let site: SitePort;
  let calls: Map<string, number>;
  const asked = (): number => [...calls.values()].reduce((sum, count) => sum + count, 0);
  before(async () => {
    archive = await testArchive(fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-large-')));
    await archive.deps.ledger.commit(manyFacts());
    const watched = counted(archive.deps.ledger);
    calls = watched.calls;
    site = testSite(archive, { ledger: watched.ledger });
  });
  after(async () => {
    await archive?.close();
    fs.rmSync(archive.root, { recursive: true });
  });

  test('the album comes a page at a time, each of its tracks once, its sums on every page', async () => {
    const ids = new Set<string>();
    const sizes: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await site.album(LARGE, cursor);
      assert.ok(page);
      assert.equal(page.trackCount, LARGE_TRACKS);
      for (const { id } of page.tracks) ids.add(id);
      sizes.push(page.tracks.length);
      cursor = page.nextCursor;
    }
    assert.deepEqual(sizes, [500, 500, 203]);
    assert.equal(ids.size, LARGE_TRACKS);
    assert.deepEqual((await site.album(LARGE, '5000'))?.tracks, []);
  });

  test('an artist comes a page at a time: albums by title, then tracks on none, each once', async () => {
    const [albums, tracks]: [string[], string[]] = [[], []];
    const sizes: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await site.artist(artistIdOf('Bea'), cursor);
      assert.ok(page);
      albums.push(...page.albums.map(({ title }) => title));
      tracks.push(...page.tracks.map(({ id }) => id));
      sizes.push(page.albums.length + page.tracks.length);
      cursor = page.nextCursor;
    }
    assert.deepEqual(sizes, [100, 100, 50]);
    assert.equal(albums.length, ALBUMS);
    assert.deepEqual(albums, albums.toSorted());
    assert.equal(new Set(tracks).size, SINGLES);
  });

  test('what is asked of the ledger grows with what is shown, not with what its album holds', async () => {
    await site.search('toma', null);
    calls.clear();
    const found = await site.search('toma', null);
    assert.equal(found.tracks.length, 25);
    assert.ok(asked() < 25 * 20, `${asked()} questions`);
    assert.equal(calls.get('holdingsOfAlbum'), undefined);
    assert.equal(calls.get('editions'), undefined);
  });

  test('an album is looked at as a whole once, and again when something was added', async () => {
    const single = (await site.search('toma 77', null)).tracks[0]!.id;
    calls.clear();
    await Promise.all([site.track(single), site.track(single)]);
    assert.equal(calls.get('tracksOfAlbum'), undefined);
    await archive.deps.ledger.commit([holdingFact('Toma última', 'Ana', 'Todo')]);
    calls.clear();
    await Promise.all([site.track(single), site.album(LARGE), site.album(LARGE)]);
    assert.equal(calls.get('companionsOfAlbum'), 1, 'one look, whoever asks meanwhile');
    assert.equal((await site.album(LARGE))?.trackCount, LARGE_TRACKS + 1);
    assert.ok(calls.get('holdingsOfTrack')! < 3 * LARGE_TRACKS);
  });

  test('others have their turn while a page is made', async () => {
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await site.album(LARGE);
    isDone = true;
    assert.ok(turns > 10, `${turns} turns`);
  });
});
