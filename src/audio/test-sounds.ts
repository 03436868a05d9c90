/** Sound made for tests: tones, noise and silence, the same on every run. */
import type { Pcm } from './pcm.ts';
import type { ByteSource } from './worker-process.ts';

/** A sine of `frequencyHz` in `channels` equal channels. */
export function tone(options: {
  rateHz: number;
  samples: number;
  channels: number;
  frequencyHz?: number;
  amplitude?: number;
}): Pcm {
  const { rateHz, samples, channels, frequencyHz = 997, amplitude = 0.5 } = options;
  const step = (2 * Math.PI * frequencyHz) / rateHz;
  const wave = Float32Array.from({ length: samples }, (_, at) => amplitude * Math.sin(step * at));
  return { sampleRateHz: rateHz, channels: Array.from({ length: channels }, () => wave) };
}

/** Noise of a linear congruential generator, another in each channel. */
export function noise(rateHz: number, samples: number, channels: number): Pcm {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.5;
  };
  return {
    sampleRateHz: rateHz,
    channels: Array.from({ length: channels }, () => Float32Array.from({ length: samples }, next)),
  };
}

/** `bytes` as a source that comes in chunks. */
export function sourceOf(bytes: Uint8Array, chunkBytes = 50_000): ByteSource {
  return {
    sizeBytes: bytes.length,
    *chunks() {
      for (let at = 0; at < bytes.length; at += chunkBytes)
        yield bytes.subarray(at, at + chunkBytes);
    },
  };
}

/** An ID3v2.3 tag of `frames`, each a name and its body. */
export function id3v2(frames: readonly (readonly [name: string, body: Uint8Array])[]): Uint8Array {
  const parts = frames.flatMap(([name, body]) => {
    const header = Buffer.alloc(10);
    header.write(name, 'latin1');
    header.writeUInt32BE(body.length, 4);
    return [header, body];
  });
  const body = Buffer.concat(parts);
  const size = [21, 14, 7, 0].map((shift) => (body.length >> shift) & 127);
  return Buffer.concat([Buffer.from('ID3\x03\0\0', 'latin1'), Buffer.from(size), body]);
}

/** The smallest PNG header of a picture of that size; no pixels follow. */
export function pngHeader(widthPx: number, heightPx: number): Uint8Array {
  const png = Buffer.alloc(33);
  png.write('\x89PNG\r\n\x1a\n', 'latin1');
  png.writeUInt32BE(13, 8);
  png.write('IHDR', 12, 'latin1');
  png.writeUInt32BE(widthPx, 16);
  png.writeUInt32BE(heightPx, 20);
  return png;
}
