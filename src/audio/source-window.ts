/**
 * The beginning and the end of a file that streams by: where tags and pictures are, kept for the tag reader.
 *
 * Files up to the head's size are kept whole. Of larger ones the middle is not kept; reading it gives zeros, which no
 * tag reader takes for a tag.
 */

/** A file's two ends, being fed. */
export interface SourceWindow {
  /** Takes the bytes from `position` on, which is where the last ones ended when left out. */
  push(chunk: Uint8Array, position?: number): void;
  /** The whole file, or null when only its ends are here. */
  whole(): Uint8Array | null;
  /** What the tag reader needs of a `Blob`: its size, and any stretch of it. */
  asBlob(): Blob;
}

/** Room for 16 MiB of pictures and the tags round them. */
const HEAD_BYTES = 24 * 2 ** 20;
/** APEv2 and ID3v1 tags, and chunks after the sound of a WAV. */
const TAIL_BYTES = 2 ** 20;

/** The stretches of a file of `sizeBytes` that a window keeps, in order: one, or its two ends. */
export function keptStretches(sizeBytes: number): readonly { start: number; end: number }[] {
  const tailStart = Math.max(HEAD_BYTES, sizeBytes - TAIL_BYTES);
  const head = { start: 0, end: Math.min(sizeBytes, HEAD_BYTES) };
  return tailStart < sizeBytes ? [head, { start: tailStart, end: sizeBytes }] : [head];
}

/** A window over a file of `sizeBytes`; bytes beyond that size are not kept. */
export function startSourceWindow(sizeBytes: number): SourceWindow {
  const head = new Uint8Array(Math.min(sizeBytes, HEAD_BYTES));
  const tailStart = Math.max(head.length, sizeBytes - TAIL_BYTES);
  const tail = new Uint8Array(sizeBytes - tailStart);
  let seen = 0;
  const read = (start: number, end: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(Math.max(0, end - start));
    overlay(bytes, start, head, 0);
    overlay(bytes, start, tail, tailStart);
    return bytes;
  };
  return {
    push(chunk, position = seen) {
      overlay(head, 0, chunk, position);
      overlay(tail, tailStart, chunk, position);
      seen = position + chunk.length;
    },
    whole: () => (seen <= head.length ? head.subarray(0, seen) : null),
    asBlob: () => blobLike(seen, read),
  };
}

/** Copies the part of `from` (which begins at `fromStart` of the file) that lies within `into` (at `intoStart`). */
function overlay(into: Uint8Array, intoStart: number, from: Uint8Array, fromStart: number): void {
  const start = Math.max(intoStart, fromStart);
  const end = Math.min(intoStart + into.length, fromStart + from.length);
  if (start < end) into.set(from.subarray(start - fromStart, end - fromStart), start - intoStart);
}

function blobLike(
  size: number,
  read: (start: number, end: number) => Uint8Array<ArrayBuffer>,
): Blob {
  const part: Pick<Blob, 'size' | 'type' | 'slice' | 'arrayBuffer'> = {
    size,
    type: '',
    slice: (start = 0, end = size) => new Blob([read(start, Math.min(size, end))]),
    arrayBuffer: async () => read(0, size).buffer,
  };
  return part as Blob;
}
