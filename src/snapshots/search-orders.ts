/** What the thread of a search index is told, and what it answers to each order. */
import type { ErrorCode } from '../base/error-catalogue.ts';
import type { SearchBatch } from '../catalogue/search-documents.ts';

/** An order; they are carried out in turn. */
export type LaneOrder =
  | { readonly kind: 'add'; readonly batch: SearchBatch }
  | { readonly kind: 'finish' | 'abort' | 'end' };

/** That an order was carried out, or why not. */
export interface LaneAnswer {
  readonly error?: { readonly code?: ErrorCode; readonly seen: string };
}
