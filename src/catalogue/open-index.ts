/** One index that is open: its segments, whole names, marks and vocabulary. Layout: docs/formats/search-index.md. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { type CheckedFile, openChecked } from './checked-file.ts';
import { readMarks } from './neighbour-marks.ts';
import type { PageCache } from './page-cache.ts';
import type { SearchGroup } from './search-documents.ts';
import { partName, readSummary, type SearchPart, segmentNames } from './search-files.ts';
import { openSearchSegment, type SearchSegment } from './search-segment.ts';
import { openTermBlocks, type TermBlocks } from './term-blocks.ts';
import { openVocabulary, type Vocabulary } from './vocabulary.ts';
import { openWholeNames, type WholeNames } from './whole-names.ts';
import { filterOf } from './word-filter.ts';

/** An index of one group. */
export interface OpenIndex extends Disposable {
  readonly group: SearchGroup;
  readonly documents: number;
  /** In the order of their ranks. */
  readonly segments: readonly SearchSegment[];
  readonly whole: WholeNames;
  readonly vocabulary: Vocabulary;
  /** The marks of neighbours of the document of `rank`. */
  marks(rank: number): number;
}

/** The index of `group` in `directory`. `FILE_MISSING`, `SEARCH_INDEX_DAMAGED`. */
export function openIndex(
  disk: Disk,
  { directory, group }: { directory: string; group: SearchGroup },
  cache: PageCache,
): OpenIndex {
  using opened = new DisposableStack();
  const nameOf = (part: SearchPart) => path.join(directory, partName(group, part));
  const open = (part: SearchPart): CheckedFile =>
    opened.use(openChecked(disk, nameOf(part), { kind: part, cache }));
  const summary = readSummary(open('index'), nameOf('index'));
  const segments = summary.segments.map(({ first, documents }, number) =>
    opened.use(
      openSearchSegment(
        disk,
        { directory, ...segmentNames(group, number) },
        { first, end: first + documents, cache },
      ),
    ),
  );
  const openWords = (): TermBlocks => {
    const words = open('words');
    return openTermBlocks(words, { name: nameOf('words'), bodyBytes: words.sizeBytes });
  };
  const filter = open('filter');
  // The dictionary of a single segment has all words with their documents.
  const terms = segments.length === 1 ? segments[0]!.terms : openWords();
  const vocabulary = openVocabulary(
    terms,
    filterOf(filter.read(0, filter.sizeBytes)),
    summary.alphabets,
  );
  const whole = openWholeNames(open('whole'), nameOf('whole'));
  const marks = open('marks');
  const kept = opened.move();
  return {
    group,
    documents: summary.documents,
    segments,
    whole,
    vocabulary,
    marks: (rank) => readMarks(marks, rank),
    [Symbol.dispose]: () => kept.dispose(),
  };
}
