/**
 * A tar walked while its bytes pass by: members with their places and payload digests, the index kept whole.
 *
 * Input: the bytes of a volume in order, in parts of any size. Accepts what docs/formats/volume.md lays down: a pax
 * header and a plain file for each member, payloads on 16 KiB boundaries, zeros between, two zero blocks at the end.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import { errnoOf, openFile, Problem } from './files.ts';

/** A member as it lies in the tar. */
export interface TarMember {
  readonly path: string;
  readonly sizeBytes: number;
  readonly positionBytes: number;
  /** Undefined when payloads were not digested. */
  readonly sha256: string | undefined;
}

/** A tar that was walked: its members but the index, in order, and the index; or the first thing that is wrong. */
export type WalkedTar =
  | {
      readonly members: readonly TarMember[];
      readonly index: Uint8Array;
      readonly indexEndBytes: number;
    }
  | { readonly wrong: string };

/** A walk under way. */
export interface TarWalk {
  feed(bytes: Buffer): void;
  /** Passes over what is left of the payload at hand, the index excepted, as if it had been fed. Returns how much. */
  skip(): number;
  finish(): WalkedTar;
}

const BLOCK_BYTES = 512;
const ALIGNMENT_BYTES = 16 * 1024;
const MAX_PAX_BYTES = 64 * 1024;
/** Largest index kept: a million members at the usual length. */
const MAX_INDEX_BYTES = 512 << 20;
/** Mode, owner, group and time; link name, names, device and prefix: fixed, so that they tell nothing of a machine. */
const FIXED_OWNER = `0000644\0${'0000000\0'.repeat(2)}${'0'.repeat(11)}\0`;
const FIXED_REST = /^\0{164}(?:0000000\0){2}\0{167}$/;
/** Largest size that eleven octal digits hold; a larger one stands in a record. */
const MAX_OCTAL_BYTES = 8 ** 11 - 1;
const PAX_NAME = 'PaxHeaders/member';
const NAME_BYTES = 100;
/** The first member of every volume. */
export const INDEX_PATH = 'fonoteca-index-1.jsonl';

/** Starts a walk at the first byte of a volume. With `digests` false payloads are not looked at. */
export function startTarWalk({ digests = true }: { digests?: boolean } = {}): TarWalk {
  const walker = new Walker(digests);
  let wrong: string | undefined;
  const trying = <T>(action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      wrong = error.seen;
      return undefined;
    }
  };
  return {
    feed(bytes) {
      if (wrong === undefined) trying(() => walker.feed(bytes));
    },
    skip: () => (wrong === undefined ? walker.skip() : 0),
    finish() {
      const walked = wrong === undefined ? trying(() => walker.finish()) : undefined;
      return walked ?? { wrong: wrong ?? 'nothing' };
    },
  };
}

const WINDOW_BYTES = 64 << 10;

/** The walk of the tar in `file` by its heads alone; payloads are passed over. Throws a `Problem` when it cannot be read. */
export function walkHeads(file: string): WalkedTar {
  const descriptor = openFile(file);
  const walk = startTarWalk({ digests: false });
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  try {
    for (let at = 0; ; ) {
      const read = fs.readSync(descriptor, window, 0, WINDOW_BYTES, at);
      if (read === 0) return walk.finish();
      walk.feed(window.subarray(0, read));
      at += read + walk.skip();
    }
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('VERIFY_FILE_UNREADABLE', errnoOf(error));
  } finally {
    fs.closeSync(descriptor);
  }
}

type State = 'pax header' | 'pax records' | 'file header' | 'payload' | 'padding' | 'end';

class Walker {
  readonly members: TarMember[] = [];
  readonly index: Buffer[] = [];
  indexEndBytes = 0;
  #state: State = 'pax header';
  #at = 0;
  /** Bytes of the part at hand that are still to come, and those of it that were collected. */
  #left = BLOCK_BYTES;
  #collected: Buffer[] = [];
  #records = new Map<string, string>();
  #recordBytes = Buffer.alloc(0);
  #member = { path: '', sizeBytes: 0, positionBytes: 0 };
  #hash: crypto.Hash | undefined;
  readonly #digests: boolean;

