/** Sound and pictures made from numbers: a WAV of a slow chord, its waveform peaks, and PNG covers. */
import zlib from 'node:zlib';

const SAMPLE_RATE_HZ = 4000;

/** A mono 16-bit WAV of `seconds` seconds whose chord and swell follow from `seed`. */
export function makeWav(seconds: number, seed: number): Buffer {
  const samples = sampleChord(seconds, seed);
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  bytes.writeUInt32LE(SAMPLE_RATE_HZ * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, index) => {
    bytes.writeInt16LE(Math.round(sample * 20_000), 44 + index * 2);
  });
  return bytes;
}

/** `count` peaks 0–255 of the sound that `makeWav` makes from the same numbers. */
export function makePeaks(seconds: number, seed: number, count: number): number[] {
  const samples = sampleChord(seconds, seed);
  const width = samples.length / count;
  return Array.from({ length: count }, (_, index) => {
    const part = samples.subarray(Math.floor(index * width), Math.floor((index + 1) * width));
    return Math.min(
      255,
      Math.round(part.reduce((most, one) => Math.max(most, Math.abs(one)), 0) * 255),
    );
  });
}

function sampleChord(seconds: number, seed: number): Float32Array {
  const base = 110 * 2 ** ((seed % 12) / 12);
  const samples = new Float32Array(seconds * SAMPLE_RATE_HZ);
  let swell = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const at = index / SAMPLE_RATE_HZ;
    if (index % 40 === 0) swell = swellAt(at, seed);
    const angle = at * base * Math.PI * 2;
    const tone = Math.sin(angle) + Math.sin(angle * 1.5);
    samples[index] = (tone / 2) * swell * Math.min(1, at, seconds - at);
  }
  return samples;
}

/** Loudness at a moment: slow enough to be worked out a hundred times a second. */
function swellAt(at: number, seed: number): number {
  const slow = 0.35 + 0.3 * Math.sin((at * Math.PI * 2) / (5 + (seed % 4)));
  return Math.max(0.04, slow + 0.2 * Math.sin(at * (3 + (seed % 5))) * Math.sin(at * 0.7 + seed));
}

/** A square PNG cover of `size` pixels whose colours and shapes follow from `seed`. */
export function makeCover(size: number, seed: number): Buffer {
  const rows = Buffer.alloc(size * (size * 3 + 1));
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1)
      paint(x / size, y / size, seed).forEach((value, channel) => {
        rows[y * (size * 3 + 1) + 1 + x * 3 + channel] = value;
      });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', zlib.deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const INKS: readonly (readonly [number, number, number])[] = [
  [38, 50, 56],
  [176, 58, 46],
  [222, 184, 110],
  [60, 92, 84],
  [233, 226, 208],
  [84, 62, 92],
  [44, 82, 130],
  [205, 127, 88],
];

function paint(x: number, y: number, seed: number): readonly [number, number, number] {
  const ground = INKS[seed % INKS.length]!;
  const ink = INKS[(seed * 3 + 2) % INKS.length]!;
  const other = INKS[(seed * 5 + 4) % INKS.length]!;
  const [cx, cy] = [0.3 + ((seed * 7) % 5) / 10, 0.35 + ((seed * 3) % 4) / 10];
  const far = Math.hypot(x - cx, y - cy);
  if (seed % 3 === 0) return far < 0.28 ? ink : y > 0.78 ? other : ground;
  if (seed % 3 === 1) return Math.floor((x + y) * 7) % 2 === 0 ? ground : far < 0.4 ? ink : other;
  return Math.floor(far * 16) % 2 === 0 ? ground : ink;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(zlib.crc32(body), bytes.length - 4);
  return bytes;
}
