/**
 * Search over the indexes of a snapshot. What is named exactly as asked leads, whatever its popularity; then what has
 * the words side by side, among the first candidates; then the rest by rank; then, when there is hardly anything, what is
 * a typing error away. Rules: docs/search.md.
 */
import type { Clock } from '../base/clock.ts';
import type { Disk } from '../base/disk.ts';
import type { RankSet } from './document-cursor.ts';
import { type OpenIndex, openIndex } from './open-index.ts';
import { startPageCache } from './page-cache.ts';
import type { SearchAnswer, SearchQuestion, SearchRows, SnapshotSearch } from './search-answer.ts';
import { SEARCH_GROUPS, type SearchGroup } from './search-documents.ts';
import { answerQuestion } from './search-stages.ts';

/** Where a search lies and what it is held by. */
export interface SearchEngineOptions {
  /** The folder of the snapshot. */
  readonly directory: string;
  readonly rows: SearchRows;
  readonly clock: Clock;
  /** What is held, by rank of each group, asked at each question that speaks of it; a group without answers `held:yes` with nothing. */
  readonly held?: Readonly<Partial<Record<SearchGroup, RankSet | undefined>>>;
  /** The tracks with a flag, by rank, asked at each question that names one; without an answer there are none. */
  readonly flagged?: (name: string) => RankSet | undefined;
  /** Pages of 4 KiB that are kept. */
  readonly cachePages?: number;
  /** What each stage of an answer may cost, in steps, when other than usual. */
  readonly steps?: number;
  /** When an answer ends with what it has. */
  readonly deadlineMs?: number;
}

/** 24 MiB: what one question reads and what all of them do; the machine keeps the rest, a read of some 3 µs away. */
const CACHE_PAGES = 6144;
/** Below the 250 ms after which the process is ended. */
const DEADLINE_MS = 200;
/** Most results of a page. */
const MAX_LIMIT = 500;

/** Search over the snapshot in `directory`. `FILE_MISSING`, `SEARCH_INDEX_DAMAGED`. */
export function openSearch(disk: Disk, options: SearchEngineOptions): SnapshotSearch {
  const { directory, rows, clock } = options;
  using opened = new DisposableStack();
  const cache = startPageCache(options.cachePages ?? CACHE_PAGES);
  const indexes = new Map<SearchGroup, OpenIndex>();
  for (const group of SEARCH_GROUPS)
    indexes.set(group, opened.use(openIndex(disk, { directory, group }, cache)));
  const kept = opened.move();
  return {
    search(question: SearchQuestion): SearchAnswer {
      const limit = Math.max(1, Math.min(MAX_LIMIT, Math.floor(question.limit)));
      const end = clock.elapsedMs() + (options.deadlineMs ?? DEADLINE_MS);
      return answerQuestion(
        { ...question, limit },
        {
          index: indexes.get(question.group)!,
          rows,
          ...(options.steps === undefined ? {} : { steps: options.steps }),
          sources: {
            get held() {
              return options.held?.[question.group];
            },
            flagged: (name) => (question.group === 'tracks' ? options.flagged?.(name) : undefined),
            tracksWithIsrc: (isrc) => rows.tracksWithIsrc(isrc),
            isLate: () => clock.elapsedMs() > end,
          },
        },
      );
    },
    [Symbol.dispose]: () => kept.dispose(),
  };
}
