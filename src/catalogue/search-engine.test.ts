/** Search against a search that looks at every row, and the order of what it finds. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { termsOf } from '../model/search-terms.ts';
import { writeSampleIndex } from './index-samples.ts';
import type { SearchAnswer, SnapshotSearch } from './search-answer.ts';
import type { SearchGroup } from './search-documents.ts';
import { type SampleRow, sampleRows, word, wordNumber } from './search-samples.ts';

const rows = [...sampleRows(6000, 11)];
const index = writeSampleIndex(rows, { segmentDocuments: 2500, runPostings: 9000 });
const search = index.open();
after(() => {
  search[Symbol.dispose]();
  index[Symbol.dispose]();
});

type Test = (row: SampleRow) => boolean;
/** Names folded once: the slowest part of looking at every row. */
const folded = new Map<string, string>();
const fold = (name: string): string => {
  const known = folded.get(name) ?? ` ${termsOf(name).join(' ')} `;
  folded.set(name, known);
  return known;
};
const inAny = (term: string): Test => {
  return ({ title, artist, album }) =>
    [title, artist, album].some((name) => fold(name).includes(` ${term} `));
};
const inField = (field: 'title' | 'artist' | 'album' | 'label', term: string): Test => {
  return (row) => fold(row[field]).includes(` ${term} `);
};
/** Words that are one term each. */
const someWord = (random: ReturnType<typeof seededRandom>): string => {
  for (;;) {
    const terms = termsOf(word(wordNumber(random)));
    if (terms.length === 1) return terms[0]!;
  }
};

describe('what is found is what a look at every row finds', () => {
  const random = seededRandom(17);
  const kinds: Record<string, () => [string, Test[]]> = {
    'one word': () => one((term) => [term, inAny(term)]),
    'two words': () => two((term) => [term, inAny(term)]),
    'words of a field': () => two((term) => [`title:${term}`, inField('title', term)]),
    'an artist and a word': () => {
      const [first, second] = [someWord(random), someWord(random)];
      return [`artist:${first} ${second}`, [inField('artist', first), inAny(second)]];
    },
    'a word of an album': () => one((term) => [`album:${term}`, inField('album', term)]),
    'a label': () =>
      one(() => [`label:${termsOf(word(3))[0]}`, inField('label', termsOf(word(3))[0]!)]),
    years: () => {
      const [from, to] = [1950 + random.below(60), 1990 + random.below(36)];
      return [`year:${from}..${to}`, [({ year }) => year >= from && year <= to]];
    },
    'a genre and a word': () => {
      const term = someWord(random);
      return [`genre:hip ${term}`, [({ genres }) => genres.includes('hip hop'), inAny(term)]];
    },
    'a licence': () => ['licence:nc licence:3', [({ licence }) => licence === 'CC BY-NC-SA 3.0']],
    'any licence': () => ['licence:any', [({ licence }) => licence !== null]],
    'nothing explicit': () => {
      const term = someWord(random);
      return [`explicit:no ${term}`, [({ explicit }) => explicit !== true, inAny(term)]];
    },
  };
  const one = (make: (term: string) => [string, Test]): [string, Test[]] => {
    const [text, check] = make(someWord(random));
    return [text, [check]];
  };
  const two = (make: (term: string) => [string, Test]): [string, Test[]] => {
    const made = [make(someWord(random)), make(someWord(random))];
    return [made.map(([text]) => text).join(' '), made.map(([, check]) => check)];
  };
  for (const [name, make] of Object.entries(kinds))
    test(name, () => {
      let found = 0;
      for (let round = 0; round < 60; round += 1) {
        const [text, checks] = make();
        const expected = rows.flatMap((row, rank) =>
          checks.every((check) => check(row)) ? [rank] : [],
        );
        const ranks = everyPage(text).flatMap(({ hits }) =>
          hits.filter(({ reason }) => reason !== 'typo').map(({ rank }) => rank),
        );
        assert.deepEqual(
          [...ranks].sort((a, b) => a - b),
          expected,
          text,
        );
        found += expected.length;
      }
      assert.notEqual(found, 0, 'a kind of question that finds nothing shows nothing');
    });
});

