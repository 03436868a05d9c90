/**
 * One pass over a volume: every digest of it at once, in bounded memory.
 *
 * Input: a volume file. Output: SHA-256 of the whole, SHA-1 of each piece, the 16 KiB tree, and the walk of the tar.
 * The next megabyte is read while the last one is hashed.
 */
import crypto from 'node:crypto';
import fs, { promises as fsPromises } from 'node:fs';
import { errnoOf, openFile, Problem } from './files.ts';
import { startTarWalk, type TarWalk } from './tar-walk.ts';
import { LEAF_BYTES, startTreeHash } from './tree-hash.ts';

/** What one pass found. */
export interface VolumeDigests {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** SHA-1 of each piece, 20 bytes each. */
  readonly pieces: Buffer;
  /** Tree hash of each piece, 32 bytes each; empty when there is one piece. */
  readonly pieceLayer: Buffer;
  readonly piecesRoot: string;
  readonly tar: TarWalk;
}

/** What a pass is told and tells. */
export interface PassOptions {
  readonly pieceLengthBytes: number;
  /** Gets each leaf hash with its number. */
  readonly onLeaf: (leaf: Buffer, number: number) => void;
  readonly onBytes: (count: number) => void;
  readonly stop?: AbortSignal | undefined;
}

const CHUNK_BYTES = 1 << 20;

/** Reads `file` once from end to end. Throws a `Problem` when it cannot be read, the reason of `stop` when asked to stop. */
export async function passOverVolume(file: string, options: PassOptions): Promise<VolumeDigests> {
  // Opened once before to refuse links and pipes by name; a handle of Node's promises cannot tell them apart.
  fs.closeSync(openFile(file));
  const handle = await open(file);
  try {
    return await pass(handle, options);
  } finally {
    await handle.close();
  }
}

async function open(file: string): Promise<fsPromises.FileHandle> {
  const { O_RDONLY, O_NOFOLLOW } = fs.constants;
  try {
    return await fsPromises.open(file, O_RDONLY | O_NOFOLLOW);
  } catch (error) {
    throw new Problem('VERIFY_FILE_UNREADABLE', errnoOf(error));
  }
}

async function pass(handle: fsPromises.FileHandle, options: PassOptions): Promise<VolumeDigests> {
  const whole = crypto.createHash('sha256');
  const pieces = startPieces(options.pieceLengthBytes);
  const tree = startTreeHash(options.pieceLengthBytes);
  const tar = startTarWalk();
  let leafNumber = 0;
  let sizeBytes = 0;
  for await (const chunk of chunksOf(handle)) {
    options.stop?.throwIfAborted();
    sizeBytes += chunk.length;
    whole.update(chunk);
    pieces.feed(chunk);
    tar.feed(chunk);
    for (let at = 0; at < chunk.length; at += LEAF_BYTES) {
      const leaf = crypto.hash('sha256', chunk.subarray(at, at + LEAF_BYTES), 'buffer');
      tree.addLeaf(leaf);
      options.onLeaf(leaf, leafNumber);
      leafNumber += 1;
    }
    options.onBytes(chunk.length);
  }
  const sha256 = whole.digest('hex');
  return { sizeBytes, sha256, pieces: pieces.finish(), ...tree.finish(), tar };
}

/** The file in full chunks, the last one shorter. A chunk is good until the next but one is asked for. */
async function* chunksOf(handle: fsPromises.FileHandle): AsyncGenerator<Buffer> {
  const buffers = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)];
  let next = fill(handle, buffers[0]!, 0);
  for (let number = 0; ; number += 1) {
    const chunk = await next;
    if (chunk.length === 0) return;
    next = fill(handle, buffers[(number + 1) % 2]!, (number + 1) * CHUNK_BYTES);
    // Whoever stops early must not leave a rejection behind.
    next.catch(() => {});
    yield chunk;
    if (chunk.length < CHUNK_BYTES) return;
  }
}

async function fill(
  handle: fsPromises.FileHandle,
  buffer: Buffer,
  position: number,
): Promise<Buffer> {
  let filled = 0;
  try {
    while (filled < buffer.length) {
      const left = buffer.length - filled;
      const { bytesRead } = await handle.read(buffer, filled, left, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
  } catch (error) {
    throw new Problem('VERIFY_FILE_UNREADABLE', `${errnoOf(error)} at byte ${position + filled}`);
  }
  return buffer.subarray(0, filled);
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
