/**
 * One pass over the bytes of a file, or of a span of it: every digest that is asked for, in bounded memory.
 *
 * Input: a task, plain data so that it can go to another thread. Output: SHA-256 of the whole and the walk of the tar
 * (`chain`, one byte after the other), 16 KiB leaves held against the `.leaves` file, SHA-1 and tree hash of each piece
 * (`blocks`, any span by itself).
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { errnoOf, openFile, Problem } from './files.ts';
import { openLeaves } from './leaves-reader.ts';
import { startTarWalk, type WalkedTar } from './tar-walk.ts';
import { HASH_BYTES, LEAF_BYTES, layerOf } from './tree-hash.ts';

/** What to read and which digests to take. */
export interface PassTask {
  readonly file: string;
  /** Size of the file. */
  readonly sizeBytes: number;
  /** The span to read; it starts at a piece. */
  readonly from: number;
  readonly to: number;
  readonly pieceLengthBytes: number;
  /** SHA-256 of the whole; with `members` also the tar with the digest of each member. For a span that is the whole. */
  readonly chain: 'none' | 'digest' | 'members';
  /** Leaves held against the `.leaves` file; with `pieces` also SHA-1 and tree hash of each piece. */
  readonly blocks: 'none' | 'leaves' | 'pieces';
  /** The `.leaves` file, when there is one that can be trusted. */
  readonly leaves: string | undefined;
}

/** What a pass found. */
export interface PassResult {
  readonly sha256: string | undefined;
  readonly tar: WalkedTar | undefined;
  /** SHA-1 of each piece of the span, 20 bytes each. */
  readonly pieces: Uint8Array;
  /** Tree hash of each piece of the span, 32 bytes each. */
  readonly layer: Uint8Array;
  /** Numbers of 16 KiB blocks that differ from their leaf, as runs. */
  readonly damaged: readonly Run[];
}

/** Numbers from `from` to `to`, both included. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** What stays in a core's own cache while several digests are taken of it. */
const CHUNK_BYTES = 256 << 10;
/** Between two looks at what else is to be done: other threads wait for their next span meanwhile. */
const BREATH_CHUNKS = 4;

/** Carries out `task`. Throws a `Problem` when the file cannot be read, the reason of `stop` when asked to stop. */
export async function runPass(
  task: PassTask,
  onBytes: (count: number) => void,
  stop?: AbortSignal,
): Promise<PassResult> {
  const descriptor = openFile(task.file);
  const blocks = task.blocks === 'none' ? undefined : startBlocks(task);
  const whole = task.chain === 'none' ? undefined : crypto.createHash('sha256');
  const tar = task.chain === 'members' ? startTarWalk() : undefined;
  // No more than there is: small volumes come by the hundred thousand.
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, task.to - task.from));
  try {
    for (let at = task.from, count = 1; at < task.to; count += 1) {
      const chunk = buffer.subarray(0, Math.min(CHUNK_BYTES, task.to - at));
      fill(descriptor, chunk, at);
      whole?.update(chunk);
      tar?.feed(chunk);
      blocks?.feed(chunk);
      at += chunk.length;
      onBytes(chunk.length);
      if (count % BREATH_CHUNKS === 0) await setImmediate();
      stop?.throwIfAborted();
    }
    return {
      sha256: whole?.digest('hex'),
      tar: tar?.finish(),
      ...(blocks?.finish() ?? { pieces: Buffer.alloc(0), layer: Buffer.alloc(0), damaged: [] }),
    };
  } finally {
    blocks?.close();
    fs.closeSync(descriptor);
  }
}

/** Fills `chunk` from `position` on. Throws a `Problem` when the file ends or cannot be read. */
function fill(descriptor: number, chunk: Buffer, position: number): void {
  try {
    for (let filled = 0; filled < chunk.length; ) {
      const left = chunk.length - filled;
      const read = fs.readSync(descriptor, chunk, filled, left, position + filled);
      if (read === 0) throw new Problem('VERIFY_FILE_SIZE', `ends at byte ${position + filled}`);
      filled += read;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('VERIFY_FILE_UNREADABLE', `${errnoOf(error)} near byte ${position}`);
  }
}

interface Blocks {
  feed(chunk: Buffer): void;
  finish(): Pick<PassResult, 'pieces' | 'layer' | 'damaged'>;
  close(): void;
}

function startBlocks(task: PassTask): Blocks {
  const withPieces = task.blocks === 'pieces';
  const wanted = task.leaves === undefined ? undefined : openLeaves(task.leaves, task.sizeBytes);
  const taken: Buffer[] = [];
  const damaged: { from: number; to: number }[] = [];
  const pieces = withPieces ? startPieces(task.pieceLengthBytes) : undefined;
  const hashes = Buffer.alloc((CHUNK_BYTES / LEAF_BYTES) * HASH_BYTES);
  let number = task.from / LEAF_BYTES;
  const compare = (packed: Buffer) => {
    if (!wanted || wanted.areNext(number, packed)) return;
    for (let at = 0; at < packed.length; at += HASH_BYTES) {
      const leaf = number + at / HASH_BYTES;
      if (wanted.leaf(leaf)?.equals(packed.subarray(at, at + HASH_BYTES))) continue;
      const last = damaged.at(-1);
      if (last?.to === leaf - 1) last.to = leaf;
      else damaged.push({ from: leaf, to: leaf });
    }
  };
  return {
    feed(chunk) {
      pieces?.feed(chunk);
      let used = 0;
      for (let at = 0; at < chunk.length; at += LEAF_BYTES) {
        // Asked for as text of one character a byte, a hash costs no buffer of its own.
        const leaf = crypto.hash('sha256', chunk.subarray(at, at + LEAF_BYTES), 'binary');
        used += hashes.write(leaf, used, 'latin1');
      }
      const packed = hashes.subarray(0, used);
      compare(packed);
      for (let at = 0; withPieces && at < used; at += HASH_BYTES)
        taken.push(Buffer.from(packed.subarray(at, at + HASH_BYTES)));
      number += used / HASH_BYTES;
    },
    finish: () => ({
      pieces: pieces?.finish() ?? Buffer.alloc(0),
      layer: layerOf(taken, leavesUnderPiece(task)),
      damaged,
    }),
    close: () => wanted?.close(),
  };
}

/** Leaves under a hash of the layer; a file of one piece has a tree just wide enough for its leaves (BEP 52). */
function leavesUnderPiece({ sizeBytes, pieceLengthBytes }: PassTask): number {
  const leaves = Math.ceil(sizeBytes / LEAF_BYTES);
  let width = 1;
  while (width < leaves && width < pieceLengthBytes / LEAF_BYTES) width *= 2;
  return width;
}

function startPieces(pieceLengthBytes: number): { feed(bytes: Buffer): void; finish(): Buffer } {
  const digests: Buffer[] = [];
  let piece = crypto.createHash('sha1');
  let held = 0;
  return {
    feed(bytes) {
      for (let at = 0; at < bytes.length; ) {
        const part = bytes.subarray(at, at + pieceLengthBytes - held);
        piece.update(part);
        at += part.length;
        held += part.length;
        if (held < pieceLengthBytes) continue;
        digests.push(piece.digest());
        piece = crypto.createHash('sha1');
        held = 0;
      }
    },
    finish() {
      if (held > 0) digests.push(piece.digest());
      return Buffer.concat(digests);
    },
  };
}