test('whole names lead, phrases follow, words come last, each by rank and once', () => {
  const order = ['whole', 'phrase', 'words', 'typo'];
  let phrases = 0;
  for (const row of rows.slice(0, 300)) {
    const text = termsOf(row.title).slice(0, 2).join(' ');
    const hits = everyPage(text, 7).flatMap((page) => page.hits);
    assert.equal(new Set(hits.map(({ rank }) => rank)).size, hits.length, text);
    const sorted = [...hits].sort(
      (a, b) => order.indexOf(a.reason) - order.indexOf(b.reason) || a.rank - b.rank,
    );
    assert.deepEqual(hits, sorted, text);
    phrases += hits.filter(({ reason }) => reason === 'phrase').length;
    const single = search.search({ text, group: 'tracks', limit: 500, cursor: null });
    if (single.next === null) assert.deepEqual(hits, single.hits, text);
  }
  assert.notEqual(phrases, 0);
});

test('however few are looked at for phrases, every match comes once', () => {
  using hasty = index.open({ steps: 800 });
  let cut = 0;
  for (const row of rows.slice(0, 60)) {
    const text = termsOf(row.album).slice(0, 2).join(' ');
    const ranksOf = (pages: SearchAnswer[]) =>
      pages.flatMap(({ hits }) => hits.map(({ rank }) => rank)).sort((a, b) => a - b);
    const pages = everyPage(text, 9, hasty);
    assert.deepEqual(ranksOf(pages), ranksOf(everyPage(text)), text);
    if (pages.some(({ bounds }) => bounds.includes('phrases'))) cut += 1;
  }
  assert.notEqual(cut, 0);
});

test('a page that ends early says so, and the next goes on where it stopped', () => {
  using hasty = index.open({ steps: 60 });
  // Each has hundreds of documents, and few have both.
  const text = [5, 7].map((number) => termsOf(word(number))[0]).join(' ');
  const pages = everyPage(text, 20, hasty);
  const early = pages.filter(({ bounds }) => bounds.includes('time'));
  assert.ok(early.some(({ hits, next }) => hits.length < 20 && next !== null));
  assert.deepEqual(
    pages.flatMap(({ hits }) => hits.map(({ rank }) => rank)).sort((a, b) => a - b),
    everyPage(text)
      .flatMap(({ hits }) => hits.filter(({ reason }) => reason !== 'typo'))
      .map(({ rank }) => rank)
      .sort((a, b) => a - b),
  );
});

test('what is looked at is counted: an answer is the same whatever was read before it', () => {
  let cut = 0;
  for (const row of rows.slice(0, 40)) {
    const text = termsOf(row.album).slice(0, 2).join(' ');
    for (const asked of [text, `"${text}"`]) {
      using fresh = index.open({ steps: 900 });
      using small = index.open({ steps: 900, cachePages: 1 });
      const question = { text: asked, group: 'tracks', limit: 9, cursor: null } as const;
      const answer = fresh.search(question);
      assert.deepEqual(fresh.search(question), answer, asked);
      assert.deepEqual(small.search(question), answer, asked);
      if (answer.bounds.length > 0) cut += 1;
    }
  }
  assert.ok(cut > 0 && cut < 80, `${cut}`);
});

test('characters typed apart are found in any order, first where they stand side by side', () => {
  const [any] = rows;
  const titled = ['京東', '東の京', '東京', '東京タワー'].map((title) => ({ ...any!, title }));
  using own = writeSampleIndex(titled);
  using found = own.open();
  const { hits } = found.search({ text: '東 京', group: 'tracks', limit: 9, cursor: null });
  assert.deepEqual(hits, [
    { rank: 2, reason: 'whole' },
    { rank: 3, reason: 'phrase' },
    { rank: 0, reason: 'words' },
    { rank: 1, reason: 'words' },
  ]);
});

test('a half word is a phrase with one of the words it is taken for', () => {
  const [any] = rows;
  const titled = ['night love', 'love my night', 'my love nights', 'love night'].map((title) => ({
    ...any!,
    title,
  }));
  using own = writeSampleIndex(titled);
  using found = own.open();
  const question = { text: 'love nig', group: 'tracks', limit: 9, cursor: null } as const;
  const { hits } = found.search({ ...question, typing: true });
  assert.deepEqual(
    hits.map(({ rank, reason }) => [rank, reason]),
    [
      [2, 'phrase'],
      [3, 'phrase'],
      [0, 'words'],
      [1, 'words'],
    ],
  );
});

