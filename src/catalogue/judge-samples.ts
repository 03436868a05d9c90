/**
 * Search against SQLite's FTS5 (`detail=full`) over the same folded terms: questions made from a seed, and for each the page that
 * the rules of docs/search.md give when FTS5 says which documents have which words and phrases.
 */
import { DatabaseSync } from 'node:sqlite';
import { type SeededRandom, seededRandom } from '../base/seeded-random.ts';
import { askedTermsOf, termsOf } from '../model/search-terms.ts';
import type { SearchHit } from './search-answer.ts';
import { type SampleRow, word, wordNumber } from './search-samples.ts';

/** A question as both engines take it. */
export interface JudgedQuestion {
  readonly text: string;
  /** What each word or phrase is to FTS5, joined by AND. */
  readonly match: string;
  /** The free terms, which may be a whole name or a phrase; empty when a field was asked. */
  readonly free: readonly string[];
  /** Whether a phrase in quotes is asked: then there are no other hits. */
  readonly isQuoted: boolean;
}

/** FTS5 with the rows of a sample, `rowid` being the rank. */
export interface Judge extends Disposable {
  /** The first `limit` hits that our rules give for `question`. */
  expected(question: JudgedQuestion, limit: number): SearchHit[];
  /** Every rank that meets `question`, ascending. */
  matching(question: JudgedQuestion): number[];
}

/** Candidates that are looked at for a phrase. */
const MAX_CANDIDATES = 2000;
/** Whole names that lead. */
const MAX_WHOLE = 1000;

/** FTS5 fed with `rows`. */
export function startJudge(rows: Iterable<SampleRow>): Judge {
  const database = new DatabaseSync(':memory:');
  database.exec(`CREATE VIRTUAL TABLE words USING fts5 (title, artist, album, content='', detail='full',
    tokenize='unicode61 remove_diacritics 0'); CREATE TABLE whole (text TEXT, rank INTEGER); BEGIN`);
  const addWords = database.prepare(
    'INSERT INTO words (rowid, title, artist, album) VALUES (?, ?, ?, ?)',
  );
  const addWhole = database.prepare('INSERT INTO whole VALUES (?, ?)');
  let rank = 0;
  for (const row of rows) {
    const [title, artist, album] = [row.title, row.artist, row.album].map((name) =>
      termsOf(name).join(' '),
    );
    addWords.run(rank, title!, artist!, album!);
    addWhole.run(title!, rank);
    addWhole.run(`${artist} ${title}`, rank);
    rank += 1;
  }
  database.exec('COMMIT; CREATE INDEX whole_text ON whole (text, rank)');
  const matching = database.prepare(
    'SELECT rowid AS rank FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?',
  );
  const named = database.prepare(
    'SELECT DISTINCT rank FROM whole WHERE text = ? ORDER BY rank LIMIT ?',
  );
  const ranksOf = (statement: typeof matching, text: string, limit: number): number[] =>
    statement.all(text, limit).map((row) => Number(row.rank));
  return {
    expected(question, limit) {
      const { match, free, isQuoted } = question;
      const perhaps = free.length > 0 ? ranksOf(named, free.join(' '), MAX_WHOLE) : [];
      const all = new Set(perhaps.length > 0 ? ranksOf(matching, match, -1) : []);
      const whole = perhaps.filter((each) => all.has(each));
      const isWhole = new Set(whole);
      const candidates = ranksOf(matching, match, MAX_CANDIDATES + MAX_WHOLE + limit);
      const looked = new Set(candidates.slice(0, MAX_CANDIDATES));
      const phrases =
        free.length > 1 && !isQuoted
          ? ranksOf(matching, `${match} AND ${phraseOf(free)}`, MAX_CANDIDATES).filter((each) =>
              looked.has(each),
            )
          : [];
      const isPhrase = new Set(phrases);
      const rest = candidates.filter((each) => !isPhrase.has(each));
      const hits: SearchHit[] = [
        ...whole.map((each) => ({ rank: each, reason: 'whole' }) as const),
        ...phrases.map((each) => ({ rank: each, reason: 'phrase' }) as const),
        ...rest.map((each) => ({ rank: each, reason: isQuoted ? 'phrase' : 'words' }) as const),
      ];
      return hits
        .filter(({ rank: each, reason }) => reason === 'whole' || !isWhole.has(each))
        .slice(0, limit);
    },
    matching: ({ match }) => ranksOf(matching, match, -1),
    [Symbol.dispose]: () => database.close(),
  };
}

/** `count` questions about `rows`, of seven kinds in turn, without half words and typing errors. */
export function* judgedQuestions(
  rows: readonly Pick<SampleRow, 'title' | 'artist' | 'album'>[],
  count: number,
  seed: number,
): Generator<JudgedQuestion> {
  const random = seededRandom(seed);
  for (let number = 0; number < count; number += 1)
    yield MAKERS[number % MAKERS.length]!(random, random.pick(rows));
}

type Maker = (
  random: SeededRandom,
  row: Pick<SampleRow, 'title' | 'artist' | 'album'>,
) => JudgedQuestion;

const MAKERS: readonly Maker[] = [
  (random) => words([word(wordNumber(random))]),
  (random) => words([word(random.below(300)), word(random.below(300))]),
  (random) => words([0, 0, 0].map(() => word(wordNumber(random)))),
  (_, { artist, title }) => words([...artist.split(' '), ...title.split(' ')].slice(0, 6)),
  (random, { album, title }) => quoted(random.below(2) === 0 ? album : title),
  (random) => quoted(`${word(random.below(60))} ${word(random.below(60))}`),
  (random, row) => {
    const field = random.pick(['title', 'artist', 'album'] as const);
    const inField = random.pick(row[field].split(' '));
    const other = word(random.below(500));
    const asked = askedTermsOf(inField);
    const match = [
      ...asked.map((term) => `${field} : ${phraseOf(termsOf(term))}`),
      ...askedTermsOf(other).map((term) => phraseOf(termsOf(term))),
    ];
    const free = termsOf(other);
    return {
      text: `${asked.map((term) => `${field}:${term}`).join(' ')} ${other}`,
      match: match.join(' AND '),
      free,
      isQuoted: false,
    };
  },
];

function words(own: readonly string[]): JudgedQuestion {
  const text = own.join(' ');
  const match = own.flatMap(askedTermsOf).map((term) => phraseOf(termsOf(term)));
  return {
    text,
    match: match.join(' AND '),
    free: own.flatMap((each) => termsOf(each)),
    isQuoted: false,
  };
}

function quoted(name: string): JudgedQuestion {
  const terms = termsOf(name).slice(0, 3);
  const isQuoted = terms.length > 1;
  return { text: `"${terms.join(' ')}"`, match: phraseOf(terms), free: terms, isQuoted };
}

/** Side by side, in one name. */
function phraseOf(terms: readonly string[]): string {
  return `"${terms.join(' ')}"`;
}
