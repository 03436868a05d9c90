/** A row on its way into a snapshot, as it comes out of the sorted ranges. */

/** The values of a row in the order of its columns, and what goes with it into the statistics alone. */
export interface RankedRow {
  readonly values: readonly unknown[];
  readonly features: readonly (number | null)[] | null;
}

/** What `rangeLines` reads, row by row: the row as JSON, and its values. */
export interface RangeLine {
  readonly row: RankedRow;
  readonly line: string;
}

/** The rows of a chunk of lines `[[values…],features]`. The JSON of a row is cut out as it stands, not written anew. */
export function* rangeLines(chunk: Buffer): Generator<RangeLine> {
  const text = chunk.toString('utf8').trimEnd();
  const lines = text.split('\n');
  const parsed = JSON.parse(`[${lines.join(',')}]`) as [unknown[], (number | null)[] | null][];
  for (let index = 0; index < lines.length; index++) {
    const [values, features] = parsed[index]!;
    const line = lines[index]!;
    // Features are numbers: the last bracket that opens is theirs, and none opens behind the row where they are null.
    const end = features === null ? line.length - NULL_END : line.lastIndexOf(',[');
    yield { row: { values, features }, line: line.slice(1, end) };
  }
}

/** `,null]` */
const NULL_END = 6;
