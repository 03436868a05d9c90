import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedClock } from '../src/base/clock.ts';
import { sha256 } from '../src/base/digest.ts';
import { openHeldSearch } from '../src/catalogue/held-search.ts';
import { openSqliteLedger } from '../src/ledger/sqlite-ledger.ts';
import type { Fact } from '../src/model/fact.ts';
import { trackIdOf } from '../src/model/ids.ts';
import { UNKNOWN_RIGHTS } from '../src/model/rights.ts';

const TRACKS: readonly (readonly [
  title: string,
  artist: string,
  album: string,
  popularity: number | null,
])[] = [
  ['Río de la noche', 'Ana Pérez', 'Agua', 10],
  ['Night', 'Norden', 'Noche', 90],
  ['Night', 'Quiet Hands', 'Small Rooms', 0],
  ['Nightfall', 'Norden', 'Noche', 80],
  ['夜の川', '青い鳥', '水', 5],
  ['Ночная река', 'Север', 'Вода', 3],
  ['AND OR NOT', 'NEAR', 'title : *', null],
];

async function searchOver(rows = TRACKS) {
  const ledger = openSqliteLedger(':memory:', { clock: fixedClock('2026-01-01T00:00:00Z') });
  await ledger.commit(
    rows.map(([title, artist, album, value], index): Fact => {
      const digest = sha256(`${index}`);
      const popularity = value === null ? null : { value, origin: 'test', method: 'as given' };
      const description = { title, artist, album, popularity, from: 'table' as const };
      return {
        kind: 'holding-added',
        holding: {
          digest,
          sizeBytes: 1,
          kind: 'audio',
          extension: 'ogg',
          mimeType: 'audio/ogg',
          trackId: trackIdOf(digest),
          albumId: null,
          role: null,
          verdict: { state: 'intact' },
          technical: null,
          description,
          rights: UNKNOWN_RIGHTS,
        },
      };
    }),
  );
  const search = openHeldSearch(ledger);
  return async (query: string, cursor: string | null = null, limit = 10) => {
    const page = await search.search(query, { cursor, limit });
    const titles = await Promise.all(
      page.tracks.map(async (id) => (await ledger.track(id))!.description.title),
    );
    return { ...page, titles };
  };
}

test('whole titles lead whatever their popularity, then popularity decides', async () => {
  const find = await searchOver();
  assert.deepEqual((await find('night')).titles, ['Night', 'Night', 'Nightfall']);
  assert.deepEqual((await find('quiet hands night')).titles, ['Night']);
});

test('diacritics, case and scripts fold alike', async () => {
  const find = await searchOver();
  const rows: [string, string][] = [
    ['RIO DE LA', 'Río de la noche'],
    ['ana perez', 'Río de la noche'],
    ['ночная', 'Ночная река'],
    ['夜', '夜の川'],
    ['川', '夜の川'],
    ['nightf', 'Nightfall'],
  ];
  for (const [query, title] of rows) assert.deepEqual((await find(query)).titles, [title], query);
});

test('artists and albums are groups of their own', async () => {
  const find = await searchOver();
  const page = await find('noche');
  assert.equal(page.albums.length, 1);
  assert.equal((await find('norden')).artists.length, 1);
});

test('query syntax is only text, and length is bounded', async () => {
  const find = await searchOver();
  for (const query of [
    'AND OR NOT',
    '"',
    '*',
    'title:',
    'a OR b',
    'NEAR(a b)',
    '(((',
    '',
    '   ',
    '-x',
    '\u0000',
    '\ud800',
  ])
    await find(query);
  assert.deepEqual((await find('and or not')).titles, ['AND OR NOT']);
  assert.deepEqual((await find(`night${' zzz'.repeat(5000)}`)).titles, []);
});

async function allPages(
  find: Awaited<ReturnType<typeof searchOver>>,
  query: string,
  limit: number,
): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof find>> = await find(query, cursor, limit);
    assert.ok(page.tracks.length <= limit);
    pages.push([...page.tracks]);
    cursor = page.next;
  } while (cursor !== null && pages.length < 100);
  return pages;
}

test('pages of a long answer follow one another without gap or repeat, whole names and others', async () => {
  const rows = Array.from(
    { length: 57 },
    (_, index) =>
      [index % 3 === 0 ? `Song ${index}` : 'Song', 'One', 'Song', (index * 7) % 57] as const,
  );
  const find = await searchOver(rows);
  for (const limit of [1, 2, 19, 38, 39, 57, 100]) {
    const seen = (await allPages(find, 'song', limit)).flat();
    assert.deepEqual([seen.length, new Set(seen).size], [57, 57], `${limit} a page`);
  }
  const byArtist = (await allPages(find, 'one', 10)).flat();
  assert.equal(new Set(byArtist).size, 57);
});

test('fields, years and what is held are asked as of a snapshot', async () => {
  const find = await searchOver();
  const rows: [query: string, titles: string[]][] = [
    ['title:night', ['Night', 'Nightfall', 'Night']],
    ['artist:norden', ['Night', 'Nightfall']],
    ['artist:night', []],
    ['album:"small rooms"', ['Night']],
    ['album:"rooms small"', []],
    ['night held:no', []],
    ['nightfall held:yes', ['Nightfall']],
    ['nightfall year:1990', []],
    ['nightfall label:any', []],
    ['nightfall explicit:no', ['Nightfall']],
    ['nightfall explicit:yes', []],
    ['night held:yes held:no', []],
  ];
  for (const [query, titles] of rows) assert.deepEqual((await find(query)).titles, titles, query);
  for (const query of ['held:yes', 'explicit:no', 'flag:none'])
    assert.equal((await find(query)).titles.length, TRACKS.length, query);
});

test('vowel signs and tones are part of their words', async () => {
  const find = await searchOver([
    ['दिल की बात', 'मीरा', 'आधा चाँद', 2],
    ['กินข้าว', 'มะลิ', 'ฝน', 1],
  ]);
  for (const [query, titles] of [
    ['दिल', ['दिल की बात']],
    ['दाल', []],
    ['दि', ['दिल की बात']],
    ['กิน', ['กินข้าว']],
    ['กัน', []],
  ] as const)
    assert.deepEqual((await find(query)).titles, titles, query);
});

test('many who ask at once are all answered, also while something is added', async () => {
  let seq = 0;
  let reads = 0;
  const search = openHeldSearch({
    darkTracks: async () => new Set(),
    lastSeq: async () => Math.floor(++seq / 3),
    tracks: async () => {
      reads += 1;
      await new Promise(setImmediate);
      return [
        {
          ...{ id: 'a', artistId: 'b', albumId: null, withdrawn: false },
          description: { title: 'Night', artist: 'One', popularity: null, from: 'table' },
        },
      ];
    },
  });
  const pages = await Promise.all(
    Array.from({ length: 12 }, () => search.search('night', { cursor: null, limit: 5 })),
  );
  for (const page of pages) assert.deepEqual(page.tracks, ['a']);
  assert.ok(reads <= 5, 'an index for each state of the ledger, not for each question');
  search[Symbol.dispose]();
});
