/**
 * A torrent of one volume read with as little bencode as that takes: bytes → hashes (BEP 3, BEP 52).
 *
 * Every value is re-written and compared, so only the canonical spelling passes. The infohashes are taken over the
 * bytes of `info` as they stand in the file.
 */
import crypto from 'node:crypto';
import { Problem } from './files.ts';

/** What a torrent says of its one file. */
export interface TorrentHashes {
  readonly name: string;
  readonly sizeBytes: number;
  readonly pieceLengthBytes: number;
  readonly infohashV1: string;
  readonly infohashV2: string;
  /** SHA-1 of each piece, 20 bytes each. */
  readonly pieces: Buffer;
  /** Hex of the root of the 16 KiB tree. */
  readonly piecesRoot: string;
  /** SHA-256 tree hash of each piece, 32 bytes each; absent when there is one piece. */
  readonly pieceLayer: Buffer | undefined;
}

type Value = number | Buffer | Value[] | Map<string, Value>;

/** Deepest nesting of a torrent of one file, with room. */
const MAX_DEPTH = 12;
/** Largest torrent looked at: the hashes of a volume of two million pieces. */
export const MAX_TORRENT_BYTES = 128 << 20;

/** The hashes in `bytes`. Throws a `Problem`. */
export function readTorrent(bytes: Buffer): TorrentHashes {
  const reader = new BencodeReader(bytes);
  const whole = reader.value(0);
  if (!(whole instanceof Map) || reader.at !== bytes.length)
    throw bad('no dictionary, or more than one');
  const info = asMap(whole.get('info'), 'info');
  const span = reader.infoSpan;
  if (!span) throw bad('no info');
  const name = asBytes(info.get('name'), 'name').toString('utf8');
  const files = asMap(info.get('file tree'), 'file tree');
  const tree = asMap(files.get(latin1(name)), 'file tree');
  const entry = asMap(tree.get(''), 'file tree');
  // Clients show and fetch whatever stands there, so nothing may stand beside the one file.
  if (files.size !== 1 || tree.size !== 1 || entry.size !== 2) throw bad('more in its file tree');
  const known = ['file tree', 'length', 'meta version', 'name', 'piece length', 'pieces'];
  const extra = [...info.keys()].find((key) => !known.includes(key));
  if (extra !== undefined) throw bad(`info has ${extra}`);
  const sizeBytes = asNumber(info.get('length'), 'length');
  if (
    asNumber(entry.get('length'), 'file tree length') !== sizeBytes ||
    info.get('meta version') !== 2
  )
    throw bad('its two halves differ');
  const root = asBytes(entry.get('pieces root'), 'pieces root');
  const layers = asMap(whole.get('piece layers') ?? new Map(), 'piece layers');
  const layer = layers.get(root.toString('latin1'));
  if (layers.size > (layer === undefined ? 0 : 1)) throw bad('piece layers of no file');
  return {
    name,
    sizeBytes,
    pieceLengthBytes: asNumber(info.get('piece length'), 'piece length'),
    infohashV1: crypto.createHash('sha1').update(span).digest('hex'),
    infohashV2: crypto.createHash('sha256').update(span).digest('hex'),
    pieces: asBytes(info.get('pieces'), 'pieces'),
    piecesRoot: root.toString('hex'),
    pieceLayer: layer === undefined ? undefined : asBytes(layer, 'piece layers'),
  };
}

class BencodeReader {
  readonly #bytes: Buffer;
  at = 0;
  /** The bytes of the value of the outermost `info`. */
  infoSpan: Buffer | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  value(depth: number): Value {
    if (depth > MAX_DEPTH) throw bad('nested too deep');
    const kind = String.fromCharCode(this.#bytes[this.at] ?? 0);
    if (kind === 'i') return this.#number(1, 'e', /^(?:0|-?[1-9]\d{0,15})$/);
    if (kind === 'l') return this.#list(depth);
    if (kind === 'd') return this.#dictionary(depth);
    return this.#string();
  }

  #list(depth: number): Value[] {
    const list: Value[] = [];
    this.at += 1;
    while (!this.#ends()) list.push(this.value(depth + 1));
    return list;
  }

  #dictionary(depth: number): Map<string, Value> {
    const map = new Map<string, Value>();
    let last: string | undefined;
    this.at += 1;
    while (!this.#ends()) {
      const key = this.#string().toString('latin1');
      if (last !== undefined && key <= last) throw bad('keys out of order');
      last = key;
      const from = this.at;
      map.set(key, this.value(depth + 1));
      if (depth === 0 && key === 'info') this.infoSpan = this.#bytes.subarray(from, this.at);
    }
    return map;
  }

  #ends(): boolean {
    if (this.at >= this.#bytes.length) throw bad('cut short');
    if (this.#bytes[this.at] !== 0x65) return false;
    this.at += 1;
    return true;
  }

  #string(): Buffer {
    const length = this.#number(0, ':', /^(?:0|[1-9]\d{0,9})$/);
    const end = this.at + length;
    if (end > this.#bytes.length) throw bad('cut short');
    const text = this.#bytes.subarray(this.at, end);
    this.at = end;
    return text;
  }

  #number(skip: number, end: string, pattern: RegExp): number {
    const from = this.at + skip;
    const to = this.#bytes.indexOf(end, from);
    const digits = to < 0 || to - from > 17 ? '' : this.#bytes.toString('latin1', from, to);
    if (!pattern.test(digits)) throw bad(`no number at byte ${from}`);
    this.at = to + 1;
    return Number(digits);
  }
}

function asMap(value: Value | undefined, what: string): Map<string, Value> {
  if (value instanceof Map) return value;
  throw bad(`no ${what}`);
}

function asBytes(value: Value | undefined, what: string): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw bad(`no ${what}`);
}

function asNumber(value: Value | undefined, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw bad(`no ${what}`);
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function bad(seen: string): Problem {
  return new Problem('VERIFY_TORRENT', seen);
}