test('a title leads whatever its rank, and so does "artist title"', () => {
  for (const rank of [5, 1234, 2499, 2500, 5999]) {
    const { artist, title } = rows[rank]!;
    const [first] = find(`${artist} ${title}`).hits;
    assert.equal(first!.reason, 'whole');
    const { artist: foundArtist, title: foundTitle } = rows[first!.rank]!;
    assert.deepEqual([foundArtist, foundTitle], [artist, title]);
    assert.ok(
      find(title).hits.every(
        ({ reason, rank: at }) => reason !== 'whole' || rows[at]!.title === title,
      ),
    );
  }
});

test('a phrase in quotes is found where its words stand side by side, and nowhere else', () => {
  const random = seededRandom(23);
  for (let round = 0; round < 100; round += 1) {
    const terms = termsOf(random.pick(rows).album).slice(0, 3);
    const text = terms.join(' ');
    const expected = rows.flatMap((row, rank) =>
      [row.title, row.artist, row.album].some((name) => fold(name).includes(` ${text} `))
        ? [rank]
        : [],
    );
    const ranks = everyPage(`"${text}"`).flatMap(({ hits }) => hits.map(({ rank }) => rank));
    assert.deepEqual(
      ranks.sort((a, b) => a - b),
      expected,
      text,
    );
  }
});

test('albums and artists are groups of their own', () => {
  const { artist, album } = rows[4000]!;
  const albums = find(`${artist} ${album}`, 'albums').hits;
  assert.deepEqual(index.names('albums', albums[0]!.rank), { title: null, artist, album });
  const artists = find(artist, 'artists').hits;
  assert.equal(artists[0]!.reason, 'whole');
  assert.equal(index.names('artists', artists[0]!.rank).artist, artist);
  assert.deepEqual(find('title:love', 'artists').hits, []);
});

test('what is held and what is not are told apart', () => {
  const held = { count: rows.length / 3, next: (rank: number) => Math.ceil(rank / 3) * 3 };
  using own = index.open({ held: { tracks: held } });
  const term = termsOf(word(0))[0]!;
  const ask = (text: string) =>
    everyPage(text, 500, own).flatMap(({ hits }) => hits.map(({ rank }) => rank));
  const all = ask(term).sort((a, b) => a - b);
  assert.deepEqual(
    ask(`${term} held:yes`).sort((a, b) => a - b),
    all.filter((rank) => rank % 3 === 0),
  );
  assert.deepEqual(
    ask(`${term} held:no`).sort((a, b) => a - b),
    all.filter((rank) => rank % 3 !== 0),
  );
  assert.equal(ask('held:yes').length, 2000);
});

test('tracks with a flag are found by it, and left out where none may have one', () => {
  const sets: Readonly<Record<string, number>> = { noise: 5, 'same-title': 7 };
  const every = (step: number) => ({
    count: rows.length / step,
    next: (rank: number) => {
      const next = Math.ceil(rank / step) * step;
      return next < rows.length ? next : -1;
    },
  });
  using own = index.open({
    flagged: (name) => {
      const step = name === 'any' ? 5 : sets[name];
      return step === undefined ? undefined : every(step);
    },
  });
  const ask = (text: string) =>
    everyPage(text, 500, own).flatMap(({ hits }) => hits.map(({ rank }) => rank));
  const term = termsOf(word(0))[0]!;
  const all = ask(term).sort((a, b) => a - b);
  const told = (text: string) => ask(text).sort((a, b) => a - b);
  assert.deepEqual(
    told(`${term} flag:NOISE`),
    all.filter((rank) => rank % 5 === 0),
  );
  assert.deepEqual(
    told(`${term} flag:noise flag:same-title`),
    all.filter((rank) => rank % 35 === 0),
  );
  assert.deepEqual(
    told(`${term} flag:none`),
    all.filter((rank) => rank % 5 !== 0),
  );
  assert.equal(ask('flag:same-title').length, Math.ceil(rows.length / 7));
  assert.deepEqual(ask('flag:over-a-day'), []);
  assert.deepEqual(find('flag:noise', 'albums').hits, []);
});

