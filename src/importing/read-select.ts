/** Reads what a SELECT gives into an import, as lines. */
import type { Tables } from '../tables/tables.ts';
import type { InputRule } from './compile-input.ts';
import type { Session } from './import-session.ts';

/** What the rows of a SELECT are read by. */
export interface SelectSource {
  readonly rule: InputRule;
  readonly fileName: string;
  /** Whether the last column tells the place of a row in its file, from 0; otherwise its line is its place among the rows. */
  readonly isNumbered?: boolean;
  /** Asked between blocks of rows; false when it is time to stop. */
  readonly goesOn: () => boolean;
}

/** Reads the rows of a SELECT by its rule; false when it was stopped. `TABLES_SQL`, `MAPPING_COLUMN_MISSING`. */
export async function readSelect(
  tables: Tables,
  sql: string,
  session: Session,
  { rule, fileName, isNumbered, goesOn }: SelectSource,
): Promise<boolean> {
  const described = await tables.rows(`SELECT column_name FROM (DESCRIBE ${sql})`);
  const names = described.map(([name]) => String(name));
  const lines = session.linesOf(rule, { fileName, format: 'jsonl', names, isNumbered });
  for await (const chunk of tables.lines(sql)) {
    await lines.push(chunk);
    if (!goesOn()) return false;
  }
  await lines.end();
  return true;
}
