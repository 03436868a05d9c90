/** What the thread that finishes a search index is told, and what it answers to each order. */
import type { ToldError } from '../base/thread.ts';
import type { SearchOrder } from '../catalogue/search-finish.ts';

/** An order; they are carried out in turn. */
export type LaneOrder = SearchOrder | 'abort' | 'end';

/** That an order was carried out, or why not. */
export interface LaneAnswer {
  readonly error?: ToldError;
}
