/**
 * What a person typed, read as a question: words, phrases, half words, fields and filters. No text is refused: what is
 * no field is words. The language: docs/search.md.
 */
import { FLAGS } from '../model/flags.ts';
import {
  askedTermsOf,
  clipQuery,
  isUnspaced,
  MAX_QUERY_TERMS,
  termsOf,
} from '../model/search-terms.ts';

/** Fields of names, as bits. */
export const FIELDS = { title: 1, artist: 2, album: 4, any: 7 } as const;

/** A word that must be there. */
export interface AskedWord {
  readonly word: string;
  readonly fields: number;
  /** Whether it may go on. */
  readonly isPrefix: boolean;
}

/** Terms that must stand side by side. */
export interface AskedPhrase {
  readonly terms: readonly string[];
  readonly fields: number;
  /** Whether the last term may go on. */
  readonly isPrefix: boolean;
  /** Which of the query's words it is made of. */
  readonly words: readonly number[];
  /** Whether it is all that was typed without a field, and not asked for in quotes. */
  readonly isFree: boolean;
}

/** A term that is not a word of a name. */
export interface AskedOwn {
  readonly kind: 'label' | 'genre' | 'licence';
  readonly term: string;
}

/** A question taken apart. A document must meet all of it. */
export interface ParsedQuery {
  readonly words: readonly AskedWord[];
  readonly phrases: readonly AskedPhrase[];
  readonly own: readonly AskedOwn[];
  /** First and last year of each range asked. */
  readonly years: readonly (readonly [number, number])[];
  /** Each once. */
  readonly isrcs: readonly string[];
  /** Whether only what is held, or only what is not: once each, both when both were asked, which nothing meets. */
  readonly held: readonly boolean[];
  readonly explicit: readonly boolean[];
  /** Flags that must be there; `any` for one or another. */
  readonly flags: readonly string[];
  /** Whether tracks with any flag are left out. */
  readonly isUnflagged: boolean;
  /** The terms of all that was typed without a field, in order: perhaps a whole name. */
  readonly free: readonly string[];
  /** Which of the words those are. */
  readonly freeWords: readonly number[];
  /** Pairs of characters without spaces that stand side by side in the free terms and are none of the words. */
  readonly freePairs: readonly string[];
  /** Whether the last free term may go on. */
  readonly isFreePrefix: boolean;
}

interface Draft {
  words: AskedWord[];
  phrases: AskedPhrase[];
  own: AskedOwn[];
  years: [number, number][];
  isrcs: string[];
  held: boolean[];
  explicit: boolean[];
  flags: string[];
  isUnflagged: boolean;
  free: string[];
  freeWords: number[];
  isFreePrefix: boolean;
}

interface Token {
  readonly text: string;
  readonly isQuoted: boolean;
  /** Whether it may go on: it ends in a star, or is being typed. */
  readonly isPrefix: boolean;
}

const WORD = /[\p{L}\p{N}]/u;
const ISRC = /^[A-Z]{2}[A-Z0-9]{3}\d{7}$/;
const YEARS = /^(?<from>\d{4})?(?<dots>\.\.)?(?<to>\d{4})?$/;
const FIRST_YEAR = 1000;
const LAST_YEAR = 2999;

/** What each field does with its text; false when the text is none of its own. */
const READERS: Readonly<Record<string, (draft: Draft, token: Token) => boolean>> = {
  title: (draft, token) => addWords(draft, token, FIELDS.title),
  artist: (draft, token) => addWords(draft, token, FIELDS.artist),
  album: (draft, token) => addWords(draft, token, FIELDS.album),
  label: (draft, token) => addOwn(draft, 'label', token),
  genre: (draft, token) => addOwn(draft, 'genre', token),
  licence: addLicence,
  license: addLicence,
  year: addYears,
  isrc: addIsrc,
  held: ({ held }, { text }) => addAnswer(held, yesOrNo(text)),
  explicit: ({ explicit }, { text }) => addAnswer(explicit, yesOrNo(text)),
  flag: addFlag,
};
/** A field with its colon, then a quoted text or a word; behind a blank not what is itself a field of ours. */
const TOKEN = new RegExp(
  `(?:(?<field>[a-z]+):(?:[ \\t]+(?!(?:${Object.keys(READERS).join('|')}):))?)?(?:"(?<quoted>[^"]*)"?|(?<word>[^\\s"]+))`,
  'giu',
);
const FLAG_NAMES: ReadonlySet<string> = new Set(['any', ...FLAGS.map(({ name }) => name)]);