test('a letter wrong, missing, added or swapped still finds the word, and says so', () => {
  for (const [typed, meant] of [
    ['untitlde', 'untitled'],
    ['interlud', 'interlude'],
    ['interludes', 'interlude'],
    ['untitkled', 'untitled'],
    ['imterlude', 'interlude'],
  ]) {
    const answer = find(typed!);
    assert.deepEqual(
      answer.corrections.map(({ taken }) => taken.includes(meant!)),
      [true],
      typed,
    );
    assert.ok(answer.hits.every(({ reason }) => reason === 'typo'));
    assert.ok(answer.hits.some(({ rank }) => termsOf(rows[rank]!.title).includes(meant!)));
  }
});

test('a word that is still being typed and begins no other is taken for one a letter away', () => {
  const ask = (text: string) =>
    search.search({ text, group: 'tracks', limit: 5, cursor: null, typing: true });
  const answer = ask('interldue');
  assert.deepEqual(
    answer.corrections.map(({ word }) => word),
    ['interldue'],
  );
  assert.ok(answer.hits.some(({ rank }) => rows[rank]!.title === 'Interlude'));
  assert.deepEqual(ask('interlu').corrections, []);
});

test('a half word finds what it may become', () => {
  for (const text of ['interlu*', 'INTERLU*', 'title:interlu*'])
    assert.ok(
      find(text).hits.some(({ rank }) => rows[rank]!.title === 'Interlude'),
      text,
    );
  const typing = search.search({
    text: 'interlu',
    group: 'tracks',
    limit: 5,
    cursor: null,
    typing: true,
  });
  assert.equal(rows[typing.hits[0]!.rank]!.title, 'Interlude');
});

test('a word that is typed whole is found however many more frequent words begin so', () => {
  const [any] = rows;
  const endings = Array.from('abcdefghijklmnopqrst', (letter) => `li${letter}zz`);
  const others = endings.flatMap((artist) =>
    ['one', 'two', 'three'].map((title) => ({ ...any!, artist, title, album: 'x' })),
  );
  const meant = { ...any!, title: 'Moon over', artist: 'Li Wei', album: 'x' };
  using own = writeSampleIndex([...others, meant]);
  using found = own.open();
  for (const text of ['li', 'moon li', 'wei li', 'moon over li', 'artist:li']) {
    const question = { text, group: 'tracks', limit: 100, cursor: null, typing: true } as const;
    const ranks = found.search(question).hits.map(({ rank }) => rank);
    assert.ok(ranks.includes(others.length), text);
  }
});

test('nothing typed asks for nothing, and no text is refused', () => {
  for (const text of [
    '',
    '   ',
    '"',
    '*',
    '""',
    'title:',
    '::',
    'a'.repeat(5000),
    '\u0000',
    '\uD800',
    'constructor:x',
    'NEAR(a b) OR *',
    Array.from({ length: 2000 }, (_, at) => `lo${at}*`).join(' OR '),
    "(a+)+$ GLOB '[a-z]*' LIKE '%a%b%c'",
  ]) {
    const answer = find(text);
    assert.ok(Array.isArray(answer.hits), text);
  }
  assert.deepEqual(find('').hits, []);
  assert.deepEqual(find('-').hits, []);
});

test('a foreign cursor is taken for the beginning', () => {
  const first = find('love');
  for (const cursor of ['x', 'e', '-1', 'w99999999999999', '__proto__'])
    assert.deepEqual(search.search({ text: 'love', group: 'tracks', limit: 20, cursor }), first);
});

function find(text: string, group: SearchGroup = 'tracks'): SearchAnswer {
  return search.search({ text, group, limit: 20, cursor: null });
}

/** All pages of an answer. */
function everyPage(text: string, limit = 500, from: SnapshotSearch = search): SearchAnswer[] {
  const pages: SearchAnswer[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = from.search({ text, group: 'tracks', limit, cursor });
    pages.push(page);
    if (page.next === null) return pages;
    cursor = page.next;
  }
}
