import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../base/digest.ts';
import { type Attempt, openAudioDoor } from './door.ts';
import { encodeMp3 } from './encoders.ts';
import { encodeJpeg } from './image-codecs.ts';
import { readImageHeader } from './image-header.ts';
import type { PictureFile, WorkedPicture } from './image-request.ts';
import { startScaling } from './image-scale.ts';
import { gradient, pngChunk, pngFile } from './test-pictures.ts';
import { id3v2, noise, pngHeader } from './test-sounds.ts';

const door = await openAudioDoor({ workers: 2 });
test.after(() => door.close());

const picture = gradient(700, 500);
const png = pngFile({
  widthPx: 700,
  heightPx: 500,
  depth: 8,
  colourType: 2,
  pixel: (x, y) => [...picture.data.subarray((y * 700 + x) * 4, (y * 700 + x) * 4 + 3)],
});
const jpeg = await encodeJpeg(picture);
const webp = await encodeWebp();
const mp3 = await encodeMp3(noise(44_100, 44_100, 1), { bitrateKbps: 64 });

/** The picture as WebP, by the encoder that comes with the decoder. */
async function encodeWebp(): Promise<Uint8Array> {
  const { default: encode, init } = await import('@jsquash/webp/encode.js');
  const file = import.meta.resolve('@jsquash/webp/codec/enc/webp_enc_simd.wasm');
  await init({ wasmBinary: fs.readFileSync(fileURLToPath(file)) } as never);
  return new Uint8Array(await encode({ ...picture, width: 700, height: 500 } as never));
}

function fileOf(bytes: Uint8Array, embedded: string | null = null): PictureFile {
  return {
    sizeBytes: bytes.length,
    embedded,
    async *read(start, end) {
      for (let at = start; at < end; at += 60_000)
        yield bytes.subarray(at, Math.min(end, at + 60_000));
    },
  };
}

function tagged(image: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), image]);
  return Buffer.concat([id3v2([['APIC', body]]), mp3]);
}

async function ask(file: PictureFile, sidePx: number | null): Promise<Attempt<WorkedPicture>> {
  return door.picture(file, { subject: 'a picture', sidePx });
}

async function given(file: PictureFile, sidePx: number | null): Promise<WorkedPicture> {
  const attempt = await ask(file, sidePx);
  assert.ok(attempt.ok, attempt.ok ? '' : `${attempt.finding.code}: ${attempt.finding.seen}`);
  return attempt.value;
}

for (const [name, bytes] of Object.entries({ png, jpeg, webp }))
  test(`a ${name} picture comes out as a JPEG within the square, the same twice`, async () => {
    const [first, second] = await Promise.all([300, 300].map((side) => given(fileOf(bytes), side)));
    assert.deepEqual(
      { mime: first!.mime, widthPx: first!.widthPx, heightPx: first!.heightPx },
      { mime: 'image/jpeg', widthPx: 300, heightPx: 214 },
    );
    assert.deepEqual(readImageHeader(first!.bytes)?.widthPx, 300);
    assert.equal(second!.digest, first!.digest);
    assert.equal(first!.digest, sha256(first!.bytes));
    assert.match(first!.build, /^fonoteca-pictures\/\d+ @jsquash\/jpeg\/\d/);
  });

test('a picture inside a file is found by its digest, as it is and scaled', async () => {
  const file = fileOf(tagged(png), sha256(png));
  assert.deepEqual(Buffer.from((await given(file, null)).bytes), Buffer.from(png));
  const scaled = await given(file, 160);
  assert.equal(scaled.digest, (await given(fileOf(png), 160)).digest);
});

test('of a large file only the stretches that hold tags are read', async () => {
  const large = Buffer.concat([tagged(png), Buffer.alloc(40 << 20, 0x55)]);
  const asked: number[] = [];
  const file = fileOf(large, sha256(png));
  const counted: PictureFile = {
    ...file,
    read(start, end) {
      asked.push(end - start);
      return file.read(start, end);
    },
  };
  assert.equal((await given(counted, 64)).widthPx, 64);
  assert.deepEqual(asked, [24 << 20, 1 << 20]);
});

test('a JPEG is turned as its EXIF note says, and carries no note itself', async () => {
  // TIFF header, one entry: orientation (0x0112) 6, turned a quarter.
  const exif = Buffer.from(
    '45786966000049492a0008000000010012010300010000000600000000000000',
    'hex',
  );
  const size = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  const turned = Buffer.concat([jpeg.subarray(0, 2), size, exif, jpeg.subarray(2)]);
  const { widthPx, heightPx, bytes } = await given(fileOf(turned), 300);
  assert.deepEqual([widthPx, heightPx], [214, 300]);
  assert.equal(Buffer.from(bytes).includes('Exif'), false);
});

