/**
 * Rows for tests and benches of search, from a small seeded model: words of several scripts with the frequencies of a
 * language, artists with several albums, albums with several tracks, titles that repeat. The same seed, the same rows.
 */
import { type SeededRandom, seededRandom } from '../base/seeded-random.ts';

/** One made-up track. */
export interface SampleRow {
  readonly title: string;
  readonly artist: string;
  readonly album: string;
  readonly label: string;
  readonly year: number;
  readonly genres: readonly string[];
  readonly licence: string | null;
  readonly explicit: boolean | null;
}

const WORDS = 400_000;
const ARTISTS_PER_ROW = 0.06;
const SYLLABLES = [
  ...[
    'ka',
    'lo',
    'mi',
    'ren',
    'su',
    'to',
    'vi',
    'wal',
    'xe',
    'yor',
    'zu',
    'an',
    'bel',
    'chi',
    'da',
  ],
  ...[
    'el',
    'fro',
    'ga',
    'hun',
    'is',
    'jo',
    'ke',
    'lus',
    'mor',
    'na',
    'ost',
    'pa',
    'qui',
    'ro',
    'sta',
  ],
];
const CYRILLIC = [
  'ка',
  'ло',
  'ми',
  'рен',
  'су',
  'то',
  'ви',
  'зо',
  'ше',
  'лю',
  'бо',
  'ный',
  'ость',
  'ра',
];
const HAN = '愛夢空海花月風雪夜星心人生時光天地山水火木金土東京大阪上下左右春夏秋冬';
const GENRES = [
  'rock',
  'hip hop',
  'jazz',
  'death metal',
  'folk',
  'drum and bass',
  'tango',
  'techno',
];
const LICENCES = [null, null, null, 'CC BY 4.0', 'CC BY-NC-SA 3.0', 'CC0 1.0'];
const COMMON_TITLES = ['Intro', 'Love', 'Home', 'Outro', 'Untitled', 'Interlude'];

/** The `count` rows of `seed`, in order, made as they are asked for. */
export function* sampleRows(count: number, seed: number): Generator<SampleRow> {
  const random = seededRandom(seed);
  const artists = Math.max(10, Math.floor(count * ARTISTS_PER_ROW));
  for (let row = 0; row < count; ) {
    const artist = artistName(random.below(artists));
    const album = phrase(random, 1 + random.below(4));
    const shared = {
      artist,
      album,
      label: `${word(random.below(500))} Records`,
      year: 1950 + Math.floor(Math.sqrt(random.below(76 * 76))),
      genres: random.below(3) === 0 ? [random.pick(GENRES)] : [],
      licence: random.pick(LICENCES),
    };
    for (let tracks = 1 + random.below(8); tracks > 0 && row < count; tracks -= 1, row += 1)
      yield {
        ...shared,
        title: titleOf(random, album),
        explicit: [true, false, null][random.below(3)]!,
      };
  }
}

/** A word of the model: the lower its number, the more frequent it is. */
export function word(number: number): string {
  if (number % 16 === 9) return spelled(number, CYRILLIC);
  if (number % 16 === 13) return HAN[number % HAN.length]! + HAN[(number * 7) % HAN.length]!;
  const text = spelled(number, SYLLABLES);
  return number % 11 === 3 ? text.replace('o', 'ö').replace('e', 'é') : text;
}

/** A number of a word, low ones more often than high ones, as in a language. */
export function wordNumber(random: SeededRandom): number {
  return Math.floor(WORDS ** (random.below(2 ** 24) / 2 ** 24)) - 1;
}

function spelled(number: number, syllables: readonly string[]): string {
  let text = '';
  for (let rest = number + syllables.length; rest > 0; rest = Math.floor(rest / syllables.length))
    text += syllables[rest % syllables.length];
  return text;
}

function phrase(random: SeededRandom, words: number): string {
  const text = Array.from({ length: words }, () => word(wordNumber(random))).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function artistName(number: number): string {
  const random = seededRandom(number + 1);
  random.bytes(8);
  return `${number % 3 === 0 ? 'The ' : ''}${phrase(random, 1 + random.below(3))}`;
}

function titleOf(random: SeededRandom, album: string): string {
  const kind = random.below(20);
  if (kind === 0) return random.pick(COMMON_TITLES);
  if (kind === 1) return album;
  const title = phrase(random, 1 + random.below(5));
  return kind === 2 ? `${title} (Remastered ${1990 + random.below(30)})` : title;
}
