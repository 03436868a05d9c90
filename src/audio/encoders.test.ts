import assert from 'node:assert/strict';
import test from 'node:test';
import { sha256 } from '../base/digest.ts';
import { demuxOggPackets } from '../formats/ogg-demuxer.ts';
import { muxOpus } from '../formats/ogg-muxer.ts';
import { decodeOpusHead } from '../formats/opus-headers.ts';
import { decodeVorbisComment } from '../formats/vorbis-comment.ts';
import { startDecoding } from './decode.ts';
import { encodeFlac, encodeMp3, encodeOpusFile, encodeVorbis, encodeWav } from './encoders.ts';
import { type Pcm, sampleCount, toInteger } from './pcm.ts';
import { noise, tone } from './test-sounds.ts';

async function decoded(bytes: Uint8Array): Promise<Pcm> {
  using decoding = startDecoding();
  const blocks = [...(await decoding.push(bytes)), ...(await decoding.finish())];
  assert.equal(decoding.faults, 0);
  const { rateHz, channels } = blocks[0]!;
  return {
    sampleRateHz: rateHz,
    channels: channels.map((_, index) =>
      Float32Array.from(blocks.flatMap((block) => [...block.channels[index]!])),
    ),
  };
}

/** Energy of the difference against the energy of `wanted`, in decibels. */
function errorDb(seen: Pcm, wanted: Pcm): number {
  let difference = 0;
  let energy = 0;
  for (const [index, channel] of wanted.channels.entries())
    for (const [at, value] of channel.entries()) {
      difference += (seen.channels[index]![at]! - value) ** 2;
      energy += value ** 2;
    }
  return 10 * Math.log10(difference / energy);
}

const FORMATS: Record<string, { encode: (pcm: Pcm) => Promise<Uint8Array>; errorDb: number }> = {
  vorbis: { encode: (pcm) => encodeVorbis(pcm, { quality: 6 }), errorDb: -15 },
  mp3: { encode: (pcm) => encodeMp3(pcm, { bitrateKbps: 192 }), errorDb: -15 },
  flac16: { encode: (pcm) => encodeFlac(pcm, { bitsPerSample: 16 }), errorDb: -70 },
  flac24: { encode: (pcm) => encodeFlac(pcm, { bitsPerSample: 24 }), errorDb: -110 },
  wav16: { encode: (pcm) => encodeWav(pcm), errorDb: -70 },
  wav24: { encode: (pcm) => encodeWav(pcm, { bitsPerSample: 24 }), errorDb: -110 },
  opus: { encode: (pcm) => encodeOpusFile(pcm), errorDb: -15 },
};

for (const [name, { encode, errorDb: limit }] of Object.entries(FORMATS))
  for (const channels of [1, 2])
    test(`${name} with ${channels} channel(s) decodes to the sound and the length that went in`, async () => {
      const rateHz = name === 'opus' ? 48_000 : 44_100;
      const pcm = tone({ rateHz, samples: 50_123, channels });
      const bytes = await encode(pcm);
      const seen = await decoded(bytes);
      assert.equal(seen.sampleRateHz, rateHz);
      assert.equal(seen.channels.length, channels);
      assert.equal(sampleCount(seen), 50_123);
      assert.ok(errorDb(seen, pcm) < limit, `${errorDb(seen, pcm)} dB`);
      assert.equal(sha256(await encode(pcm)), sha256(bytes), 'the same sound, the same bytes');
    });

test('FLAC and WAV give back each integer as it went in', async () => {
  const pcm = noise(44_100, 10_000, 2);
  for (const encode of [FORMATS.flac16!.encode, FORMATS.wav16!.encode]) {
    const seen = await decoded(await encode(pcm));
    for (const [index, channel] of pcm.channels.entries())
      for (const [at, value] of channel.entries())
        assert.equal(seen.channels[index]![at]! * 32_768, toInteger(value, 16));
  }
});

test('an Opus file at another rate is resampled to the exact length', async () => {
  const seen = await decoded(
    await encodeOpusFile(tone({ rateHz: 44_100, samples: 44_101, channels: 2 })),
  );
  assert.equal(seen.sampleRateHz, 48_000);
  assert.equal(sampleCount(seen), Math.round((44_101 * 48_000) / 44_100));
});

test('streamed Opus pages are those of the muxer that has all packets at once', async () => {
  const bytes = await encodeOpusFile(noise(48_000, 200_000, 2));
  const [head, tags, ...audio] = demuxOggPackets(bytes);
  const { preSkip } = decodeOpusHead(head!.bytes)!;
  const again = muxOpus({
    serial: head!.serial,
    channels: 2,
    preSkip,
    inputSampleRateHz: 48_000,
    samples48k: 200_000,
    packets: audio.map((packet) => packet.bytes),
    comments: [],
    vendor: decodeVorbisComment(tags!.bytes, 8).vendor,
  });
  assert.equal(sha256(again), sha256(bytes));
});

test('silence and a single sample are files like any other', async () => {
  for (const samples of [1, 960]) {
    const pcm: Pcm = { sampleRateHz: 48_000, channels: [new Float32Array(samples)] };
    for (const { encode } of Object.values(FORMATS))
      assert.equal(sampleCount(await decoded(await encode(pcm))), samples);
  }
});
