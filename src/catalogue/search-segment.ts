/** One segment that is open: words, their lists, and what else documents are found by. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { openChecked } from './checked-file.ts';
import type { DocumentCursor } from './document-cursor.ts';
import { OWN_KINDS } from './document-terms.ts';
import type { Effort } from './effort.ts';
import { ListCursor } from './list-cursor.ts';
import type { PageCache } from './page-cache.ts';
import { OWN_TERM } from './posting-run.ts';
import { FIELD_LETTERS, OWN_LIST_LEAST } from './segment-merge.ts';
import { openTermBlocks, type TermBlocks } from './term-blocks.ts';

/** Documents `first` to `end` of an index. Its cursors count from 0, and take what they read from the effort they are given. */
export interface SearchSegment extends Disposable {
  readonly first: number;
  readonly end: number;
  /** Its words, and what else its documents are found by. */
  readonly terms: TermBlocks;
  /** Documents with `word` in one of `fields`, or undefined when there are none. */
  word(word: string, fields: number, effort: Effort): DocumentCursor | undefined;
  /** Documents with a term of its own kind. */
  own(kind: keyof typeof OWN_KINDS, term: string, effort: Effort): DocumentCursor | undefined;
}

/** The segment in the files of these names. `SEARCH_INDEX_DAMAGED`. */
export function openSearchSegment(
  disk: Disk,
  { directory, terms, postings }: { directory: string; terms: string; postings: string },
  { first, end, cache }: { first: number; end: number; cache: PageCache },
): SearchSegment {
  using opened = new DisposableStack();
  const termFile = path.join(directory, terms);
  const termsBody = opened.use(openChecked(disk, termFile, { kind: 'terms', cache }));
  const lists = opened.use(
    openChecked(disk, path.join(directory, postings), { kind: 'postings', cache }),
  );
  const blocks = openTermBlocks(termsBody, { name: termFile, bodyBytes: termsBody.sizeBytes });
  const kept = opened.move();
  const cursorOf = (
    found: ReturnType<TermBlocks['find']>,
    { fields, wanted, effort }: { fields: number; wanted: number; effort: Effort },
  ): DocumentCursor | undefined => {
    if (!found || found.first === 0) return undefined;
    const place = { position: found.before, sizeBytes: found.second, count: found.first };
    return new ListCursor(lists, { ...place, documents: end - first, fields }, wanted, effort);
  };
  return {
    first,
    end,
    terms: blocks,
    word(word, fields, effort) {
      const key = Buffer.from(word);
      const found = blocks.find(key);
      const field = FIELD_BITS_OF.indexOf(fields);
      if (found && field >= 0 && found.first > OWN_LIST_LEAST) {
        const own = Buffer.concat([key, Buffer.of(OWN_TERM, FIELD_LETTERS[field]!)]);
        const rare = blocks.find(own);
        if (rare) return cursorOf(rare, { fields, wanted: fields, effort });
      }
      return cursorOf(found, { fields: EACH_ITS_OWN, wanted: fields, effort });
    },
    own(kind, term, effort) {
      const key = Buffer.concat([Buffer.of(OWN_TERM), Buffer.from(OWN_KINDS[kind] + term)]);
      return cursorOf(blocks.find(key), { fields: ANY_FIELD, wanted: ANY_FIELD, effort });
    },
    [Symbol.dispose]: () => kept.dispose(),
  };
}

/** Of a list: each posting has its own fields. */
const EACH_ITS_OWN = 0;
const ANY_FIELD = 7;
/** The bits of single fields: only these have lists of their own. */
const FIELD_BITS_OF: readonly number[] = [1, 2, 4];
