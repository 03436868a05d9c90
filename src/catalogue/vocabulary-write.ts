/**
 * The words of all segments in one list with how many documents have each; a filter that says of most words that are not
 * there that they are not; and the letters of each script, from which typing errors are made. Layout:
 * docs/formats/search-index.md.
 */
import type { Disk } from '../base/disk.ts';
import { isUnspaced } from '../model/search-terms.ts';
import { startChecked } from './checked-file.ts';
import { compareBytes, isWord, startTermBlocks, type TermBlocks } from './term-blocks.ts';
import { hashTerm } from './term-table.ts';
import { createWordFilter, noteWord, type WordFilter } from './word-filter.ts';

/** The letters of each script by its name, the most frequent first. */
export type Alphabets = Readonly<Record<string, string>>;

/** What a vocabulary came to. */
export interface WrittenVocabulary {
  readonly words: number;
  readonly alphabets: Alphabets;
}

/** Scripts whose words are looked at for typing errors; what belongs to none of them is left alone. */
const SCRIPTS = [
  ...['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Hangul', 'Devanagari', 'Bengali', 'Tamil'],
  ...['Telugu', 'Kannada', 'Malayalam', 'Gujarati', 'Gurmukhi', 'Sinhala', 'Armenian', 'Georgian'],
  ...['Ethiopic'],
];
const SCRIPT_TESTS: readonly (readonly [string, RegExp])[] = SCRIPTS.map((script) => [
  script,
  new RegExp(`\\p{Script=${script}}`, 'u'),
]);
/** Most letters of an alphabet: those beyond are hardly ever hit by mistake. */
const MAX_LETTERS = 72;
const DIGITS = '0123456789';

/** The script of a folded letter by its name, or undefined. */
export function scriptOf(letter: string): string | undefined {
  return SCRIPT_TESTS.find(([, test]) => test.test(letter))?.[0];
}

/** Writes filter and vocabulary of `segments` to the files of these names. Memory: 12 bits a word. */
export function writeVocabulary(
  disk: Disk,
  segments: readonly TermBlocks[],
  files: {
    /** Null when there is one segment, whose dictionary is the vocabulary. */
    readonly vocabulary: string | null;
    readonly filter: string;
    readonly temporary: string;
  },
): WrittenVocabulary {
  const most = segments.reduce((sum, { terms }) => sum + terms, 0);
  const filter = createWordFilter(most);
  const letters = new Map<string, number>();
  const note = (word: Uint8Array, documents: number) => {
    noteWord(filter, hashTerm(word));
    countLetters(letters, word, documents);
  };
  const words =
    files.vocabulary === null
      ? mergeWords(segments, note)
      : writeWords(disk, segments, { ...files, vocabulary: files.vocabulary }, note);
  writeFilter(disk, files, filter);
  return { words, alphabets: alphabetsOf(letters) };
}

type TakeWord = (word: Uint8Array, documents: number) => void;

function writeWords(
  disk: Disk,
  segments: readonly TermBlocks[],
  files: { readonly vocabulary: string; readonly temporary: string },
  note: TakeWord,
): number {
  const file = startChecked(disk, `${files.temporary}.vocabulary`, 'words');
  try {
    const writer = startTermBlocks(file);
    const words = mergeWords(segments, (word, documents) => {
      writer.add(word, word.length, documents, 0);
      note(word, documents);
    });
    writer.finish();
    file.finish(files.vocabulary);
    return words;
  } catch (error) {
    file.abort();
    throw error;
  }
}

function writeFilter(
  disk: Disk,
  files: { readonly filter: string; readonly temporary: string },
  filter: WordFilter,
): void {
  const file = startChecked(disk, `${files.temporary}.filter`, 'filter');
  file.write(new Uint8Array(filter.bits.buffer, filter.bits.byteOffset, filter.bits.byteLength));
  file.finish(files.filter);
}

/** Gives every word of `segments` to `take`, in order, and tells how many they are. */
function mergeWords(segments: readonly TermBlocks[], take: TakeWord): number {
  const cursors = segments.map((segment) => startWordCursor(segment));
  let words = 0;
  for (;;) {
    const live = cursors.filter((cursor) => cursor.word !== undefined);
    if (live.length === 0) return words;
    const least = live.reduce((best, cursor) =>
      compareBytes(cursor.word!, cursor.word!.length, best.word!) < 0 ? cursor : best,
    ).word!;
    let documents = 0;
    for (const cursor of live)
      if (cursor.word === least || compareBytes(cursor.word!, cursor.word!.length, least) === 0) {
        documents += cursor.documents;
        cursor.next();
      }
    take(least, documents);
    words += 1;
  }
}

interface WordCursor {
  word: Uint8Array | undefined;
  documents: number;
  next(): void;
}

/** The words of one segment in order, a block of them at a time. */
function startWordCursor(segment: TermBlocks): WordCursor {
  let block = -1;
  let at = 0;
  const words: Uint8Array[] = [];
  const counts: number[] = [];
  const cursor: WordCursor = {
    word: undefined,
    documents: 0,
    next() {
      while (at === words.length && block + 1 < segment.blocks) {
        block += 1;
        at = words.length = counts.length = 0;
        segment.scan(block, (term, length, first) => {
          if (isWord(term, length)) {
            words.push(term.slice(0, length));
            counts.push(first);
          }
          return true;
        });
      }
      cursor.word = words[at];
      cursor.documents = counts[at] ?? 0;
      if (at < words.length) at += 1;
    },
  };
  cursor.next();
  return cursor;
}

function countLetters(letters: Map<string, number>, word: Uint8Array, documents: number): void {
  const isPlain = word.every((byte) => byte < 0x80);
  if (isPlain) return;
  for (const letter of Buffer.from(word).toString('utf8'))
    if (letter > '\u007F') letters.set(letter, (letters.get(letter) ?? 0) + documents);
}

/** Digits and plain letters are in every Latin alphabet, so only others are counted. */
function alphabetsOf(letters: ReadonlyMap<string, number>): Alphabets {
  const byScript = new Map<string, string[]>([['Latin', []]]);
  const ordered = [...letters].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  for (const [letter] of ordered) {
    const script = isUnspaced(letter) ? undefined : scriptOf(letter);
    if (script === undefined) continue;
    const own = byScript.get(script) ?? [];
    if (own.length < MAX_LETTERS) own.push(letter);
    byScript.set(script, own);
  }
  const latin = `abcdefghijklmnopqrstuvwxyz${DIGITS}`;
  return Object.fromEntries(
    [...byScript].map(([script, own]) => [
      script,
      script === 'Latin' ? latin + own.slice(0, 12).join('') : own.join(''),
    ]),
  );
}
