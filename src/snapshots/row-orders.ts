/** What a thread that makes pieces of rows is told, and what it answers. */
import type { ToldError } from '../base/thread.ts';
import type { SharedRows } from './known-rows.ts';
import type { RowKind } from './row-kinds.ts';
import type { RowPiece } from './row-piece.ts';

/** Rows of what, and what they need. */
export interface RowsToMake {
  readonly kind: RowKind;
  readonly shared: SharedRows;
}

/** What it is told: to begin with rows of another kind, rows, to give the piece of those that came, to end. */
export type RowOrder =
  | 'take'
  | 'end'
  | { readonly begin: RowsToMake }
  | { readonly text: Uint8Array<ArrayBuffer> };

/** What it answers to `take`, or at once when it failed. */
export type RowAnswer = { readonly piece: RowPiece } | { readonly error: ToldError };
