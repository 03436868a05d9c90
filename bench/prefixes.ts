/**
 * What half words find of all that begins so: `node bench/prefixes.ts [tracks] [questions of a length]`.
 *
 * Titles of a generated catalogue are drawn, and of a word of each its first letters are asked as somebody types them, alone. All that
 * is found, on however many pages, is compared with a look at every row. Prints the table of docs/search.md.
 */
import { seededRandom } from '../src/base/seeded-random.ts';
import { sampleTracks } from '../src/benching/sample-tracks.ts';
import { writeSampleIndex } from '../src/catalogue/index-samples.ts';
import type { SampleRow } from '../src/catalogue/search-samples.ts';
import { isUnspaced, termsOf } from '../src/model/search-terms.ts';

const ROWS = Number(process.argv[2] ?? 100_000);
const QUESTIONS = Number(process.argv[3] ?? 400);
const LENGTHS = [1, 2, 3, 4, 5, 6];
const PAGE = 500;

const rows = sampleTracks({ seed: 1, rows: ROWS, revision: 1 }, ROWS).map(
  ({ title, artist, album, year }): SampleRow => ({
    ...{ title, artist, album, label: '', year: Number(year), genres: [] },
    ...{ licence: null, explicit: null },
  }),
);
const wordsOf = ({ title, artist, album }: SampleRow) => [title, artist, album].flatMap(termsOf);
const startOf = (word: string, letters: number) => [...word].slice(0, letters).join('');

/** How many rows have a word that begins with each of `starts`. */
function rowsWith(starts: ReadonlySet<string>, letters: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows)
    for (const start of new Set(wordsOf(row).map((word) => startOf(word, letters))))
      if (starts.has(start)) counts.set(start, (counts.get(start) ?? 0) + 1);
  return counts;
}

/** A row and the first letters of a word of its title. */
function draw(letters: number): { rank: number; start: string }[] {
  const random = seededRandom(letters);
  const drawn: { rank: number; start: string }[] = [];
  while (drawn.length < QUESTIONS) {
    const rank = random.below(rows.length);
    const words = termsOf(rows[rank]!.title).filter(
      (word) => !isUnspaced(word) && [...word].length >= letters,
    );
    if (words.length > 0) drawn.push({ rank, start: startOf(random.pick(words), letters) });
  }
  return drawn;
}

using index = writeSampleIndex(rows);
using search = index.open();

/** The ranks that all pages of what begins with `start` have. */
function found(start: string): Set<number> {
  const ranks = new Set<number>();
  for (let cursor: string | null = null; ; ) {
    const question = { text: start, group: 'tracks', limit: PAGE, cursor, typing: true } as const;
    const { hits, next } = search.search(question);
    for (const { rank, reason } of hits) if (reason !== 'typo') ranks.add(rank);
    if (next === null) return ranks;
    cursor = next;
  }
}

const percent = (part: number, all: number) => `${((100 * part) / all).toFixed(0)} %`;
const print = (line: string) => process.stdout.write(`${line}\n`);
print(`${rows.length} tracks, ${QUESTIONS} half words of each length`);
print(
  '| letters | found of what begins so | half words that find all of it | find the track meant |',
);
print('|---|---|---|---|');
for (const letters of LENGTHS) {
  const drawn = draw(letters);
  const all = rowsWith(new Set(drawn.map(({ start }) => start)), letters);
  const answers = new Map([...all.keys()].map((start) => [start, found(start)] as const));
  let [shares, complete, meant] = [0, 0, 0];
  for (const { rank, start } of drawn) {
    const ranks = answers.get(start)!;
    shares += ranks.size / all.get(start)!;
    if (ranks.size === all.get(start)) complete += 1;
    if (ranks.has(rank)) meant += 1;
  }
  const told = [shares, complete, meant].map((part) => percent(part, QUESTIONS));
  print(`| ${[letters, ...told].join(' | ')} |`);
}
