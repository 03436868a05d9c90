import assert from 'node:assert/strict';
import test from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import { decodeFrames, encodeFrame, type Frame, MAX_FRAME_BYTES } from './frames.ts';

async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function decoded(bytes: Uint8Array, chunkBytes: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const { kind, payload } of decodeFrames(inChunks(bytes, chunkBytes)))
    frames.push({ kind, payload: Buffer.from(payload) });
  return frames;
}

test('messages come out as they went in, however the pipe cuts them', async () => {
  const wanted: Frame[] = [
    { kind: 'J', payload: Buffer.from('{"job":1}') },
    { kind: 'D', payload: Buffer.alloc(0) },
    { kind: 'D', payload: Buffer.alloc(70_000, 7) },
    { kind: 'E', payload: Buffer.from('{}') },
  ];
  const bytes = Buffer.concat(wanted.map(({ kind, payload }) => encodeFrame(kind, payload)));
  for (const chunkBytes of [1, 2, 3, 5, 6, 1000, 65_536, bytes.length])
    assert.deepEqual(await decoded(bytes, chunkBytes), wanted, `${chunkBytes}`);
});

test('an unknown kind, a length beyond the cap and an end within a message are faults', async () => {
  const long = Buffer.from(encodeFrame('O', 'x'));
  long.writeUInt32BE(MAX_FRAME_BYTES + 1, 1);
  const unknown = Buffer.from(encodeFrame('O', 'x'));
  unknown[0] = 0x51;
  const cut = encodeFrame('O', 'xyz').subarray(0, 6);
  for (const bytes of [long, unknown, cut, Buffer.of(0x4f)])
    await assert.rejects(
      decoded(bytes, 4),
      (error) => error instanceof FonotecaError && error.code === 'SUBPROCESS_FAILED',
    );
});
