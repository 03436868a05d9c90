import assert from 'node:assert/strict';
import test from 'node:test';
import { demuxOggPackets } from '../formats/ogg-demuxer.ts';
import { loudnessWeights, opusOrder, waveOrder } from './channel-layout.ts';
import { startDecoding } from './decode.ts';
import { openAudioDoor } from './door.ts';
import { encodeFlac, encodeWav } from './encoders.ts';
import { sourceOf, tone } from './test-sounds.ts';

const RATE_HZ = 48_000;
const door = await openAudioDoor({ workers: 1 });
test.after(() => door.close());

/** The loudspeakers of `channels` channels in the order of WAV, and in that of Opus. */
const LOUDSPEAKERS: Record<number, readonly [wave: string, opus: string]> = {
  3: ['L R C', 'L C R'],
  4: ['L R BL BR', 'L R BL BR'],
  5: ['L R C BL BR', 'L C R BL BR'],
  6: ['L R C LFE BL BR', 'L C R BL BR LFE'],
  7: ['L R C LFE BC SL SR', 'L C R SL SR BC LFE'],
  8: ['L R C LFE BL BR SL SR', 'L C R SL SR BL BR LFE'],
};
const FREQUENCIES_HZ: Record<string, number> = {
  ...{ L: 300, R: 500, C: 700, LFE: 100, BL: 1100, BR: 1300, SL: 1700, SR: 1900, BC: 2300 },
};

/** How strong `frequencyHz` is in `samples` (Goertzel's sum, against a tone of the same length). */
function strength(samples: Float32Array, frequencyHz: number): number {
  let [real, imaginary] = [0, 0];
  for (const [at, value] of samples.entries()) {
    const angle = (2 * Math.PI * frequencyHz * at) / RATE_HZ;
    real += value * Math.cos(angle);
    imaginary += value * Math.sin(angle);
  }
  return Math.hypot(real, imaginary) / samples.length;
}

function loudspeakerOf(samples: Float32Array): string {
  const names = Object.keys(FREQUENCIES_HZ);
  const strengths = names.map((name) => strength(samples, FREQUENCIES_HZ[name]!));
  return names[strengths.indexOf(Math.max(...strengths))]!;
}

for (const [count, [wave, opus]] of Object.entries(LOUDSPEAKERS))
  for (const [format, encode] of Object.entries({
    wav: encodeWav,
    flac: (pcm: Parameters<typeof encodeFlac>[0]) => encodeFlac(pcm, { bitsPerSample: 16 }),
  }))
    test(`${format} of ${count} channels: each loudspeaker's sound comes out at its place in the order of Opus`, async () => {
      const channels = wave.split(' ').map((name) => {
        const frequencyHz = FREQUENCIES_HZ[name]!;
        return tone({ rateHz: RATE_HZ, samples: 24_123, channels: 1, frequencyHz }).channels[0]!;
      });
      const bytes = await encode({ sampleRateHz: RATE_HZ, channels });
      const made = await door.encodeOpus(sourceOf(bytes), { subject: count, tags: [] });
      assert.ok(made.ok, made.ok ? '' : `${made.finding.code} ${made.finding.seen}`);
      assert.equal(made.value.channels, Number(count));
      const head = demuxOggPackets(made.value.bytes)[0]!.bytes;
      assert.equal(head[18], 1, 'mapping family');
      using decoding = startDecoding();
      const blocks = [...(await decoding.push(made.value.bytes)), ...(await decoding.finish())];
      const heard = opus.split(' ').map((_, index) => {
        const samples = Float32Array.from(blocks.flatMap((block) => [...block.channels[index]!]));
        assert.equal(samples.length, 24_123);
        return loudspeakerOf(samples.subarray(4000, 20_000));
      });
      assert.equal(heard.join(' '), opus);
    });

test('nine channels, and loudspeakers that are not told, are refused by their code', async () => {
  const nine = tone({ rateHz: RATE_HZ, samples: 4800, channels: 9 });
  const made = await door.encodeOpus(sourceOf(await encodeWav(nine)), { subject: 'x', tags: [] });
  assert.equal(made.ok ? 'ok' : made.finding.code, 'AUDIO_CHANNELS_UNSUPPORTED');
  assert.equal(opusOrder(6, 'unknown'), null);
  assert.equal(waveOrder(6, 0x3f), 'wave');
  assert.equal(waveOrder(6, 0x60f), 'wave');
  // Front, and four above: no layout that Opus has.
  assert.equal(waveOrder(6, 0x2d003), 'unknown');
  assert.equal(waveOrder(2, 0x30), 'wave');
});

test('what is behind the listener counts more in loudness, low frequencies nothing', () => {
  assert.deepEqual(loudnessWeights(2, 'wave'), [1, 1]);
  assert.deepEqual(loudnessWeights(6, 'wave'), [1, 1, 1, 0, 1.41, 1.41]);
  assert.deepEqual(loudnessWeights(6, 'vorbis'), [1, 1, 1, 1.41, 1.41, 0]);
  assert.deepEqual(loudnessWeights(6, 'unknown'), [1, 1, 1, 1, 1, 1]);
  assert.deepEqual(loudnessWeights(4, 'wave'), [1, 1, 1.41, 1.41]);
});
