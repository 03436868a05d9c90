/** An index written in one thread from documents in rank order. Layout: docs/formats/search-index.md. */
import type { Disk } from '../base/disk.ts';
import type { SearchWriterOptions, WrittenSearch } from './search-documents.ts';
import { startSearchFinisher } from './search-finish.ts';
import { type SearchSpill, startSearchSpill } from './search-spill.ts';

/** An index being written. Ends with exactly one `finish` or `abort`. */
export interface SearchWriter extends SearchSpill {
  /** Makes all files durable under their names and tells what they are; blocks while the last runs are merged. */
  finish(): WrittenSearch;
  /** Gives up and removes what was written. */
  abort(): void;
}

/** A writer of the index that `options` names. */
export function startSearchWriter(disk: Disk, options: SearchWriterOptions): SearchWriter {
  const finisher = startSearchFinisher(disk, options);
  let written: WrittenSearch | undefined;
  const spill = startSearchSpill(disk, options, (order) => {
    written = finisher.carryOut(order);
  });
  const abort = () => {
    spill.abort();
    finisher.abort();
  };
  return {
    ...spill,
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
