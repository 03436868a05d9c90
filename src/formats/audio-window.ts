/**
 * A sliding window over bytes that arrive in chunks of any size: what a reader has been given and not yet consumed.
 *
 * Each byte is copied at most three times, however small the chunks are, and memory stays within twice what is held back.
 */

/** The bytes at hand are `bytes[start, end)`; their first has the position `offset` in the whole input. */
export interface ByteWindow {
  bytes: Uint8Array;
  start: number;
  end: number;
  offset: number;
}

/** Longest part of a chunk taken into a window at once: a reader keeps up with each part before the next. */
const WINDOW_STEP_BYTES = 256 * 1024;

/** Small, as a damaged file may need a window for each of its gaps. */
const WINDOW_START_BYTES = 16 * 1024;

/** An empty window at position `offset`. */
export function startWindow(offset = 0): ByteWindow {
  return { bytes: new Uint8Array(WINDOW_START_BYTES), start: 0, end: 0, offset };
}

/** Adds `chunk` behind what is held. */
export function extendWindow(window: ByteWindow, chunk: Uint8Array): void {
  const held = window.end - window.start;
  if (window.end + chunk.length > window.bytes.length) {
    const needed = held + chunk.length;
    const target = needed * 1.5 > window.bytes.length ? unfilled(needed * 2) : window.bytes;
    target.set(window.bytes.subarray(window.start, window.end));
    window.bytes = target;
    window.start = 0;
    window.end = held;
  }
  window.bytes.set(chunk, window.end);
  window.end += chunk.length;
}

/** Bytes of no content yet: a window is read only where it was written, and zeros for each file would cost more than its pages. */
function unfilled(sizeBytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(sizeBytes).buffer);
}

/** Gives up the first `count` bytes held. */
export function consumeWindow(window: ByteWindow, count: number): void {
  window.start += count;
  window.offset += count;
}

/** The parts of `chunk` in order, each short enough for one step of a window. */
export function* windowSteps(chunk: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < chunk.length; at += WINDOW_STEP_BYTES)
    yield chunk.subarray(at, at + WINDOW_STEP_BYTES);
}
