/**
 * The worker's ear: decoded sound that another process writes straight to the worker's fourth descriptor.
 *
 * Sound is a hundred times its source, and passing it on through the main process costs as much as measuring it. Reading
 * waits, since a worker has one job at a time. The descriptor outlives the job, so the end is told by a mark that whoever
 * writes the sound cannot guess: nothing of one source is ever taken for sound of the next.
 */
import fs from 'node:fs';
import { FOURTH_DESCRIPTOR } from '../base/subprocess.ts';

/** Bytes of a mark. */
export const MARK_BYTES = 16;
const READ_BYTES = 256 * 1024;

/** What comes before `mark`, in parts that hold until the next is asked for. Throws when the descriptor ends without it. */
export function* soundBefore(mark: Uint8Array): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(READ_BYTES + MARK_BYTES);
  let held = 0;
  while (true) {
    const read = fs.readSync(FOURTH_DESCRIPTOR, buffer, held, buffer.length - held, null);
    if (read === 0) throw new Error('the sound ended without its mark');
    held += read;
    // The last bytes may be the mark, or its beginning.
    const sure = Math.max(0, held - MARK_BYTES);
    if (sure > 0) yield buffer.subarray(0, sure);
    if (buffer.compare(mark, 0, MARK_BYTES, sure, held) === 0) return;
    buffer.copyWithin(0, sure, held);
    held -= sure;
  }
}
