/**
 * The BitTorrent peer protocol as bytes ⇄ values: handshake, framing and the messages a seeder reads and writes.
 *
 * BEP 3 (messages), BEP 6 (fast), BEP 10 (extended), BEP 52 (hash messages, v2 bit). Nothing here knows a socket; the
 * framing holds at most one message of the size it was told.
 */
import { type Bencode, type BencodeDictionary, encodeBencode } from '../formats/bencode.ts';

const PROTOCOL = Buffer.from('\x13BitTorrent protocol', 'latin1');
/** Length of a handshake. */
export const HANDSHAKE_BYTES = 68;
/** What a peer may ask for at once, as BEP 3 has it. */
export const MAX_BLOCK_BYTES = 16 * 1024;

/** Numbers of the messages that are read or written. */
export const MESSAGE = {
  choke: 0,
  unchoke: 1,
  interested: 2,
  notInterested: 3,
  have: 4,
  bitfield: 5,
  request: 6,
  piece: 7,
  cancel: 8,
  port: 9,
  haveAll: 14,
  haveNone: 15,
  reject: 16,
  extended: 20,
  hashRequest: 21,
  hashes: 22,
  hashReject: 23,
} as const;

/** Reserved bits: byte and mask. */
const EXTENDED_BIT = { byte: 5, mask: 0x10 };
const FAST_BIT = { byte: 7, mask: 0x04 };
const V2_BIT = { byte: 7, mask: 0x10 };

/** What a peer says first. */
export interface Handshake {
  /** 40 hex digits: the v1 infohash, or the first half of v2's. */
  readonly infohash: string;
  readonly extended: boolean;
  readonly fast: boolean;
  /** Whether it may be answered with the v2 infohash although it asked for the v1 one (BEP 52). */
  readonly v2: boolean;
}

/** The handshake in exactly `HANDSHAKE_BYTES`, or undefined for anything else. */
export function readHandshake(bytes: Buffer): Handshake | undefined {
  if (!bytes.subarray(0, PROTOCOL.length).equals(PROTOCOL)) return undefined;
  const reserved = bytes.subarray(PROTOCOL.length, PROTOCOL.length + 8);
  const has = ({ byte, mask }: typeof FAST_BIT) => ((reserved[byte] ?? 0) & mask) !== 0;
  const infohash = bytes.toString('hex', 28, 48);
  return { infohash, extended: has(EXTENDED_BIT), fast: has(FAST_BIT), v2: has(V2_BIT) };
}

/** Whether `bytes`, however few, can become a handshake. */
export function mayBeHandshake(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, PROTOCOL.length);
  return bytes.subarray(0, length).equals(PROTOCOL.subarray(0, length));
}

/** Our handshake for `infohash`; the v2 bit only where the peer speaks v2. */
export function handshakeBytes(infohash: string, peerId: Uint8Array, isV2: boolean): Buffer {
  const reserved = Buffer.alloc(8);
  for (const { byte, mask } of [EXTENDED_BIT, FAST_BIT, ...(isV2 ? [V2_BIT] : [])])
    reserved[byte]! |= mask;
  return Buffer.concat([PROTOCOL, reserved, Buffer.from(infohash, 'hex'), peerId]);
}

/** One message, its length before it. */
export function messageBytes(id: number, ...payload: readonly Uint8Array[]): Buffer {
  const length = payload.reduce((sum, part) => sum + part.length, 1);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length);
  head[4] = id;
  return Buffer.concat([head, ...payload]);
}

/** The message that keeps a connection open. */
export const KEEP_ALIVE = Buffer.alloc(4);

/** An extended message (BEP 10): its number, a bencoded header and what follows it. */
export function extendedBytes(id: number, header: BencodeDictionary, rest?: Uint8Array): Buffer {
  const parts = [Buffer.of(id), encodeBencode(header as Bencode), ...(rest ? [rest] : [])];
  return messageBytes(MESSAGE.extended, ...parts);
}

/** Numbers as big-endian u32. */
export function uint32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, at * 4);
  return bytes;
}

/** The bitfield of `count` pieces without those in `absent`. */
export function bitfieldOf(count: number, absent: ReadonlySet<number>): Buffer {
  const bits = Buffer.alloc(Math.ceil(count / 8));
  for (let piece = 0; piece < count; piece += 1)
    if (!absent.has(piece)) bits[piece >> 3]! |= 0x80 >> (piece & 7);
  return bits;
}

/** A block asked for. */
export interface BlockRequest {
  readonly piece: number;
  readonly begin: number;
  readonly length: number;
}

/** The body of a request, cancel or reject; undefined when it has another length. */
export function readBlockRequest(body: Buffer): BlockRequest | undefined {
  if (body.length !== 12) return undefined;
  return {
    piece: body.readUInt32BE(0),
    begin: body.readUInt32BE(4),
    length: body.readUInt32BE(8),
  };
}

/** One message as it came: its number and body; number -1 is a keep-alive. */
export interface Frame {
  readonly id: number;
  readonly body: Buffer;
}

/** Cuts a stream into messages. */
export interface Framing {
  /** Takes `chunk`; then `next` gives messages until it gives undefined. */
  push(chunk: Buffer): void;
  /** The next whole message; `'oversize'` when one is announced that is longer than the limit. */
  next(): Frame | 'oversize' | undefined;
  /** Takes exactly `count` bytes off the front, or undefined while they are not there. */
  take(count: number): Buffer | undefined;
  /** What is there and not yet taken. */
  rest(): Buffer;
  /** Sets the longest message; it is small until the torrent is known. */
  limit(maxBytes: number): void;
}

/** Cuts a stream into messages of at most `MAX_BLOCK_BYTES` until told otherwise. */
export function startFraming(): Framing {
  let held: Buffer = Buffer.alloc(0);
  let longest = MAX_BLOCK_BYTES;
  const take = (count: number): Buffer | undefined => {
    if (held.length < count) return undefined;
    const taken = held.subarray(0, count);
    held = held.subarray(count);
    return taken;
  };
  return {
    push: (chunk) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    },
    take,
    rest: () => held,
    limit: (maxBytes) => {
      longest = maxBytes;
    },
    next: () => {
      if (held.length < 4) return undefined;
      const length = held.readUInt32BE(0);
      if (length > longest) return 'oversize';
      const whole = take(4 + length);
      if (whole === undefined) return undefined;
      return length === 0
        ? { id: -1, body: whole.subarray(4) }
        : { id: whole[4]!, body: whole.subarray(5) };
    },
  };
}
