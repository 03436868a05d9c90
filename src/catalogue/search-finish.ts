/**
 * What is left of an index when its documents were taken apart: runs merged into segments, whole names put in order, the
 * vocabulary, the summary. Told in orders, which the writer's own thread or another one carries out.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { compareBytes } from '../base/safe-path.ts';
import { openChecked } from './checked-file.ts';
import { type PageCache, startPageCache } from './page-cache.ts';
import { OWN_TERM, type RunSpan } from './posting-run.ts';
import type { SearchWriterOptions, WrittenSearch } from './search-documents.ts';
import { partName, SEARCH_FORMAT, segmentNames, writeSummary } from './search-files.ts';
import { mergeSegment } from './segment-merge.ts';
import { isWord, openTermBlocks, type TermBlocks } from './term-blocks.ts';
import { writeVocabulary } from './vocabulary-write.ts';
import { type SpilledNames, writeWholeNames } from './whole-names.ts';

/** An order; the spill files that it names are gone when it was carried out, and one whose files are gone was. */
export type SearchOrder =
  | {
      readonly kind: 'segment';
      readonly spill: string;
      readonly runs: readonly RunSpan[];
      readonly first: number;
      readonly documents: number;
    }
  | {
      readonly kind: 'rest';
      readonly spill: string;
      readonly whole: SpilledNames;
      readonly documents: number;
    };

/** Carries out the orders of one index, in turn. */
export interface SearchFinisher {
  /** What was written, when that was the last order. */
  carryOut(order: SearchOrder): WrittenSearch | undefined;
  /** Removes what was written. */
  abort(): void;
}

/** Pages held while the dictionaries are read once, in order. */
const MERGE_PAGES = 1024;

/**
 * A finisher of the index that `options` names. Memory: 128 KiB a run of a segment. What it does for minutes calls `check` all the
 * while and is left when that throws, without its files.
 */
export function startSearchFinisher(
  disk: Disk,
  { directory, temporary, group }: SearchWriterOptions,
  check: () => void = () => {},
): SearchFinisher {
  const files: string[] = [];
  const segments: { first: number; documents: number }[] = [];
  let postings = 0;
  const final = (name: string): string => {
    files.push(name);
    return path.join(directory, name);
  };
  const unfinished = (part: string) => path.join(temporary, `search-${group}.${part}.tmp`);
  const vocabulary = () => {
    const cache = startPageCache(MERGE_PAGES);
    using opened = new DisposableStack();
    const terms = segments.map((_, number) =>
      openTerms(disk, path.join(directory, segmentNames(group, number).terms), { cache, opened }),
    );
    return writeVocabulary(disk, terms, {
      vocabulary: segments.length === 1 ? null : final(partName(group, 'words')),
      filter: final(partName(group, 'filter')),
      temporary: unfinished('vocabulary'),
    });
  };
  return {
    carryOut(order) {
      if (order.kind === 'segment') {
        const names = segmentNames(group, segments.length);
        const merged = {
          terms: final(names.terms),
          postings: final(names.postings),
          temporary: unfinished('segment'),
          documents: order.documents,
          check,
        };
        postings += disk.stat(order.spill)
          ? mergeSegment(disk, order.spill, order.runs, merged).postings
          : postingsIn(disk, merged.terms);
        segments.push({ first: order.first, documents: order.documents });
        return undefined;
      }
      const { spill, documents } = order;
      const whole = final(partName(group, 'whole'));
      if (disk.stat(spill))
        writeWholeNames(disk, order.whole, {
          ...{ spill, temporary: unfinished('whole'), final: whole, check },
        });
      const { words, alphabets } = vocabulary();
      final(partName(group, 'index'));
      writeSummary(
        disk,
        { directory, temporary },
        { format: SEARCH_FORMAT, group, documents, postings, words, segments, alphabets },
      );
      const all = [...files, partName(group, 'marks')].sort((a, b) => compareBytes(a, b));
      return { group, documents, postings, words, files: all };
    },
    abort() {
      for (const name of files) disk.unlink(path.join(directory, name));
    },
  };
}

function openTerms(
  disk: Disk,
  name: string,
  { cache, opened }: { readonly cache: PageCache; readonly opened: DisposableStack },
): TermBlocks {
  const file = opened.use(openChecked(disk, name, { kind: 'terms', cache }));
  return openTermBlocks(file, { name, bodyBytes: file.sizeBytes });
}

/** The postings of a segment whose dictionary is `name`; those of words in one field alone stand among others. */
function postingsIn(disk: Disk, name: string): number {
  using opened = new DisposableStack();
  const terms = openTerms(disk, name, { cache: startPageCache(MERGE_PAGES), opened });
  let postings = 0;
  for (let block = 0; block < terms.blocks; block += 1)
    terms.scan(block, (term, length, count) => {
      if (term[0] === OWN_TERM || isWord(term, length)) postings += count;
      return true;
    });
  return postings;
}
