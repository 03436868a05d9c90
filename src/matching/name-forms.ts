/**
 * The forms in which one name may be written: as it stands, and without what tags add to it (credits, numbers, notes of
 * editions). What tells one recording from another (live, remix, part two) stays. Rules: docs/matching.md.
 */
import { termsOf } from '../model/search-terms.ts';

/** A name as terms between spaces, and whether something was taken off. */
export interface NameForm {
  readonly terms: string;
  readonly isPlain: boolean;
}

const CREDIT = /(?:\s+|[([]\s*)(?:feat|ft|featuring)\b\.?.*$/iu;
const NUMBER = /^\s*\d{1,3}\s*(?:[-–.)_]\s*|\s(?=\d+\s*[-–.]))/u;
/** Between brackets or behind a dash, to the end: notes of an edition of the same sound. */
const NOTE =
  '(?:(?:digital(?:ly)?\\s+)?re-?master(?:ed)?(?:\\s+(?:version|edition))?|(?:19|20)\\d\\d\\s+re-?master(?:ed)?|re-?master(?:ed)?\\s+(?:19|20)\\d\\d|album version|explicit(?: version)?|clean|bonus track|official (?:video|audio|music video)|lyrics?|hq|hd|\\d{2,3}\\s*kbps|mono|stereo|(?:www\\.)?[a-z0-9-]+\\.(?:com|net|org))';
const BRACKETED_NOTE = new RegExp(`\\s*[([{]\\s*${NOTE}\\s*[)\\]}]`, 'giu');
const DASHED_NOTE = new RegExp(`\\s+[-–]\\s+${NOTE}\\s*$`, 'iu');
const FILE_ENDING = /\.(?:mp3|flac|ogg|opus|m4a|wav|aiff?)$/iu;
const ARTICLE_BEHIND = /^(?<name>.+),\s*(?<article>the|les|los|die|der)$/iu;
const ARTICLE_BEFORE = /^the\s+(?=\S)/iu;
const DASH = /\s+[-–]\s+/u;
const LETTERS = /^[\p{L}\p{M}]+$/u;
const ROMAN = /^[ivxlcdm]+$/;
const LEAST_MISTYPED = 4;
const JOINED_ARTISTS = /\s*(?:;|\/|\s&\s|\sx\s|\svs\.?\s|\swith\s|,\s)\s*/iu;

/** Titles that a player makes up, and names that stand for nobody. */
const SAYS_NOTHING =
  /^(?:unknown(?: (?:artist|title))?|various(?: artists)?|va|artist|title|no artist|untitled|(?:audio )?track(?: \d+)?|piste \d+|spur \d+)$/u;

/** The forms of a title, the plain one first; `artist` may stand before it, as in names of files. */
export function titleForms(title: string, artist: string): NameForm[] {
  const named = title.replace(FILE_ENDING, '');
  const noted = named.replace(CREDIT, '');
  const bare = noted.replaceAll(BRACKETED_NOTE, '').replace(DASHED_NOTE, '').replace(CREDIT, '');
  const written = [bare, noted, named];
  const unnumbered = written.map((form) => form.replace(NUMBER, ''));
  return formsOf(title, [
    ...written,
    ...unnumbered,
    ...unnumbered.map((form) => behindArtist(form, artist)),
  ]);
}

/** The forms of an artist's name: without credits, its article before or behind, the first of several. */
export function artistForms(artist: string): NameForm[] {
  const { name, article } = ARTICLE_BEHIND.exec(artist)?.groups ?? {};
  const turned = name === undefined ? artist : `${article} ${name}`;
  const alone = turned.replace(CREDIT, '');
  const first = alone.split(JOINED_ARTISTS)[0] ?? alone;
  const forms = [turned, alone, first];
  return formsOf(artist, [...forms, ...forms.map((form) => form.replace(ARTICLE_BEFORE, ''))]);
}

/**
 * Other ways to read a title and an artist: each in the place of the other, and both in the title with a dash between them,
 * as names of files have them.
 */
export function otherReadings(
  title: string,
  artist: string,
): { readonly title: string; readonly artist: string }[] {
  const [before, ...behind] = title.replace(FILE_ENDING, '').replace(NUMBER, '').split(DASH);
  const rest = behind.join(' - ');
  return [
    { title: artist, artist: title },
    ...(rest === ''
      ? []
      : [
          { title: rest, artist: before! },
          { title: before!, artist: rest },
        ]),
  ];
}

/**
 * Whether two folded names are one but for a letter that is more, less, other or swapped with the next, in a word of four
 * letters or more: a number, a Roman one too, tells one part from another, and a short word is another one.
 */
export function isMistyped(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1 || one === other) return false;
  let from = 0;
  while (from < short.length && short[from] === long[from]) from += 1;
  let behind = 0;
  while (
    behind < short.length - from &&
    short[short.length - 1 - behind] === long[long.length - 1 - behind]
  )
    behind += 1;
  const [was, now] = [short, long].map((text) => text.slice(from, text.length - behind));
  const isSwap = was!.length === 2 && was === [...now!].reverse().join('');
  if (!isSwap && now!.length > 1) return false;
  const word = /[^ ]*$/.exec(long.slice(0, from))![0] + /^[^ ]*/.exec(long.slice(from))![0];
  const isWord = LETTERS.test(word) && word.length >= LEAST_MISTYPED && !ROMAN.test(word);
  return isWord && LETTERS.test(was! + now!);
}

/** Whether `terms` are what stands where nobody wrote a name. */
export function saysNothing(terms: string): boolean {
  return terms === '' || SAYS_NOTHING.test(terms);
}

/** `text` folded into terms between spaces. */
export function foldedName(text: string): string {
  return termsOf(text).join(' ');
}

function behindArtist(title: string, artist: string): string {
  const [before, ...behind] = title.split(DASH);
  const isArtist = behind.length > 0 && foldedName(before!) === foldedName(artist);
  return isArtist ? behind.join(' - ') : title;
}

function formsOf(plain: string, others: readonly string[]): NameForm[] {
  const forms = new Map<string, NameForm>();
  for (const [at, text] of [plain, ...others].entries()) {
    const terms = foldedName(text);
    if (terms !== '' && !forms.has(terms)) forms.set(terms, { terms, isPlain: at === 0 });
  }
  return [...forms.values()];
}