/** `text` as a question; its first 256 bytes and 12 words count. `typing`: whether the last word may be half typed. */
export function parseQuery(text: string, { typing }: { typing: boolean }): ParsedQuery {
  const draft: Draft = {
    ...{ words: [], phrases: [], own: [], years: [], isrcs: [], free: [], freeWords: [] },
    ...{ held: [], explicit: [], flags: [], isUnflagged: false, isFreePrefix: false },
  };
  const clipped = clipQuery(text);
  const hasWords = WORD.test(clipped);
  for (const match of clipped.matchAll(TOKEN)) {
    const { field, quoted, word } = match.groups ?? {};
    const isLast = match.index + match[0].length >= clipped.length;
    // A mark that stands alone is part of no name that has words; a name may be of marks alone.
    if (hasWords && !WORD.test(match[0])) continue;
    const token = {
      text: quoted ?? word ?? '',
      isQuoted: quoted !== undefined,
      isPrefix: word !== undefined && (word.endsWith('*') || (typing && isLast)),
    };
    if (field && readerOf(field)?.(draft, token)) continue;
    addFree(draft, field ? { ...token, text: `${field} ${token.text}` } : token);
  }
  draft.words.splice(MAX_QUERY_TERMS);
  draft.own.splice(MAX_QUERY_TERMS);
  return { ...draft, freePairs: pairsBetween(draft) };
}

/** Whether nothing at all is asked. What only leaves something out, as `explicit:no` does, lists the rest by its rank. */
export function asksNothing(parsed: ParsedQuery): boolean {
  const { words, own, years, isrcs, flags, held, explicit, isUnflagged } = parsed;
  const asked = [words, own, years, isrcs, flags, held, explicit];
  return asked.every(({ length }) => length === 0) && !isUnflagged;
}

/** Typed apart, such characters need not stand side by side; where they do, what is found has them as a phrase. */
function pairsBetween({ free, words }: Draft): string[] {
  const asked = new Set(words.map(({ word }) => word));
  const unspaced = free.map(isUnspaced);
  const pairs = free.flatMap((term, at) =>
    unspaced[at] && unspaced[at + 1] ? [term + free[at + 1]!] : [],
  );
  return pairs.filter((pair) => !asked.has(pair)).slice(0, MAX_QUERY_TERMS);
}

function readerOf(field: string): (typeof READERS)[string] | undefined {
  const name = field.toLowerCase();
  return Object.hasOwn(READERS, name) ? READERS[name] : undefined;
}

function addFree(draft: Draft, token: Token): boolean {
  draft.free.push(...termsOf(token.text));
  draft.isFreePrefix = token.isPrefix;
  const before = draft.words.length;
  const isAsked = addWords(draft, token, FIELDS.any);
  for (let at = before; at < draft.words.length; at += 1) draft.freeWords.push(at);
  return isAsked;
}

function addWords(draft: Draft, token: Token, fields: number): boolean {
  const asked = askedTermsOf(token.text);
  const first = draft.words.length;
  asked.forEach((word, at) => {
    const isPrefix = token.isPrefix && at === asked.length - 1;
    draft.words.push({ word, fields, isPrefix });
  });
  const terms = termsOf(token.text);
  if (token.isQuoted && terms.length > 1)
    draft.phrases.push({
      terms,
      fields,
      isPrefix: token.isPrefix,
      words: asked.map((_, at) => first + at),
      isFree: false,
    });
  return asked.length > 0;
}

function addOwn(draft: Draft, kind: AskedOwn['kind'], { text }: Token): boolean {
  const terms = termsOf(text);
  for (const term of terms) draft.own.push({ kind, term });
  return terms.length > 0;
}

/** `licence:any` asks for whatever has one. */
function addLicence(draft: Draft, token: Token): boolean {
  if (token.text.toLowerCase() !== 'any') return addOwn(draft, 'licence', token);
  draft.own.push({ kind: 'licence', term: '' });
  return true;
}

function addYears(draft: Draft, { text }: Token): boolean {
  const { from, dots, to } = YEARS.exec(text)?.groups ?? {};
  if (from === undefined && to === undefined) return false;
  if (from !== undefined && to !== undefined && !dots) return false;
  const first = from === undefined ? FIRST_YEAR : Number(from);
  const last = to === undefined ? (dots ? LAST_YEAR : first) : Number(to);
  draft.years.push([Math.max(FIRST_YEAR, first), Math.min(LAST_YEAR, last)]);
  return true;
}

function addIsrc(draft: Draft, { text }: Token): boolean {
  const isrc = text.replaceAll('-', '').toUpperCase();
  if (!ISRC.test(isrc)) return false;
  if (!draft.isrcs.includes(isrc)) draft.isrcs.push(isrc);
  return true;
}

/** `flag:none` leaves out whatever has one. */
function addFlag(draft: Draft, { text }: Token): boolean {
  const name = text.toLowerCase();
  if (name === 'none') draft.isUnflagged = true;
  else if (FLAG_NAMES.has(name)) draft.flags.push(name);
  return name === 'none' || FLAG_NAMES.has(name);
}

function yesOrNo(text: string): boolean | undefined {
  const answer = text.toLowerCase();
  if (answer === 'yes' || answer === 'true') return true;
  return answer === 'no' || answer === 'false' ? false : undefined;
}

function addAnswer(answers: boolean[], answer: boolean | undefined): boolean {
  if (answer !== undefined && !answers.includes(answer)) answers.push(answer);
  return answer !== undefined;
}
