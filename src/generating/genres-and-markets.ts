/**
 * 768 genres of artists in 19 families whose sizes are published, and the 89,501 combinations of markets that albums are
 * to be had in. Genres are drawn by family and, within it, the first ones most.
 */
import { DRAWS, type Draws, mixed } from './draws.ts';

/** A family of genres: artist–genre pairs that it has of 2.2 million, how many genres, and the words they are made of. */
interface GenreFamily {
  readonly pairs: number;
  readonly genres: number;
  readonly words: string;
}

const FAMILIES: readonly GenreFamily[] = [
  {
    pairs: 520_075,
    genres: 180,
    words: 'techno house ambient trance electro drum-and-bass dubstep',
  },
  { pairs: 370_179, genres: 128, words: 'rock indie punk metal hardcore shoegaze progressive' },
  { pairs: 202_529, genres: 72, words: 'folk traditional fado klezmer gamelan raga afrobeat' },
  { pairs: 189_438, genres: 66, words: 'salsa cumbia bachata reggaeton samba tango ranchera' },
  { pairs: 166_516, genres: 58, words: 'rap hip-hop trap drill boom-bap grime' },
  { pairs: 151_135, genres: 52, words: 'pop chanson schlager synthpop idol ballad' },
  { pairs: 106_573, genres: 36, words: 'opera choral chamber symphony baroque early-music' },
  { pairs: 72_173, genres: 26, words: 'jazz swing bebop fusion big-band' },
  { pairs: 63_518, genres: 22, words: 'regional norteño sertanejo enka' },
  { pairs: 62_318, genres: 22, words: 'gospel worship spiritual hymn' },
  { pairs: 58_253, genres: 20, words: 'country bluegrass americana singer-songwriter' },
  { pairs: 52_552, genres: 18, words: 'funk disco boogie' },
  { pairs: 39_649, genres: 14, words: 'soundtrack children new-age' },
  { pairs: 37_810, genres: 13, words: 'reggae dub ska dancehall' },
  { pairs: 30_837, genres: 11, words: 'comedy spoken-word' },
  { pairs: 27_013, genres: 10, words: 'soul r&b' },
  { pairs: 26_258, genres: 10, words: 'noise drone experimental' },
  { pairs: 13_004, genres: 5, words: 'lounge exotica' },
  { pairs: 12_520, genres: 5, words: 'blues boogie-woogie' },
];
const COLOURS = [
  '',
  ...[
    'modern',
    'french',
    'german',
    'brazilian',
    'japanese',
    'deep',
    'nordic',
    'american',
    'british',
  ],
  ...[
    'latin',
    'melodic',
    'dark',
    'italian',
    'polish',
    'turkish',
    'korean',
    'greek',
    'russian',
    'new',
  ],
  ...['african', 'arab', 'indian', 'minimal', 'acoustic', 'garage'],
];

/** Artists with a genre, and the mean number of them: 2.23 million pairs over 15.4 million artists. */
export const GENRED_SHARE = 0.0597;
/** How many genres an artist has who has any, drawn evenly: 2.42 on average. */
export const GENRE_COUNTS = [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 5] as const;

const STEPS = 65_536;
/** The names of all genres, each once. */
export const GENRES: readonly string[] = FAMILIES.flatMap(namesOf);
const GENRE_OF_STEP = Uint16Array.from(genreSteps());

/** The number of a genre. */
export function drawGenre(draws: Draws): number {
  return GENRE_OF_STEP[draws.below(STEPS)]!;
}

function namesOf({ genres, words }: GenreFamily): string[] {
  const list = words.split(' ').map((word) => word.replaceAll('-', ' '));
  return Array.from({ length: genres }, (_, at) => {
    const colour = COLOURS[Math.floor(at / list.length)]!;
    return `${colour} ${list[at % list.length]!}`.trim();
  });
}

/** The genre of each 65,536th of the pairs: within a family the n-th genre weighs (n + 9)^-0.65. */
function* genreSteps(): Generator<number> {
  const all = FAMILIES.reduce((sum, { pairs }) => sum + pairs, 0);
  const weights = FAMILIES.flatMap(({ pairs, genres }) => {
    const own = Array.from({ length: genres }, (_, at) => (at + 9) ** -0.65);
    const sum = own.reduce((total, weight) => total + weight, 0);
    return own.map((weight) => (weight / sum) * (pairs / all));
  });
  let [genre, sum] = [0, weights[0]!];
  for (let step = 0; step < STEPS; step += 1) {
    while ((step + 0.5) / STEPS > sum && genre < weights.length - 1) {
      genre += 1;
      sum += weights[genre]!;
    }
    yield genre;
  }
}

/** Combinations of markets. */
export const MARKET_COMBINATIONS = 89_501;
const MARKETS = (
  'AD AE AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CG CH CI CL CM CO CR CV ' +
  'CW CY CZ DE DJ DK DM DO DZ EC EE EG ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW GY HK HN HR HT HU ID IE ' +
  'IL IN IQ IS IT JM JO JP KE KG KH KI KM KN KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MN ' +
  'MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PR PS PT PW PY QA RO RS RW SA SB SC ' +
  'SE SG SI SK SL SM SN SR ST SV SZ TD TG TH TJ TL TN TO TR TT TV TW TZ UA UG US UY UZ VC VE VN VU WS XK ZA ZM ZW'
).split(' ');

/** The countries that artists come from, as the markets. */
export const PLACES: readonly string[] = MARKETS;

/** Distinct albums by what is told of their markets, in thousandths: nothing, all of them, one, up to 8, up to 40. */
const UNTOLD = 400;
const ALL = 440;

/** The number of a combination of markets, or -1 where the album does not say: low numbers most. */
export function drawMarkets(draws: Draws): number {
  const part = draws.below(1000);
  if (part < UNTOLD) return -1;
  if (part < ALL) return 0;
  return Math.floor(Math.exp(draws.unit() * Math.log(MARKET_COMBINATIONS)));
}

/**
 * The countries of a combination, ascending, between spaces. Number 0 has all; the next ones one each, the following
 * 20,000 four to eight, and the rest nine to forty.
 */
export function marketsText(combination: number): string {
  if (combination === 0) return MARKETS.join(' ');
  if (combination <= MARKETS.length) return MARKETS[combination - 1]!;
  const [least, most] = combination <= 20_000 ? [4, 8] : [9, 40];
  const chosen = new Set<number>();
  let bits = mixed(combination ^ DRAWS.album);
  const size = least + ((bits >>> 8) % (most - least + 1));
  while (chosen.size < size) {
    chosen.add((bits >>> 0) % MARKETS.length);
    bits = mixed(bits + 0x9e3779b9);
  }
  const ascending = [...chosen].sort((a, b) => a - b);
  return ascending.map((market) => MARKETS[market]!).join(' ');
}
