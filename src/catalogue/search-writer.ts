/** An index written in one thread from documents in rank order. Layout: docs/formats/search-index.md. */
import type { Disk } from '../base/disk.ts';
import type { SearchWriterOptions, WrittenSearch } from './search-documents.ts';
import { type SearchOrder, startSearchFinisher } from './search-finish.ts';
import {
  continueSearchSpill,
  type KeptSearch,
  type SearchSpill,
  startSearchSpill,
} from './search-spill.ts';

/** An index being written. Ends with exactly one `finish` or `abort`. */
export interface SearchWriter extends Pick<SearchSpill, 'add' | 'append' | 'keep'> {
  /** Makes all files durable under their names and tells what they are; blocks while the last runs are merged. */
  finish(): WrittenSearch;
  /** Gives up and removes what was written, unless it was kept. */
  abort(): void;
}

/** A writer of the index that `options` names, behind what was `kept` of it, if anything was. */
export function startSearchWriter(
  disk: Disk,
  options: SearchWriterOptions,
  kept?: KeptSearch,
): SearchWriter {
  const finisher = startSearchFinisher(disk, options);
  let written: WrittenSearch | undefined;
  const give = (order: SearchOrder) => {
    written = finisher.carryOut(order);
  };
  const spill = kept
    ? continueSearchSpill(disk, options, give, kept)
    : startSearchSpill(disk, options, give);
  const abort = () => {
    spill.abort();
    if (!spill.isKept) finisher.abort();
  };
  return {
    ...{ add: spill.add, append: spill.append, keep: spill.keep },
    finish() {
      try {
        spill.finish();
        return written!;
      } catch (error) {
        abort();
        throw error;
      }
    },
    abort,
  };
}
