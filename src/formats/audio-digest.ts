/**
 * The digest of sound without its tags: SHA-256 over a label and the units of the stream (packets or frames), each
 * followed by its length. docs/formats/audio-integrity.md says for each format what its units are.
 */
import { type Digest, startSha256 } from '../base/digest.ts';
import type { ReadingDepth } from './audio-verdict.ts';

/** A digest of units being fed in order. */
export interface AudioHasher {
  /** Adds part of the unit that is open. */
  add(bytes: Uint8Array, start?: number, end?: number): void;
  /** Closes the open unit. */
  endUnit(): void;
  /** The digest, or null where none was asked for; the hasher is spent. */
  finish(): Digest | null;
}

/** Units are often shorter than a call of the hash is worth, so they are gathered first. */
const GATHER_BYTES = 64 * 1024;
const LOOP_BYTES = 96;

const NO_HASHER: AudioHasher = {
  add: () => undefined,
  endUnit: () => undefined,
  finish: () => null,
};

/** A hasher for a stream of kind `label`; one that does nothing for a reader of checksums. */
export function startAudioHasher(label: string, depth: ReadingDepth = 'whole'): AudioHasher {
  if (depth === 'checksums') return NO_HASHER;
  const hash = startSha256();
  const gathered = new Uint8Array(GATHER_BYTES);
  let used = 0;
  let unitBytes = 0;
  hash.update(Buffer.from(`fonoteca audio 1 ${label}\n`));

  const flush = (): void => {
    hash.update(gathered.subarray(0, used));
    used = 0;
  };
  return {
    add(bytes, start = 0, end = bytes.length) {
      const count = end - start;
      unitBytes += count;
      if (used + count > GATHER_BYTES) flush();
      if (count > GATHER_BYTES / 4) {
        flush();
        hash.update(bytes.subarray(start, end));
        return;
      }
      // A loop is quicker than making the view that a copy of a short range needs.
      if (count > LOOP_BYTES) gathered.set(bytes.subarray(start, end), used);
      else for (let from = start, to = used; from < end; from++, to++) gathered[to] = bytes[from]!;
      used += count;
    },
    endUnit() {
      if (used + 4 > GATHER_BYTES) flush();
      // A unit longer than 2^32 is no packet or frame; the length then counts modulo 2^32.
      gathered[used] = unitBytes & 255;
      gathered[used + 1] = (unitBytes >>> 8) & 255;
      gathered[used + 2] = (unitBytes >>> 16) & 255;
      gathered[used + 3] = (unitBytes / 2 ** 24) & 255;
      used += 4;
      unitBytes = 0;
    },
    finish() {
      flush();
      return hash.finish();
    },
  };
}
