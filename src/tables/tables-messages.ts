/** What the door and its process say to each other, a JSON line each way. */
import type { CellValue, SqlValue } from './tables.ts';

/** One statement. */
export type TablesJob =
  | { readonly kind: 'run' | 'rows'; readonly sql: string; readonly values: readonly SqlValue[] }
  | {
      readonly kind: 'lines' | 'texts' | 'numbers';
      readonly sql: string;
      readonly values: readonly SqlValue[];
      /** The pipe that the rows go into. */
      readonly pipe: string;
    };

/** What became of it. */
export type TablesAnswer = { readonly rows: CellValue[][] } | { readonly error: string };
