/** What a thread that reads blocks of lines is given, and what it answers. */
import type { ToldError } from '../base/thread.ts';
import type { InputContext, InputRule } from './compile-input.ts';
import type { Preset } from './preset.ts';
import type { BlockRefusals } from './quarantine.ts';

/** The files whose records are lines: JSON, or rows of COPY. */
export type LineFormat = 'jsonl' | 'copy';

/** One file or query whose lines are read. */
export interface LineSource {
  /** Told apart from all others of a run by this. */
  readonly number: number;
  readonly rule: InputRule;
  readonly format: LineFormat;
  /** The columns of a record that is an array. */
  readonly names?: readonly string[] | undefined;
  /** Whether the last item of an array tells the place of the record in its file, from 0. */
  readonly isNumbered?: boolean | undefined;
  /** Without folders. */
  readonly fileName: string;
}

/** A block of whole lines. */
export interface LineBlock {
  readonly source: LineSource;
  /** Whether it begins its file. */
  readonly isFirst: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The rows of one table in a block. */
export interface BlockTable {
  readonly table: string;
  readonly rows: number;
  readonly refused: number;
  /** Three words for each row whose id may have come before: its place among the rows, and two hashes of what it is told by. */
  readonly keys: Uint32Array;
}

/** What was found in a block. */
export interface ReadBlock extends BlockRefusals {
  readonly lines: number;
  readonly taken: number;
  readonly passed: number;
  readonly refused: number;
  readonly tables: readonly BlockTable[];
}

/** Places among the rows of a table that are left out of it. */
export type LeftOut = Readonly<Record<string, readonly number[]>>;

/** The rows of a table as they go into its file. */
export interface EncodedTable {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly EncodedColumn[];
}

/** The pages of one column. */
export interface EncodedColumn {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly values: number;
  readonly plainBytes: number;
}

/** What a thread is started with. */
export interface BlockThreadOptions {
  readonly preset: Preset;
  readonly context: InputContext;
}

/** What a thread is told: to read a block, to encode the rows of one it has read, or to end. */
export type BlockOrder =
  | 'end'
  | { readonly number: number; readonly block: LineBlock }
  | { readonly number: number; readonly leftOut: LeftOut };

/** What it answers. Rows of which none may have come before are encoded at once. */
export type BlockAnswer =
  | { readonly number: number; readonly read: ReadBlock; readonly tables?: readonly EncodedTable[] }
  | { readonly number: number; readonly tables: readonly EncodedTable[] }
  | { readonly error: ToldError };
