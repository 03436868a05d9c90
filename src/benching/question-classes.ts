/** The ten classes of questions that the bench asks, made of words that the catalogue has: some in all of it, some once. */
import { seededRandom } from '../base/seeded-random.ts';
import { termsOf } from '../model/search-terms.ts';
import type { SampledTrack } from './sample-tracks.ts';

/** The classes, in the order they are told. */
export const QUESTION_CLASSES = [
  'one common word',
  'one rare word',
  'two common words',
  'a common and a rare word',
  'three common words',
  'three words of one title and artist',
  'phrase',
  'word and prefix',
  'typo',
  'field',
] as const;
/** One class of questions. */
export type QuestionClass = (typeof QUESTION_CLASSES)[number];

/** A question as it is typed. */
export interface BenchQuestion {
  readonly text: string;
  /** Whether the last word is half typed. */
  readonly typing: boolean;
}

/** Words that count as common: those that most sampled titles have. */
const COMMON_WORDS = 40;
/** Letters of a word in which a typo is still told from another word. */
const TYPO_LETTERS = 6;

type Pick = <T>(choices: readonly T[]) => T;

/** `count` questions of each class over the catalogue that `tracks` were drawn from; the same for the same tracks. */
export function makeQuestions(
  tracks: readonly SampledTrack[],
  count: number,
): Record<QuestionClass, BenchQuestion[]> {
  const { pick } = seededRandom(count);
  const words = wordsOf(tracks);
  return Object.fromEntries(
    QUESTION_CLASSES.map((kind) => {
      const make = MAKERS[kind];
      return [kind, Array.from({ length: count }, () => make(words, pick))];
    }),
  ) as Record<QuestionClass, BenchQuestion[]>;
}

interface Words {
  readonly common: readonly string[];
  readonly rare: readonly string[];
  /** Rare words of Latin letters long enough to be misspelt. */
  readonly long: readonly string[];
  /** Tracks whose titles have two words or more. */
  readonly wordy: readonly SampledTrack[];
}

const typed = (text: string): BenchQuestion => ({ text, typing: false });

const MAKERS: Readonly<Record<QuestionClass, (words: Words, pick: Pick) => BenchQuestion>> = {
  'one common word': ({ common }, pick) => typed(pick(common)),
  'one rare word': ({ rare }, pick) => typed(pick(rare)),
  'two common words': ({ common }, pick) => typed(`${pick(common)} ${pick(common)}`),
  'a common and a rare word': ({ common, rare }, pick) => typed(`${pick(common)} ${pick(rare)}`),
  'three common words': ({ common }, pick) =>
    typed([pick(common), pick(common), pick(common)].join(' ')),
  'three words of one title and artist': ({ wordy }, pick) => {
    const track = pick(wordy);
    const words = [...termsOf(track.title).slice(0, 2), pick(termsOf(track.artist))];
    return typed(words.join(' '));
  },
  phrase: ({ wordy }, pick) => typed(`"${termsOf(pick(wordy).title).slice(0, 3).join(' ')}"`),
  'word and prefix': ({ wordy }, pick) => {
    const [first, second] = termsOf(pick(wordy).title) as [string, string];
    const half = [...second].slice(0, Math.max(1, Math.ceil([...second].length / 2)));
    return { text: `${first} ${half.join('')}`, typing: true };
  },
  typo: ({ long }, pick) => typed(misspelt(pick(long), pick)),
  field: ({ wordy }, pick) => fieldQuestion(pick(wordy), pick),
};

function fieldQuestion({ title, artist, album, year }: SampledTrack, pick: Pick): BenchQuestion {
  const word = (text: string) => pick(termsOf(text));
  const texts = [
    `artist:${word(artist)}`,
    `title:${word(title)} artist:${word(artist)}`,
    `album:${word(album)} year:${year}`,
    `title:${word(title)} year:1990..2020`,
  ];
  return typed(pick(texts));
}

/** `word` with one of its letters, not the first, made another. */
function misspelt(word: string, pick: Pick): string {
  const places = Array.from({ length: word.length - 1 }, (_, at) => at + 1);
  const at = pick(places);
  const letter = pick([...'aeiorstn'].filter((one) => one !== word[at]));
  return word.slice(0, at) + letter + word.slice(at + 1);
}

function wordsOf(tracks: readonly SampledTrack[]): Words {
  const counts = new Map<string, number>();
  for (const { title } of tracks)
    for (const term of new Set(termsOf(title))) counts.set(term, (counts.get(term) ?? 0) + 1);
  // Words of as many titles keep the order of the tracks, which is the same each time.
  const byCount = [...counts].sort(([, a], [, b]) => b - a);
  const rare = byCount.filter(([, count]) => count === 1).map(([term]) => term);
  return {
    common: byCount.slice(0, COMMON_WORDS).map(([term]) => term),
    rare,
    long: rare.filter((term) => term.length >= TYPO_LETTERS && /^[a-z]+$/.test(term)),
    wordy: tracks.filter(
      ({ title, artist, album }) =>
        termsOf(title).length >= 2 && termsOf(artist).length > 0 && termsOf(album).length > 0,
    ),
  };
}
