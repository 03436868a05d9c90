import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import test from 'node:test';
import { probeIsolation } from '../base/isolation.ts';
import { openAudioDoor } from './door.ts';
import { encodeVorbis } from './encoders.ts';
import { type ListenResult, listenResultSchema } from './messages.ts';
import type { Pcm } from './pcm.ts';
import { noise, sourceOf, tone } from './test-sounds.ts';
import { startWorker } from './worker-process.ts';

const LIMITS = { cpuMs: 60_000, wallMs: 60_000, outputBytes: 1e6 };
const sound = tone({ rateHz: 44_100, samples: 100_001, channels: 2, amplitude: 0.1 });
const longer = tone({ rateHz: 44_100, samples: 101_000, channels: 2, amplitude: 0.1 });
const vorbis = await encodeVorbis(sound, { quality: 4 });
const worker = startWorker(probeIsolation(), true);
test.after(() => worker.stop());

/** A WAV file of floats as ffmpeg writes it into a pipe: with no length in it. */
function floatWav({ channels, sampleRateHz }: Pcm): Buffer {
  const samples = channels[0]!.length;
  const frameBytes = 4 * channels.length;
  const wav = Buffer.alloc(44 + samples * frameBytes);
  wav.write('RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x03\0', 0, 'latin1');
  wav.writeUInt16LE(channels.length, 22);
  wav.writeUInt32LE(sampleRateHz, 24);
  wav.writeUInt32LE(sampleRateHz * frameBytes, 28);
  wav.writeUInt16LE(frameBytes, 32);
  wav.writeUInt16LE(32, 34);
  wav.write('data\xff\xff\xff\xff', 36, 'latin1');
  for (const [index, channel] of channels.entries())
    for (const [at, value] of channel.entries())
      wav.writeFloatLE(value, 44 + at * frameBytes + 4 * index);
  return wav;
}

async function listen(bytes: Uint8Array, beside: (ear: Duplex) => Promise<void>) {
  const job = { job: 'listen', sizeBytes: bytes.length, format: 'vorbis' } as const;
  const { result } = await worker.run(job, sourceOf(bytes), LIMITS, beside);
  return listenResultSchema.parse(result);
}

async function write(ear: Duplex, bytes: Uint8Array): Promise<void> {
  if (!ear.write(bytes)) await new Promise((resolve) => ear.once('drain', resolve));
}

function lengthOf({ measured }: ListenResult): number | string {
  return 'refused' in measured ? measured.refused.code : measured.samples;
}

test('sound of another process is measured as a decoder of our own would have it, however it is cut', async () => {
  const wav = floatWav(sound);
  const direct = await openAudioDoor({ workers: 1 });
  const seen = await direct.inspect(sourceOf(wav), { subject: 'x', measure: 'levels' });
  await direct.close();
  assert.ok(seen.ok);
  const { loudness, waveform } = seen.value.measurement!;
  for (const partBytes of [wav.length, 70_001, 4099]) {
    const told = await listen(vorbis, async (ear) => {
      for (let at = 0; at < wav.length; at += partBytes)
        await write(ear, wav.subarray(at, at + partBytes));
    });
    assert.equal(told.reading.verdict.state, 'intact');
    assert.equal(told.reading.samples, 100_001);
    assert.ok(!('refused' in told.measured));
    assert.equal(told.measured.samples, 100_001);
    assert.deepEqual(told.measured.loudness, loudness);
    assert.equal(told.measured.waveform, waveform);
  }
});

test('nothing of one source is taken for sound of the next, whatever was written for it', async () => {
  const wav = floatWav(sound);
  const rows: [string, Uint8Array, number | string][] = [
    ['whole', wav, 100_001],
    ['cut within a sample', wav.subarray(0, 44 + 8 * 5000 + 3), 5000],
    ['more than the source has', floatWav(longer), 100_001],
    ['nothing', new Uint8Array(0), 'AUDIO_UNDECODABLE'],
    ['no WAV', Buffer.from(noise(8000, 50_000, 1).channels[0]!.buffer), 'AUDIO_UNDECODABLE'],
    ['whole', wav, 100_001],
  ];
  for (const [name, bytes, wanted] of rows) {
    const told = await listen(vorbis, (ear) => write(ear, bytes));
    assert.equal(lengthOf(told), wanted, name);
    assert.equal(told.reading.samples, 100_001, name);
  }
});

test('sound without end is heard no longer than the source may be', async () => {
  // A rate at which an hour is soon over, and a source that is cut, so that its own length is not relied on.
  const hour = floatWav({ sampleRateHz: 1000, channels: [new Float32Array(3_700_000)] });
  const cut = vorbis.subarray(0, vorbis.length - 100);
  const told = await listen(cut, (ear) => write(ear, hour));
  assert.equal(lengthOf(told), 'AUDIO_BUDGET');
});
