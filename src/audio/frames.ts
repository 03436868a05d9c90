/**
 * The framing between the door and a worker: messages over a pipe, each with its kind and length.
 *
 *     0 kind, one ASCII letter | 1 length u32 big-endian | 5 payload
 *
 * To the worker: `J` job (JSON), `D` bytes of the source, `P` the mark that ends the sound on the worker's fourth descriptor,
 * to be read now (`sound-pipe.ts`), `E` end of the source (JSON). From the worker: `O` bytes of
 * output, `R` result (JSON) or `X` refusal (JSON), of which exactly one ends each job.
 */
import { FonotecaError } from '../base/errors.ts';

/** The kinds of message. */
export type FrameKind = 'J' | 'D' | 'P' | 'E' | 'O' | 'R' | 'X';

/** One message. */
export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Uint8Array;
}

/** A longer message is a fault: output goes in pages, a result holds 128 KiB of tag text at most. */
export const MAX_FRAME_BYTES = 4 * 2 ** 20;
const HEADER_BYTES = 5;
const KINDS = 'JDPEORX';

/** The bytes of a message. */
export function encodeFrame(kind: FrameKind, payload: Uint8Array | string): Uint8Array {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  frame.write(kind, 0, 'latin1');
  frame.writeUInt32BE(body.length, 1);
  frame.set(body, HEADER_BYTES);
  return frame;
}

/**
 * The messages in `stream`, in order. Throws `SUBPROCESS_FAILED` on an unknown kind, a length beyond the cap, or an
 * end within a message. The stream stays open when the reader stops early.
 */
export async function* decodeFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let parts: Uint8Array[] = [];
  let held = 0;
  let wanted = HEADER_BYTES;
  for await (const part of stream) {
    parts.push(part);
    held += part.length;
    if (held < wanted) continue;
    let bytes = parts.length === 1 ? part : Buffer.concat(parts);
    while (bytes.length >= HEADER_BYTES) {
      const { kind, sizeBytes } = decodeHeader(bytes);
      wanted = HEADER_BYTES + sizeBytes;
      if (bytes.length < wanted) break;
      yield { kind, payload: bytes.subarray(HEADER_BYTES, wanted) };
      bytes = bytes.subarray(wanted);
      wanted = HEADER_BYTES;
    }
    parts = [bytes];
    held = bytes.length;
  }
  if (held > 0) throw new FonotecaError('SUBPROCESS_FAILED', 'ended within a message');
}

function decodeHeader(bytes: Uint8Array): { kind: FrameKind; sizeBytes: number } {
  const kind = String.fromCharCode(bytes[0]!);
  const sizeBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (!KINDS.includes(kind) || sizeBytes > MAX_FRAME_BYTES)
    throw new FonotecaError('SUBPROCESS_FAILED', `a message of kind ${bytes[0]} and ${sizeBytes}`);
  return { kind: kind as FrameKind, sizeBytes };
}
