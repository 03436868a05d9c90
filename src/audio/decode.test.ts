import assert from 'node:assert/strict';
import test from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import { demuxOggPackets } from '../formats/ogg-demuxer.ts';
import { encodeOggPages } from '../formats/ogg-muxer.ts';
import { encodeAiff } from '../formats/test-aiff-writer.ts';
import { encodeVorbisComment } from '../formats/vorbis-comment.ts';
import { type SoundBlock, startDecoding } from './decode.ts';
import { encodeFlac, encodeMp3, encodeOpusFile, encodeVorbis, encodeWav } from './encoders.ts';
import { id3v2, noise, tone } from './test-sounds.ts';

async function decode(bytes: Uint8Array, chunkBytes = bytes.length || 1) {
  using decoding = startDecoding();
  const blocks: SoundBlock[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    blocks.push(...(await decoding.push(bytes.subarray(at, at + chunkBytes))));
  blocks.push(...(await decoding.finish()));
  const channels = (blocks[0]?.channels ?? []).map((_, index) =>
    Float32Array.from(blocks.flatMap((block) => [...block.channels[index]!])),
  );
  return { format: decoding.format, faults: decoding.faults, rateHz: blocks[0]?.rateHz, channels };
}

function refuses(code: string): (error: unknown) => boolean {
  return (error) => error instanceof FonotecaError && error.code === code;
}

const sound = noise(44_100, 30_000, 2);
const files = {
  vorbis: await encodeVorbis(sound, { quality: 4 }),
  mp3: await encodeMp3(sound, { bitrateKbps: 128 }),
  flac: await encodeFlac(sound, { bitsPerSample: 16 }),
  wav: await encodeWav(sound),
  opus: await encodeOpusFile(sound),
  aiff: encodeAiff({
    sampleRateHz: 44_100,
    bitsPerSample: 24,
    channels: sound.channels.map((channel) => channel.map((value) => Math.round(value * 2 ** 23))),
  }),
};

for (const [format, bytes] of Object.entries(files))
  test(`${format} is told by its bytes, and the cut of the chunks does not show`, async () => {
    const whole = await decode(bytes);
    assert.equal(whole.format, format);
    for (const chunkBytes of [997, 4096]) {
      const cut = await decode(bytes, chunkBytes);
      assert.deepEqual(cut, whole);
    }
  });

test('a decoder that was fed another file first gives the same sound', async () => {
  const before = await decode(files.vorbis);
  await decode(files.vorbis.map((byte, at) => (at > 5000 && at % 97 === 0 ? byte ^ 255 : byte)));
  assert.deepEqual(await decode(files.vorbis), before);
});

/** The file with a comment block of several pages, as a cover makes it. */
function withLargeComments(file: Uint8Array, headers: number): Uint8Array {
  const packets = demuxOggPackets(file);
  const old = Buffer.from(packets[1]!.bytes);
  const isOpus = headers === 2;
  const block = encodeVorbisComment({
    vendor: 'test',
    comments: [['METADATA_BLOCK_PICTURE', 'A'.repeat(150_000)]],
  });
  const tags = Buffer.concat([
    old.subarray(0, isOpus ? 8 : 7),
    block,
    Uint8Array.of(...(isOpus ? [] : [1])),
  ]);
  const paged = packets.map(({ bytes, granule }, at) => ({
    bytes: at === 1 ? tags : bytes,
    granule: at < headers ? 0 : granule,
    endsPage: at === 0 || at === headers - 1 || (at >= headers && granule >= 0),
  }));
  return Buffer.concat(encodeOggPages(paged, { serial: packets[0]!.serial, endsStream: true }));
}

for (const [codec, headers] of [
  ['opus', 2],
  ['vorbis', 3],
] as const)
  test(`a comment block of many pages does not disturb the sound of ${codec}`, async () => {
    const wanted = await decode(files[codec]);
    for (const chunkBytes of [5000, 1_000_000])
      assert.deepEqual(await decode(withLargeComments(files[codec], headers), chunkBytes), wanted);
  });

test('an ID3v2 tag in front is passed over, however large and however cut', async () => {
  const tag = id3v2([['PRIV', Buffer.alloc(100_000, 0xff)]]);
  const wanted = await decode(files.mp3);
  for (const chunkBytes of [1009, 1_000_000])
    assert.deepEqual(await decode(Buffer.concat([tag, files.mp3]), chunkBytes), wanted);
});

test('a mono MP3 has one channel', async () => {
  const mono = await encodeMp3(noise(44_100, 30_000, 1), { bitrateKbps: 96 });
  assert.equal((await decode(mono)).channels.length, 1);
});

const NOT_SOUND: [name: string, bytes: Uint8Array][] = [
  ['nothing', new Uint8Array(0)],
  ['an HLS playlist', Buffer.from('#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n')],
  ['an ffconcat script', Buffer.from('ffconcat version 1.0\nfile http://127.0.0.1/x\n')],
  ['nothing but a tag', id3v2([['TIT2', Buffer.from('\0x')]])],
  ['a tag longer than the file', id3v2([['PRIV', Buffer.alloc(5000)]]).subarray(0, 2000)],
  ['zeros', new Uint8Array(5000)],
  ['an MP4', Buffer.from('\0\0\0\x20ftypM4A \0\0\0\0'.padEnd(100, '\0'))],
  ['a RIFF that is no WAVE', Buffer.from('RIFF\0\0\0\0AVI LIST'.padEnd(100, '\0'))],
];
for (const [name, bytes] of NOT_SOUND)
  test(`${name} never reaches a decoder`, async () => {
    await assert.rejects(decode(bytes), refuses('AUDIO_FORMAT_UNSUPPORTED'));
  });

test('garbage behind a true beginning ends in less sound or a fault, not in a hang', async () => {
  for (const bytes of Object.values(files)) {
    const broken = Buffer.from(bytes);
    for (let at = bytes.length >> 1; at < bytes.length; at += 1) broken[at] = (at * 7919) & 255;
    const samples = await decode(broken).then(
      ({ channels }) => channels[0]?.length ?? 0,
      (error: unknown) => (error instanceof Error ? 0 : Number.NaN),
    );
    assert.ok(samples <= 40_000, `${samples}`);
  }
});

/** A WAV file of the given `fmt ` and data. */
function wav(options: {
  kind: number;
  channels: number;
  bits: number;
  data: Uint8Array;
  extensible?: boolean;
  magic?: string;
  before?: Uint8Array;
}): Uint8Array {
  const { kind, channels, bits, data, extensible = false, magic = 'RIFF', before } = options;
  const format = Buffer.alloc(extensible ? 48 : 24);
  format.write('fmt ', 'latin1');
  format.writeUInt32LE(format.length - 8, 4);
  format.writeUInt16LE(extensible ? 0xfffe : kind, 8);
  format.writeUInt16LE(channels, 10);
  format.writeUInt32LE(8000, 12);
  format.writeUInt16LE((channels * bits) / 8, 20);
  format.writeUInt16LE(bits, 22);
  if (extensible) format.writeUInt16LE(kind, 32);
  const header = Buffer.from('data\0\0\0\0', 'latin1');
  header.writeUInt32LE(magic === 'RIFF' ? data.length : 0xffff_ffff, 4);
  const body = [before ?? new Uint8Array(0), format, header, data];
  return Buffer.concat([Buffer.from(`${magic}\0\0\0\0WAVE`, 'latin1'), ...body]);
}

test('WAV samples of every width have the value they stand for', async () => {
  const int32 = Buffer.alloc(8);
  int32.writeInt32LE(2 ** 30, 0);
  int32.writeInt32LE(-(2 ** 31), 4);
  const float = Buffer.alloc(8);
  float.writeFloatLE(0.5, 0);
  float.writeFloatLE(-1, 4);
  const double = Buffer.alloc(16);
  double.writeDoubleLE(0.5, 0);
  double.writeDoubleLE(-1, 8);
  const cases: [kind: number, bits: number, data: Uint8Array][] = [
    [1, 8, Uint8Array.of(192, 0)],
    [1, 16, Uint8Array.of(0, 0x40, 0, 0x80)],
    [1, 24, Uint8Array.of(0, 0, 0x40, 0, 0, 0x80)],
    [1, 32, int32],
    [3, 32, float],
    [3, 64, double],
  ];
  for (const [kind, bits, data] of cases)
    for (const extensible of [false, true]) {
      const { channels } = await decode(wav({ kind, bits, data, channels: 1, extensible }), 3);
      assert.deepEqual(channels, [Float32Array.of(0.5, -1)], `${kind} ${bits}`);
    }
});

test('a WAV of more than 4 GiB tells its length in ds64, and other chunks are passed over', async () => {
  const ds64 = Buffer.alloc(8 + 28 + 8 + 4);
  ds64.write('ds64', 'latin1');
  ds64.writeUInt32LE(28, 4);
  ds64.writeBigUInt64LE(2n, 16);
  ds64.write('junk', 36, 'latin1');
  ds64.writeUInt32LE(3, 40);
  const data = Uint8Array.of(128, 255, 99, 99);
  const file = wav({ kind: 1, bits: 8, channels: 1, data, magic: 'RF64', before: ds64 });
  assert.equal((await decode(file)).channels[0]!.length, 2);
});

test('WAV in formats that are not plain samples is refused', async () => {
  for (const [kind, bits, channels] of [
    [2, 4, 2],
    [0x55, 16, 1],
    [1, 8, 65_535],
    [3, 16, 1],
  ] as const) {
    const file = wav({ kind, bits, channels, data: new Uint8Array(64) });
    await assert.rejects(decode(file), refuses('AUDIO_FORMAT_UNSUPPORTED'), `${kind}`);
  }
});

test('FLAC samples become floats of full scale', async () => {
  const { channels } = await decode(
    await encodeFlac(tone({ rateHz: 8000, samples: 8000, channels: 1, amplitude: 1 }), {
      bitsPerSample: 24,
    }),
  );
  const peak = channels[0]!.reduce((best, value) => Math.max(best, value), 0);
  assert.ok(peak > 0.999 && peak < 1);
});
