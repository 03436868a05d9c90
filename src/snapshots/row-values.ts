/** A row on its way into a snapshot, as it comes out of the sorted ranges. */

/** The values of a row in the order of its columns, and what goes with it into the statistics alone. */
export interface RankedRow {
  readonly values: readonly unknown[];
  readonly features: readonly (number | null)[] | null;
}

/** The rows of a text `[[[values…],features],…]`. */
export function rowsOfText(text: Uint8Array<ArrayBuffer>): RankedRow[] {
  const whole = Buffer.from(text.buffer).toString('utf8');
  const parsed = JSON.parse(whole) as [unknown[], (number | null)[] | null][];
  return parsed.map(([values, features]) => ({ values, features }));
}