  constructor(digests: boolean) {
    this.#digests = digests;
  }

  skip(): number {
    if (this.#state !== 'payload' || this.#member.path === INDEX_PATH) return 0;
    const passed = this.#left;
    this.#at += passed;
    this.#left = 0;
    while (this.#left === 0 && !this.#ended()) this.#next();
    return passed;
  }

  feed(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      if (this.#ended()) {
        requireZeros(bytes.subarray(from), this.#at);
        this.#at += bytes.length - from;
        return;
      }
      const part = bytes.subarray(from, from + this.#left);
      this.#take(part);
      from += part.length;
      this.#at += part.length;
      this.#left -= part.length;
      while (this.#left === 0 && !this.#ended()) this.#next();
    }
  }

  finish(): WalkedTar {
    if (this.#state !== 'end' || this.#at % BLOCK_BYTES !== 0)
      throw bad(`ends inside a ${this.#state}`, this.#at);
    if (this.indexEndBytes === 0) throw bad('no index', 0);
    const index = Buffer.concat(this.index);
    return { members: this.members, index, indexEndBytes: this.indexEndBytes };
  }

  #ended(): boolean {
    return this.#state === 'end';
  }

  #take(part: Buffer): void {
    if (this.#state === 'payload') {
      this.#hash?.update(part);
      // The caller uses its buffer again, so what is kept is copied.
      if (this.#member.path === INDEX_PATH) this.index.push(Buffer.from(part));
    } else if (this.#state === 'padding') requireZeros(part, this.#at);
    else this.#collected.push(Buffer.from(part));
  }

  #next(): void {
    const block = Buffer.concat(this.#collected);
    this.#collected = [];
    if (this.#state === 'pax header') this.#readPaxHeader(block);
    else if (this.#state === 'pax records') {
      this.#records = readRecords(block, this.#at);
      this.#recordBytes = block;
      this.#go('file header', BLOCK_BYTES);
    } else if (this.#state === 'file header') this.#readFileHeader(block);
    else if (this.#state === 'payload') this.#endPayload();
    else this.#go('pax header', BLOCK_BYTES);
  }

  #readPaxHeader(block: Buffer): void {
    if (block.every((byte) => byte === 0)) {
      this.#state = 'end';
      return;
    }
    const { kind, sizeBytes, name } = readHeader(block, this.#at);
    if (
      kind !== 'x' ||
      name !== PAX_NAME ||
      sizeBytes === 0 ||
      sizeBytes > MAX_PAX_BYTES ||
      sizeBytes % BLOCK_BYTES !== 0
    )
      throw bad(`a member of kind ${JSON.stringify(kind)} without pax records`, this.#at);
    this.#go('pax records', sizeBytes);
  }

  #readFileHeader(block: Buffer): void {
    const header = readHeader(block, this.#at);
    const path = this.#records.get('path') ?? '';
    const size = this.#records.get('size');
    if (header.kind !== '0') throw bad(`a member of kind ${JSON.stringify(header.kind)}`, this.#at);
    if (size !== undefined && !/^[1-9]\d{0,15}$/.test(size)) throw bad(`size ${size}`, this.#at);
    const sizeBytes = size === undefined ? header.sizeBytes : Number(size);
    const isHuge = sizeBytes > MAX_OCTAL_BYTES;
    const told = header.name === plainName(path) && header.sizeBytes === (isHuge ? 0 : sizeBytes);
    if (!told || !this.#recordBytes.equals(recordsOf(path, sizeBytes, this.#recordBytes.length)))
      throw bad('a head other than that of its member', this.#at);
    if (path === '' || (path === INDEX_PATH) !== (this.#at === ALIGNMENT_BYTES))
      throw bad('an index that is not the first member', this.#at);
    if (this.#at % ALIGNMENT_BYTES !== 0) throw bad('a payload off its boundary', this.#at);
    if (path === INDEX_PATH && sizeBytes > MAX_INDEX_BYTES)
      throw bad('an index too large', this.#at);
    this.#member = { path, sizeBytes, positionBytes: this.#at };
    this.#hash = path === INDEX_PATH || !this.#digests ? undefined : crypto.createHash('sha256');
    this.#go('payload', sizeBytes);
  }

  #endPayload(): void {
    if (this.#member.path !== INDEX_PATH)
      this.members.push({ ...this.#member, sha256: this.#hash?.digest('hex') });
    this.#hash = undefined;
    const over = this.#at % BLOCK_BYTES;
    const padding = over === 0 ? 0 : BLOCK_BYTES - over;
    if (this.#member.path === INDEX_PATH) this.indexEndBytes = this.#at + padding;
    this.#go('padding', padding);
  }

  #go(state: State, bytes: number): void {
    this.#state = state;
    this.#left = bytes;
  }
}

/** The name in a header, for programs that know no records: the last one of the path in ASCII, its middle left out. */
function plainName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replaceAll(/[^\x20-\x7e]/gu, '_');
  return name.length <= NAME_BYTES ? name : `${name.slice(0, 60)}~${name.slice(-39)}`;
}

/** The records of a member: its path, its size where the header has no room for it, and a comment that fills the space. */
function recordsOf(path: string, sizeBytes: number, spaceBytes: number): Buffer {
  const parts = [record('path', path)];
  if (sizeBytes > MAX_OCTAL_BYTES) parts.push(record('size', String(sizeBytes)));
  const left = spaceBytes - parts.reduce((sum, part) => sum + part.length, 0);
  const comment = `${left} comment=`;
  const filled = `${comment}${' '.repeat(Math.max(0, left - comment.length - 1))}\n`;
  return Buffer.concat([...parts, Buffer.from(filled)]);
}

/** One record; its length counts its own digits. */
function record(key: string, value: string): Buffer {
  const body = Buffer.byteLength(` ${key}=${value}\n`);
  let length = body + 1;
  while (length !== body + String(length).length) length = body + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function readHeader(block: Buffer, at: number): { kind: string; sizeBytes: number; name: string } {
  const stated = block.toString('latin1', 148, 156);
  let sum = 8 * 0x20;
  for (const [index, byte] of block.entries()) if (index < 148 || index > 155) sum += byte;
  const size = block.toString('latin1', 124, 136);
  if (stated !== `${sum.toString(8).padStart(6, '0')}\0 `) throw bad('a header checksum', at);
  if (block.toString('latin1', 257, 265) !== 'ustar\u000000') throw bad('no ustar header', at);
  if (!/^[0-7]{11}\0$/.test(size)) throw bad('a size field', at);
  const owner = block.toString('latin1', 100, 124) + block.toString('latin1', 136, 148);
  const rest = block.toString('latin1', 157, 257) + block.toString('latin1', 265);
  if (owner !== FIXED_OWNER || !FIXED_REST.test(rest)) throw bad('a field that is not fixed', at);
  const kind = String.fromCharCode(block[156]!);
  const name = block.toString('latin1', 0, NAME_BYTES).replace(/\0+$/, '');
  return { kind, sizeBytes: Number.parseInt(size, 8), name };
}

function readRecords(bytes: Buffer, at: number): Map<string, string> {
  const records = new Map<string, string>();
  for (let from = 0; from < bytes.length; ) {
    const match = /^([1-9]\d{0,5}) ([a-z]+)=/.exec(bytes.toString('latin1', from, from + 32));
    const length = Number(match?.[1] ?? 0);
    if (!match || length <= match[0].length || bytes[from + length - 1] !== 0x0a)
      throw bad('pax records', at);
    const value = bytes.toString('utf8', from + match[0].length, from + length - 1);
    if (match[2] === 'comment' ? /[^ ]/.test(value) : !/^(?:path|size)$/.test(match[2]!))
      throw bad(`a ${match[2]} record with something in it`, at);
    if (records.has(match[2]!)) throw bad(`a second ${match[2]} record`, at);
    records.set(match[2]!, value);
    from += length;
  }
  return records;
}

function requireZeros(part: Buffer, at: number): void {
  for (const byte of part) if (byte !== 0) throw bad('bytes where zeros belong', at);
}

function bad(seen: string, at: number): Problem {
  return new Problem('VERIFY_TAR', `${seen}, at byte ${at}`);
}
