/**
 * Lines out of a named pipe, several at a time, in memory that is used again: made anew for each chunk they would call the
 * collector fifty times a second, whose threads then take a tenth of what the lines are read for.
 */
import fs from 'node:fs';

/** A pipe gives 64 KiB at most; of several of them fewer pieces are made. */
const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 10;

/** Chunks of whole lines to the end of `pipe`, each valid until the next; the last line may lack its end. Memory: two chunks, or the longest line. */
export async function* readLines(pipe: string): AsyncGenerator<Buffer> {
  await using handle = await fs.promises.open(pipe, 'r');
  let room = Buffer.allocUnsafeSlow(2 * CHUNK_BYTES);
  let held = 0;
  for (;;) {
    if (held === room.length) room = Buffer.concat([room], 2 * held);
    const { bytesRead } = await handle.read(room, held, room.length - held, null);
    held += bytesRead;
    if (bytesRead > 0 && held < CHUNK_BYTES) continue;
    const end = bytesRead > 0 ? room.lastIndexOf(NEWLINE, held - 1) + 1 : held;
    if (end > 0) yield room.subarray(0, end);
    if (bytesRead === 0) return;
    room.copyWithin(0, end, held);
    held -= end;
  }
}
