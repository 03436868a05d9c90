/** What a thread that makes pieces of rows is started with, told, and answers. */
import type { ErrorCode } from '../base/error-catalogue.ts';
import type { SharedRows } from './known-rows.ts';
import type { RowKind } from './row-kinds.ts';
import type { RowPiece } from './row-piece.ts';

/** What it is started with. */
export interface RowLaneOptions {
  readonly kind: RowKind;
  readonly shared: SharedRows;
}

/** What it is told: rows, or to give the piece of those that came, or to end. */
export type RowOrder = 'take' | 'end' | { readonly text: Uint8Array<ArrayBuffer> };

/** What it answers to `take`, or at once when it failed. */
export type RowAnswer =
  | { readonly piece: RowPiece }
  | { readonly error: { readonly code?: ErrorCode; readonly seen: string } };
