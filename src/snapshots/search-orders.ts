/** What the thread that finishes a search index is told, and what it answers to each order. */
import type { ToldError } from '../base/thread.ts';
import type { SearchWriterOptions } from '../catalogue/search-documents.ts';
import type { SearchOrder } from '../catalogue/search-finish.ts';

/** What the thread begins with. */
export interface LaneStart {
  readonly options: SearchWriterOptions;
  /** Not zero when it is to leave what it is doing. */
  readonly stop: Int32Array<SharedArrayBuffer>;
}

/** An order; they are carried out in turn. */
export type LaneOrder = SearchOrder | 'abort' | 'end';

/** That an order was carried out, or why not. */
export interface LaneAnswer {
  readonly error?: ToldError;
}
