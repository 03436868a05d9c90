/**
 * The container of every file of the search index: a body in pages with a checksum for each, so that no byte is used
 * that is not as it was written. Layout: docs/formats/checked-file.md.
 */
import { crc32 } from 'node:zlib';
import { startSha256 } from '../base/digest.ts';
import { type Disk, readInto } from '../base/disk.ts';
import {
  abortQuietly,
  continueDurable,
  type DurableWriter,
  startDurable,
} from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { PageCache } from './page-cache.ts';
import type { Room } from './used-again.ts';

/** A page of the machine is as large, and a list of postings mostly lies in one. */
export const PAGE_BYTES = 4096;

const MAGIC = Buffer.from('fonochk1');
const KIND_BYTES = 8;
const HEAD_BYTES = 32;
const TRAILER_BYTES = 64;
/** Bytes gathered for one write. */
const BUFFER_BYTES = 64 * PAGE_BYTES;

/** A checked file being written, from its beginning to its end. Ends with exactly one `finish` or `abort`. */
export interface CheckedWriter {
  /** Bytes of the body so far. */
  readonly position: number;
  /** Appends `bytes`, which the caller may use again at once. */
  write(bytes: Uint8Array): void;
  /** Makes the body so far durable under the temporary name, where `abort` then leaves it. */
  sync(): void;
  /** Seals the file and gives it the name `final`, which it takes from what had it. */
  finish(final: string): void;
  abort(): void;
}

/** A checked file that is open. */
export interface CheckedFile extends Disposable {
  readonly path: string;
  /** Bytes of the body. */
  readonly sizeBytes: number;
  /** The page of this number, valid until as many others were read as the cache holds. `SEARCH_INDEX_DAMAGED`. */
  page(number: number): Buffer;
  /** The bytes at `position`, valid as those of `page`. `SEARCH_INDEX_DAMAGED` also beyond the end. */
  read(position: number, length: number): Buffer;
  /** The same in one read and in `room`: for what is long and is not soon asked for again. `SEARCH_INDEX_DAMAGED`. */
  readApart(position: number, length: number, room: Room): Buffer;
}

/** Starts a checked file of `kind` (at most 8 ASCII letters) at `temporary`. */
export function startChecked(disk: Disk, temporary: string, kind: string): CheckedWriter {
  disk.unlink(temporary);
  return checkedOver(startDurable(disk, temporary), kind);
}

/**
 * Goes on with a checked file of `kind` at `temporary`, of whose body `sync` made the first `keptBytes` durable. Reads them once.
 * `DISK_IO`, `FILE_MISSING`.
 */
export function continueChecked(
  disk: Disk,
  temporary: string,
  kind: string,
  keptBytes: number,
): CheckedWriter {
  const written = keptBytes - (keptBytes % BUFFER_BYTES);
  const writer = continueDurable(disk, temporary, keptBytes, written);
  let descriptor: number | undefined;
  try {
    const own = disk.openForReading(temporary);
    descriptor = own;
    return checkedOver(writer, kind, {
      bytes: keptBytes,
      read(room, position) {
        if (readInto(disk, own, room, position) < room.length)
          throw new FonotecaError('DISK_IO', `fewer bytes than were made durable (${temporary})`);
      },
    });
  } catch (error) {
    abortQuietly(writer);
    throw error;
  } finally {
    if (descriptor !== undefined) disk.close(descriptor);
  }
}

/** The body of a file that was begun before. */
interface Begun {
  readonly bytes: number;
  /** Fills `room` with what lies at `position`. */
  read(room: Buffer, position: number): void;
}

function checkedOver(writer: DurableWriter, kind: string, begun?: Begun): CheckedWriter {
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let sums = new Uint32Array(1024);
  let pages = 0;
  let used = 0;
  let position = 0;
  const addSums = () => {
    for (let at = 0; at < used; at += PAGE_BYTES) {
      if (pages === sums.length) sums = widened(sums);
      sums[pages] = crc32(buffer.subarray(at, Math.min(used, at + PAGE_BYTES)));
      pages += 1;
    }
  };
  const flush = () => {
    addSums();
    writer.write(buffer.subarray(0, used));
    used = 0;
  };
  while (begun && position < begun.bytes) {
    used = Math.min(BUFFER_BYTES, begun.bytes - position);
    begun.read(buffer.subarray(0, used), position);
    position += used;
    // A full buffer was written before; a rest is written again, with what comes behind it.
    if (used === BUFFER_BYTES) {
      addSums();
      used = 0;
    }
  }
  return {
    get position() {
      return position;
    },
    write(bytes) {
      for (let done = 0; done < bytes.length; ) {
        const count = Math.min(BUFFER_BYTES - used, bytes.length - done);
        buffer.set(bytes.subarray(done, done + count), used);
        done += count;
        used += count;
        if (used === BUFFER_BYTES) flush();
      }
      position += bytes.length;
    },
    sync: () => writer.sync(buffer.subarray(0, used)),
    finish(final) {
      try {
        flush();
        const table = Buffer.from(sums.buffer, 0, pages * 4);
        writer.write(table);
        writer.write(trailerOf(kind, position, table));
        writer.commit(final, { replace: true });
      } catch (error) {
        abortQuietly(writer);
        throw error;
      }
    },
    abort: () => abortQuietly(writer),
  };
}

