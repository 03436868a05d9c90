/**
 * Bytes of a text cut into blocks of whole lines, at places that depend on the text alone: a block ends behind the last
 * line end that fits into it. Blocks are read in any thread and in any order.
 */
import { MOST_LINE_BYTES } from './parse-lines.ts';

/** Receives blocks. Each is memory of its own. */
export interface BlockSink {
  block(bytes: Uint8Array<ArrayBuffer>): void;
  /** A line that is longer than a line may be; it is in no block. */
  longLine(): void;
}

/** A text being cut. */
export interface BlockCutter {
  push(bytes: Uint8Array): void;
  /** The text is over. */
  end(): void;
}

const NEWLINE = 10;

/** A cutter into blocks of at most `blockBytes`, but for a longer line. Memory: one block. */
export function createBlockCutter(blockBytes: number, sink: BlockSink): BlockCutter {
  let room = new Uint8Array(blockBytes);
  let used = 0;
  let isSkipping = false;
  /** Gives the whole lines in the room, or makes it larger for the one line that fills it. */
  const makeRoom = () => {
    const end = room.lastIndexOf(NEWLINE, used - 1) + 1;
    if (end > 0) {
      const rest = used - end;
      const next = new Uint8Array(Math.max(blockBytes, rest + 1));
      next.set(room.subarray(end, used));
      sink.block(room.subarray(0, end));
      [room, used] = [next, rest];
    } else if (used <= MOST_LINE_BYTES) {
      const larger = new Uint8Array(Math.min(used * 2, MOST_LINE_BYTES + 1));
      larger.set(room.subarray(0, used));
      room = larger;
    } else {
      sink.longLine();
      isSkipping = true;
      [room, used] = [new Uint8Array(blockBytes), 0];
    }
  };
  return {
    push(bytes) {
      let at = 0;
      if (isSkipping) {
        const end = bytes.indexOf(NEWLINE);
        if (end < 0) return;
        isSkipping = false;
        at = end + 1;
      }
      while (at < bytes.length) {
        if (used === room.length) makeRoom();
        if (isSkipping) return this.push(bytes.subarray(at));
        const count = Math.min(bytes.length - at, room.length - used);
        room.set(bytes.subarray(at, at + count), used);
        used += count;
        at += count;
      }
    },
    end() {
      if (used > 0) sink.block(room.subarray(0, used));
      used = 0;
    },
  };
}
