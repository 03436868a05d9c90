/**
 * Rows out of the door to DuckDB as whole numbers and one text: lines such as `[57,-3,212000,"USABC2012345"]` in, one call a
 * row out. No object and no string is made for a row, since there are hundreds of millions.
 */

const MINUS = 0x2d;
const QUOTE = 0x22;
const NINE = 0x39;
const ZERO = 0x30;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const CLOSE = 0x5d;

/** A text of a row: bytes of `buffer` from `from` to before `to`, as JSON has them between the quotes. Empty where there is none. */
export interface RowText {
  buffer: Uint8Array;
  from: number;
  to: number;
}

/** Calls `row` for each line of `chunks` with its whole numbers (within 2^53), which are used again for the next. */
export async function readRows(
  chunks: AsyncIterable<Buffer>,
  columns: number,
  row: (numbers: Float64Array, text: RowText) => void,
): Promise<void> {
  const numbers = new Float64Array(columns);
  const text: RowText = { buffer: Buffer.alloc(0), from: 0, to: 0 };
  for await (const chunk of chunks) readChunk(chunk, numbers, text, row);
}

function readChunk(
  chunk: Buffer,
  numbers: Float64Array,
  text: RowText,
  row: (numbers: Float64Array, text: RowText) => void,
): void {
  const { length } = chunk;
  text.buffer = chunk;
  text.from = 0;
  text.to = 0;
  let [column, value, sign] = [0, 0, 1];
  for (let at = 0; at < length; at += 1) {
    const byte = chunk[at]!;
    if (byte >= ZERO && byte <= NINE) value = value * 10 + (byte - ZERO);
    else if (byte === COMMA || byte === CLOSE) {
      if (column < numbers.length) numbers[column] = value * sign;
      column += 1;
      value = 0;
      sign = 1;
    } else if (byte === NEWLINE) {
      row(numbers, text);
      column = 0;
      text.from = 0;
      text.to = 0;
    } else if (byte === MINUS) sign = -1;
    else if (byte === QUOTE) {
      text.from = at + 1;
      at = chunk.indexOf(QUOTE, at + 1);
      text.to = at;
    }
  }
}