/** The checked file of `kind` at `file`, its pages kept in `cache`. `SEARCH_INDEX_DAMAGED`, `FILE_MISSING`. */
export function openChecked(
  disk: Disk,
  file: string,
  { kind, cache }: { kind: string; cache: PageCache },
): CheckedFile {
  const descriptor = disk.openForReading(file);
  try {
    const { sums, bodyBytes } = readSums(disk, descriptor, file, kind);
    /** Reads pages from `first` on into `room`, which ends with a page or the body. */
    const fill = (first: number, room: Buffer) => {
      const count = readInto(disk, descriptor, room, first * PAGE_BYTES);
      for (let at = 0, number = first; at < room.length; at += PAGE_BYTES, number += 1) {
        const end = Math.min(at + PAGE_BYTES, room.length);
        if (count < end || crc32(room.subarray(at, end)) !== sums[number])
          throw damagedFile(file, `page ${number}`);
      }
    };
    const page = cache.pagesOf((number, room) => {
      if (number >= sums.length) throw damagedFile(file, `no page ${number}`);
      const bytes = Math.min(PAGE_BYTES, bodyBytes - number * PAGE_BYTES);
      fill(number, room.subarray(0, bytes));
      return bytes;
    });
    return {
      path: file,
      sizeBytes: bodyBytes,
      page,
      read: (position, length) => readSpan(page, file, position, length),
      readApart(position, length, room) {
        if (!(position + length <= bodyBytes))
          throw damagedFile(file, `${length} bytes wanted at ${position}`);
        const first = Math.floor(position / PAGE_BYTES);
        const start = first * PAGE_BYTES;
        const end = Math.ceil((position + length) / PAGE_BYTES) * PAGE_BYTES;
        const pages = room(Math.min(end, bodyBytes) - start);
        fill(first, pages);
        return pages.subarray(position - start, position - start + length);
      },
      [Symbol.dispose]: () => disk.close(descriptor),
    };
  } catch (error) {
    disk.close(descriptor);
    throw error;
  }
}

/** A `SEARCH_INDEX_DAMAGED` that names `file` and what was seen in it. */
export function damagedFile(file: string, seen: string): FonotecaError {
  return new FonotecaError('SEARCH_INDEX_DAMAGED', `${seen} (${file})`);
}

function readSpan(
  page: (number: number) => Buffer,
  file: string,
  position: number,
  length: number,
): Buffer {
  if (length === 0) return Buffer.alloc(0);
  const first = Math.floor(position / PAGE_BYTES);
  const at = position - first * PAGE_BYTES;
  if (at + length <= PAGE_BYTES) {
    const bytes = page(first).subarray(at, at + length);
    if (bytes.length < length) throw damagedFile(file, `${length} bytes wanted at ${position}`);
    return bytes;
  }
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const number = Math.floor((position + done) / PAGE_BYTES);
    const from = position + done - number * PAGE_BYTES;
    const part = page(number).subarray(from, from + length - done);
    if (part.length === 0) throw damagedFile(file, `${length} bytes wanted at ${position}`);
    bytes.set(part, done);
    done += part.length;
  }
  return bytes;
}

function readSums(
  disk: Disk,
  descriptor: number,
  file: string,
  kind: string,
): { sums: Uint32Array; bodyBytes: number } {
  const sizeBytes = disk.stat(file)?.sizeBytes ?? 0;
  const trailer = readExactly(disk, descriptor, file, {
    position: sizeBytes - TRAILER_BYTES,
    length: TRAILER_BYTES,
  });
  const bodyBytes = Number(trailer.readBigUInt64LE(16));
  const tableBytes = Math.ceil(bodyBytes / PAGE_BYTES) * 4;
  if (!trailer.subarray(0, 16).equals(headOf(kind, bodyBytes).subarray(0, 16)))
    throw damagedFile(file, 'another kind of file');
  if (bodyBytes + tableBytes + TRAILER_BYTES !== sizeBytes)
    throw damagedFile(file, `${sizeBytes} bytes`);
  const table = readExactly(disk, descriptor, file, { position: bodyBytes, length: tableBytes });
  if (!trailerOf(kind, bodyBytes, table).equals(trailer))
    throw damagedFile(file, 'other checksums than were sealed');
  return { sums: new Uint32Array(new Uint8Array(table).buffer), bodyBytes };
}

function readExactly(
  disk: Disk,
  descriptor: number,
  file: string,
  { position, length }: { position: number; length: number },
): Buffer {
  const bytes = Buffer.alloc(length);
  if (position < 0 || readInto(disk, descriptor, bytes, position) < length)
    throw damagedFile(file, 'a short file');
  return bytes;
}

function headOf(kind: string, bodyBytes: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.write(kind.padEnd(KIND_BYTES), MAGIC.length, 'latin1');
  head.writeBigUInt64LE(BigInt(bodyBytes), 16);
  head.writeUInt32LE(PAGE_BYTES, 24);
  return head;
}

function trailerOf(kind: string, bodyBytes: number, table: Uint8Array): Buffer {
  const head = headOf(kind, bodyBytes);
  const hasher = startSha256();
  hasher.update(head);
  hasher.update(table);
  return Buffer.concat([head, Buffer.from(hasher.finish(), 'hex')]);
}

function widened(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
