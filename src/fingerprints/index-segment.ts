/**
 * A part of the index as a file that is written once: postings by key with a checksum for every block, so that nothing
 * unchecked is used. In memory are only where each key begins and the checksums. Layout: docs/formats/fingerprint.md.
 */
import { crc32 } from 'node:zlib';
import { type Digest, sha256 } from '../base/digest.ts';
import { type Disk, readInto } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { KEY_COUNT, type Postings } from './postings.ts';
import type { IndexPart } from './recording-index.ts';

/** A segment that is open. */
export interface OpenSegment extends IndexPart, Disposable {}

const MAGIC = Buffer.from('fonofpi1');
const HEADER_BYTES = 16;
const STARTS_BYTES = (KEY_COUNT + 1) * 4;
const DIGEST_BYTES = 32;
/** A list of postings mostly lies in one; a page of the machine is as large. */
const BLOCK_BYTES = 4096;

interface Shape {
  readonly recordings: number;
  readonly namesAt: number;
  readonly bodyBytes: number;
  readonly blocks: number;
}

/** Writes the segment of `postings` to `file`, `names` by number, by way of `temporary`; it replaces what is there. */
export function writeSegment(
  disk: Disk,
  { file, temporary }: { file: string; temporary: string },
  postings: Postings,
  names: readonly Digest[],
): void {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(postings.recordings, 8);
  header.writeUInt32LE(postings.entries.length, 12);
  const parts = [header, bytesOf(postings.starts), bytesOf(postings.entries)];
  const body = Buffer.concat([...parts, Buffer.from(names.join(''), 'hex')]);
  const sums = Buffer.alloc(Math.ceil(body.length / BLOCK_BYTES) * 4);
  for (let block = 0; block * 4 < sums.length; block += 1)
    sums.writeUInt32LE(crc32(blockOf(body, block)), block * 4);
  disk.unlink(temporary);
  const writer = startDurable(disk, temporary);
  try {
    writer.write(body);
    writer.write(sums);
    writer.write(Buffer.from(sha256(Buffer.concat([header, sums])), 'hex'));
    writer.commit(file, { replace: true });
  } catch (error) {
    abortQuietly(writer);
    throw error;
  }
}

/** The segment in `file`. `FINGERPRINT_INDEX_DAMAGED` here or at any later read when its bytes are not as they were written. */
export function openSegment(disk: Disk, file: string): OpenSegment {
  const descriptor = disk.openForReading(file);
  try {
    const fill = (room: Buffer, position: number) => {
      if (readInto(disk, descriptor, room, position) < room.length)
        throw damaged(file, 'a short file');
    };
    const read = (position: number, length: number) => {
      const room = Buffer.alloc(length);
      fill(room, position);
      return room;
    };
    const shape = shapeOf(file, read(0, HEADER_BYTES), disk.stat(file)?.sizeBytes ?? 0);
    const sums = read(shape.bodyBytes, shape.blocks * 4);
    const seal = read(shape.bodyBytes + sums.length, DIGEST_BYTES).toString('hex');
    if (sha256(Buffer.concat([read(0, HEADER_BYTES), sums])) !== seal)
      throw damaged(file, 'other checksums than were sealed');
    return segment(shape, startChecked(file, shape, sums, fill), () => disk.close(descriptor));
  } catch (error) {
    disk.close(descriptor);
    throw error;
  }
}

type Read = (position: number, length: number) => Buffer;

function segment(shape: Shape, read: Read, close: () => void): OpenSegment {
  const starts = wordsOf(read(HEADER_BYTES, STARTS_BYTES));
  return {
    recordings: shape.recordings,
    read(key) {
      const [from, end] = [starts[key]!, starts[key + 1]!];
      if (from === end) return new Uint32Array(0);
      return wordsOf(read(HEADER_BYTES + STARTS_BYTES + from * 4, (end - from) * 4));
    },
    nameOf: (number) => read(shape.namesAt + number * DIGEST_BYTES, DIGEST_BYTES).toString('hex'),
    [Symbol.dispose]: close,
  };
}

/** Reads of any span whose blocks all have their checksums; what is given is valid until the next read. */
function startChecked(
  file: string,
  { bodyBytes }: Shape,
  sums: Buffer,
  fill: (room: Buffer, position: number) => void,
): Read {
  let room = Buffer.alloc(2 * BLOCK_BYTES);
  return (position, length) => {
    const first = Math.floor(position / BLOCK_BYTES);
    const from = first * BLOCK_BYTES;
    const end = Math.min(bodyBytes, Math.ceil((position + length) / BLOCK_BYTES) * BLOCK_BYTES);
    if (room.length < end - from) room = Buffer.alloc(end - from);
    const bytes = room.subarray(0, end - from);
    fill(bytes, from);
    for (let block = 0; block * BLOCK_BYTES < bytes.length; block += 1)
      if (crc32(blockOf(bytes, block)) !== sums.readUInt32LE((first + block) * 4))
        throw damaged(file, `block ${first + block}`);
    return bytes.subarray(position - from, position - from + length);
  };
}

function shapeOf(file: string, header: Buffer, sizeBytes: number): Shape {
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged(file, 'another beginning');
  const recordings = header.readUInt32LE(8);
  const namesAt = HEADER_BYTES + STARTS_BYTES + header.readUInt32LE(12) * 4;
  const bodyBytes = namesAt + recordings * DIGEST_BYTES;
  const blocks = Math.ceil(bodyBytes / BLOCK_BYTES);
  if (bodyBytes + blocks * 4 + DIGEST_BYTES !== sizeBytes)
    throw damaged(file, `${sizeBytes} bytes`);
  return { recordings, namesAt, bodyBytes, blocks };
}

function blockOf(bytes: Buffer, block: number): Buffer {
  return bytes.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
}

/** Every machine this runs on keeps the lowest byte first. */
function bytesOf(words: Uint32Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}

function wordsOf(bytes: Buffer): Uint32Array {
  const aligned = new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer);
}

function damaged(file: string, seen: string): FonotecaError {
  return new FonotecaError('FINGERPRINT_INDEX_DAMAGED', `${seen} (${file})`);
}
