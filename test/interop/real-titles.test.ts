/** Real titles of a script are found as people type them: whole, without accents, in capitals, half typed. Needs `../shared/data`. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type SampleIndex, writeSampleIndex } from '../../src/catalogue/index-samples.ts';
import type { SnapshotSearch } from '../../src/catalogue/search-answer.ts';
import type { SampleRow } from '../../src/catalogue/search-samples.ts';
import { createCsvParser } from '../../src/importing/parse-csv.ts';
import { foldName } from '../../src/model/fold.ts';

const SONGS = path.resolve(
  import.meta.dirname,
  '../../../shared/data/catalog/spotify_songs.dev.csv.gz',
);
const skip = fs.existsSync(SONGS) ? false : `no songs at ${SONGS}`;
/** Scripts of which the songs have thirty titles and more. */
const SCRIPTS: Readonly<Record<string, RegExp>> = {
  Cyrillic: /\p{Script=Cyrillic}/u,
  'Latin with accents': /[\u00C0-\u024F\u1E00-\u1EFF]/u,
};
const LEAST_TITLES = 30;
const FIRST_HITS = 10;
/** Fewer letters of a last word are the beginning of too many words (docs/search.md). */
const LONG_ENOUGH = /[\p{L}\p{M}]{5,}$/u;

let rows: SampleRow[] = [];
let index: SampleIndex | undefined;
let search: SnapshotSearch | undefined;

before(() => {
  if (skip) return;
  rows = songs();
  index = writeSampleIndex(rows);
  search = index.open();
});
after(() => {
  search?.[Symbol.dispose]();
  index?.[Symbol.dispose]();
});

for (const [script, test_] of Object.entries(SCRIPTS))
  describe(`${script} titles`, { skip }, () => {
    const titles = () => [
      ...new Set(rows.map(({ title }) => title).filter((title) => test_.test(title))),
    ];
    const ask = (text: string, typing = false): string[] =>
      search!
        .search({ text, group: 'tracks', limit: FIRST_HITS, cursor: null, typing })
        .hits.map(({ rank }) => rows[rank]!.title);
    const isSame = (a: string | undefined, b: string) => foldName(a ?? '') === foldName(b);

    test('lead when they are typed as they stand, and in capitals', () => {
      assert.ok(titles().length >= LEAST_TITLES, `${titles().length} titles`);
      for (const title of titles())
        for (const text of [title, title.toUpperCase()])
          assert.ok(isSame(ask(text)[0], title), `${text}: ${ask(text)[0]}`);
    });
    test('lead when they are typed without accents, in small letters', () => {
      for (const title of titles()) {
        const plain = title.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
        assert.ok(isSame(ask(plain)[0], title), `${plain}: ${ask(plain)[0]}`);
      }
    });
    test('are among the first ten when two thirds are typed', () => {
      const halves = titles()
        .map((title) => [title, title.slice(0, Math.ceil((title.length * 2) / 3))] as const)
        .filter(([, half]) => LONG_ENOUGH.test(half));
      assert.ok(halves.length >= LEAST_TITLES / 3, `${halves.length} titles`);
      const missed = halves.filter(
        ([title, half]) => !ask(half, true).some((found) => isSame(found, title)),
      );
      // More than ten songs begin with "baila".
      assert.ok(missed.length <= halves.length / 20, `of ${halves.length}: ${missed.join('; ')}`);
    });
  });

/** The songs, the most popular first. */
function songs(): SampleRow[] {
  const found: { row: SampleRow; popularity: number }[] = [];
  let columns: readonly string[] = [];
  const parser = createCsvParser(
    { delimiter: ',', names: undefined },
    {
      header: (names) => (columns = names),
      record(cells) {
        const cell = (name: string) =>
          String((cells as readonly string[])[columns.indexOf(name)] ?? '');
        const [title, artist] = [cell('track_name'), cell('track_artist')];
        const own = { title, artist, album: cell('track_album_name'), label: '', year: 0 };
        const row = { ...own, genres: [], licence: null, explicit: null };
        found.push({ row, popularity: Number(cell('track_popularity')) });
      },
      refused: () => undefined,
    },
  );
  parser.push(gunzipSync(fs.readFileSync(SONGS)));
  parser.end();
  return found.sort((a, b) => b.popularity - a.popularity).map(({ row }) => row);
}
