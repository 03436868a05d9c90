/** The shape of one row of the error catalogue. */

/** The part of an error that does not depend on the occasion. */
export interface ErrorEntry {
  /** What would have been right. */
  readonly wanted: string;
  /** What the reader does next. */
  readonly next: string;
  /** Process exit code when this error ends a command; 1 when absent. */
  readonly exit?: 1 | 2 | 3 | 10 | 11 | 12 | 130;
}
