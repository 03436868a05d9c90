/** The words of every tongue as bytes, ready to be put into titles and names; made once, in some 10 ms. */
import { type ByteLine, put } from './byte-line.ts';
import type { Draws } from './draws.ts';
import type { Tongue } from './tongue.ts';
import { LATIN_TONGUES } from './tongues-latin.ts';
import { OTHER_TONGUES } from './tongues-other.ts';

/** A tongue whose words are bytes, as they stand inside and with a capital at the start of a title. */
export interface WordedTongue {
  /** ISO 639-3. */
  readonly language: Uint8Array;
  readonly isSpaced: boolean;
  /** Natural logarithm of the number of words. */
  readonly logVocabulary: number;
  /** The same of the common ones. */
  readonly logWords: number;
  readonly words: readonly Uint8Array[];
  readonly capitals: readonly Uint8Array[];
  readonly givenNames: readonly Uint8Array[];
  readonly syllables: readonly Uint8Array[];
  readonly firstSyllables: readonly Uint8Array[];
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `text` with a capital first letter, in scripts that have capitals. */
function capital(text: string): string {
  const [first = ''] = text;
  return first.toUpperCase() + text.slice(first.length);
}

/** Every tongue; the first is English. */
export const TONGUES: readonly WordedTongue[] = [...LATIN_TONGUES, ...OTHER_TONGUES].map(worded);

function worded(tongue: Tongue): WordedTongue {
  return {
    language: bytesOf(tongue.language),
    isSpaced: tongue.gap === ' ',
    logVocabulary: Math.log(tongue.vocabulary + 1),
    logWords: Math.log(tongue.words.length + 1),
    words: tongue.words.map(bytesOf),
    capitals: tongue.words.map(capital).map(bytesOf),
    givenNames: tongue.givenNames.map(capital).map(bytesOf),
    syllables: tongue.syllables.map(bytesOf),
    firstSyllables: tongue.syllables.map(capital).map(bytesOf),
  };
}

const TONGUE_STEPS = 4096;
/** The tongue of each 4,096th of the artists, by the shares. */
const TONGUE_OF_STEP = Uint8Array.from({ length: TONGUE_STEPS }, (_, step) =>
  tongueAt((step + 0.5) / TONGUE_STEPS),
);

function tongueAt(part: number): number {
  const shares = [...LATIN_TONGUES, ...OTHER_TONGUES].map(({ share }) => share);
  let left = part * shares.reduce((sum, share) => sum + share, 0);
  return Math.max(
    0,
    shares.findIndex((share) => {
      left -= share;
      return left < 0;
    }),
  );
}

/** The index of a tongue, drawn by the shares. */
export function drawTongue(draws: Draws): number {
  return TONGUE_OF_STEP[draws.below(TONGUE_STEPS)]!;
}

/** Share of the words that are drawn among the common ones alone. */
const COMMON_SHARE = 0.2;

/** Appends a word of `tongue`, the n-th commonest with a weight near 1/n; half of all words are common ones. */
export function putWord(
  line: ByteLine,
  draws: Draws,
  tongue: WordedTongue,
  isCapital: boolean,
): void {
  const { words } = tongue;
  const part = draws.unit();
  const log =
    part < COMMON_SHARE
      ? (part / COMMON_SHARE) * tongue.logWords
      : ((part - COMMON_SHARE) / (1 - COMMON_SHARE)) * tongue.logVocabulary;
  const number = Math.floor(Math.exp(log)) - 1;
  if (number < words.length) put(line, (isCapital ? tongue.capitals : words)[number]!);
  else putMadeWord(line, number - words.length, tongue, isCapital);
}

/** Appends one of the rarer words alone, as names are made of. */
export function putRareWord(line: ByteLine, draws: Draws, tongue: WordedTongue): void {
  const number = Math.floor(Math.exp((0.35 + draws.unit() * 0.65) * tongue.logVocabulary));
  putMadeWord(line, number, tongue, true);
}

/** Appends the word that the syllables make of `number`: its digits to the base of their count, two at least. */
function putMadeWord(
  line: ByteLine,
  number: number,
  { syllables, firstSyllables }: WordedTongue,
  isCapital: boolean,
): void {
  const base = syllables.length;
  let rest = Math.floor(number / base);
  put(line, (isCapital ? firstSyllables : syllables)[number - rest * base]!);
  do {
    const next = Math.floor(rest / base);
    put(line, syllables[rest - next * base]!);
    rest = next;
  } while (rest > 0);
}
