/** A row on its way into a snapshot, as it comes out of the sorted ranges. */

/** The values of a row in the order of its columns, and what goes with it into the statistics alone. */
export interface RankedRow {
  readonly values: readonly unknown[];
  readonly features: readonly (number | null)[] | null;
}
