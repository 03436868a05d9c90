/** A bare BitTorrent peer, for what no honest client would say: bytes out, messages in. */
import { once } from 'node:events';
import net, { type Socket } from 'node:net';

/** One message that came. */
export interface PeerMessage {
  readonly id: number;
  readonly body: Buffer;
}

/** A connection to a seeder. */
export interface BarePeer extends Disposable {
  readonly socket: Socket;
  send(...bytes: readonly Uint8Array[]): void;
  /** The next message that is no keep-alive; undefined when the connection has ended. */
  next(): Promise<PeerMessage | undefined>;
  /** The next message with number `id`, others passed over; undefined when the connection has ended. */
  wait(id: number): Promise<PeerMessage | undefined>;
  /** Resolves when the other side has ended the connection. */
  readonly ended: Promise<void>;
}

/** Reserved bit of BEP 6. */
const FAST = 0x04;
/** Reserved bit of BEP 52. */
export const V2 = 0x10;

/** A handshake for `infohash` (40 hex digits). */
export function greeting(infohash: string, lastByte = FAST): Buffer {
  const reserved = Buffer.from([0, 0, 0, 0, 0, 0x10, 0, lastByte]);
  const head = Buffer.from('\x13BitTorrent protocol', 'latin1');
  return Buffer.concat([head, reserved, Buffer.from(infohash, 'hex'), Buffer.alloc(20, 0x42)]);
}

/** A message. */
export function message(id: number, ...body: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat([Buffer.of(id), ...body]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(payload.length);
  return Buffer.concat([head, payload]);
}

/** Numbers as they travel. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
}

/** Connects to `port` of loopback and says `first`. With a greeting as `first`, the answer's 68 bytes are left out. */
export async function connectPeer(port: number, first: Uint8Array): Promise<BarePeer> {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  await once(socket, 'connect');
  socket.write(first);
  const chunks = socket.iterator({ destroyOnReturn: false });
  let held = Buffer.alloc(0);
  let isGreeted = false;
  const take = async (count: number): Promise<Buffer | undefined> => {
    while (held.length < count) {
      const { done, value } = await chunks.next().catch(() => ({ done: true, value: undefined }));
      if (done) return undefined;
      held = Buffer.concat([held, value as Buffer]);
    }
    const taken = held.subarray(0, count);
    held = held.subarray(count);
    return taken;
  };
  const next = async (): Promise<PeerMessage | undefined> => {
    if (!isGreeted && !(await take(68))) return undefined;
    isGreeted = true;
    for (;;) {
      const length = (await take(4))?.readUInt32BE(0);
      if (length === undefined) return undefined;
      const body = await take(length);
      if (!body) return undefined;
      if (length > 0) return { id: body[0]!, body: body.subarray(1) };
    }
  };
  return {
    socket,
    ended,
    next,
    send: (...bytes) => {
      for (const part of bytes) socket.write(part);
    },
    wait: async (id) => {
      for (;;) {
        const seen = await next();
        if (seen === undefined || seen.id === id) return seen;
      }
    },
    [Symbol.dispose]: () => {
      socket.destroy();
    },
  };
}