const bomb = Buffer.concat([
  pngHeader(65_535, 65_535),
  pngChunk('IDAT', Buffer.alloc(100)),
  pngChunk('IEND', Buffer.alloc(0)),
]);
const lying = Buffer.from(jpeg);
const frames = Buffer.concat([
  Buffer.from('GIF89a', 'latin1'),
  Buffer.from([10, 0, 10, 0, 0, 0, 0]),
  ...Array.from({ length: 100_000 }, () => Buffer.from('2c00000000010001000002024401003b', 'hex')),
]);
const HOSTILE: readonly (readonly [name: string, bytes: Uint8Array, code: string])[] = [
  ['65,535² pixels in a PNG', bomb, 'IMAGE_TOO_LARGE'],
  ['65,535² pixels in a JPEG', withJpegSize(65_535, 65_535), 'IMAGE_TOO_LARGE'],
  ['10,000,001 pixels', pngHeader(10_000_001, 1), 'IMAGE_TOO_LARGE'],
  ['a GIF of 100,000 frames', frames, 'IMAGE_FORMAT_UNSUPPORTED'],
  [
    'an SVG with a script',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("//e")</script></svg>'),
    'IMAGE_FORMAT_UNSUPPORTED',
  ],
  [
    'an SVG with entities',
    Buffer.from('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>'),
    'IMAGE_FORMAT_UNSUPPORTED',
  ],
  ['an address', Buffer.from('http://127.0.0.1:1/cover.jpg'), 'IMAGE_FORMAT_UNSUPPORTED'],
  [
    'a page that begins like a picture',
    Buffer.from('\xff\xd8\xff<html>', 'latin1'),
    'IMAGE_FORMAT_UNSUPPORTED',
  ],
  ['no bytes', new Uint8Array(0), 'IMAGE_FORMAT_UNSUPPORTED'],
  ['a header alone', pngHeader(100, 100), 'IMAGE_UNDECODABLE'],
  ['half a WebP', webp.subarray(0, 60), 'IMAGE_UNDECODABLE'],
  ['a second, larger frame behind the first header', withSecondFrame(), 'IMAGE_UNDECODABLE'],
];

function withJpegSize(widthPx: number, heightPx: number): Uint8Array {
  const bytes = Buffer.from(lying);
  const at = bytes.indexOf(Buffer.from([0xff, 0xc2]));
  bytes.writeUInt16BE(heightPx, at + 5);
  bytes.writeUInt16BE(widthPx, at + 7);
  return bytes;
}

/** The size that is capped stands in a frame header that the decoder is not to use. */
function withSecondFrame(): Uint8Array {
  const small = Buffer.from('ffd8ffc0000b080001000101011100', 'hex');
  return Buffer.concat([small, withJpegSize(60_000, 60_000).subarray(2)]);
}

for (const [name, bytes, code] of HOSTILE)
  test(`${name}: ${code}, and the worker lives on`, async () => {
    const attempt = await ask(fileOf(bytes), 300);
    assert.equal(attempt.ok ? 'ok' : attempt.finding.code, code);
    assert.equal((await given(fileOf(jpeg), 64)).widthPx, 64);
  });

test('every cut of a JPEG is a picture or a coded refusal, and what is asked for by another digest is refused', async () => {
  const cuts = await Promise.all(
    [1, 2, 3, 4, 5].map((part) => ask(fileOf(jpeg.subarray(0, (jpeg.length * part) / 6)), 64)),
  );
  for (const attempt of cuts) assert.match(attempt.ok ? 'IMAGE_' : attempt.finding.code, /^IMAGE_/);
  const other = await ask(fileOf(tagged(png), sha256(jpeg)), 64);
  assert.equal(other.ok ? 'ok' : other.finding.code, 'IMAGE_UNDECODABLE');
});

test('scaling before and behind the door is the same', async () => {
  const scaling = startScaling(picture, 64);
  for (let y = 0; y < 500; y += 1) scaling.push(picture.data.subarray(y * 2800, (y + 1) * 2800));
  const here = await encodeJpeg(scaling.finish());
  assert.equal((await given(fileOf(png), 64)).digest, sha256(here));
});
