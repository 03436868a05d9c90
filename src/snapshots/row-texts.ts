/** The lines that come out of the door, cut where pieces end and made into JSON that is parsed in one go. */

/** What follows in a piece: JSON of an array of rows, in a buffer of its own, and whether the piece ends with it. */
export interface RowText {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly endsPiece: boolean;
}

const NEWLINE = 10;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;

/** A function that gives the texts of the next chunk of whole lines, for pieces of `pieceRows`; it changes the chunk. */
export function createRowTexts(pieceRows: number): (chunk: Buffer) => RowText[] {
  let room = pieceRows;
  return (chunk) => {
    const texts: RowText[] = [];
    for (let from = 0; from < chunk.length; ) {
      let end = from;
      for (let next = 0; next >= 0 && room > 0; ) {
        next = chunk.indexOf(NEWLINE, end);
        if (next < 0) break;
        chunk[next] = COMMA;
        end = next + 1;
        room -= 1;
      }
      const bytes = new Uint8Array(end - from + 1);
      bytes[0] = OPEN;
      bytes.set(chunk.subarray(from, end), 1);
      bytes[bytes.length - 1] = CLOSE;
      texts.push({ bytes, endsPiece: room === 0 });
      if (room === 0) room = pieceRows;
      from = end;
    }
    return texts;
  };
}
