import assert from 'node:assert/strict';
import test from 'node:test';
import { mapBounded } from '../base/bounded-queue.ts';
import { sha256 } from '../base/digest.ts';
import type { FonotecaError } from '../base/errors.ts';
import { probeIsolation } from '../base/isolation.ts';
import { decodeMpegHeader } from '../formats/mpeg-frame.ts';
import { demuxOggPackets } from '../formats/ogg-demuxer.ts';
import { decodeVorbisComment } from '../formats/vorbis-comment.ts';
import { engineRecordSchema } from '../model/holding.ts';
import { startDecoding } from './decode.ts';
import { type Attempt, openAudioDoor } from './door.ts';
import { encodeFlac, encodeMp3, encodeOpusFile, encodeVorbis, encodeWav } from './encoders.ts';
import { timeLimits } from './sound-budget.ts';
import { id3v2, noise, pngHeader, sourceOf, tone } from './test-sounds.ts';
import { startWorker } from './worker-process.ts';

const isolation = probeIsolation();
const sound = tone({ rateHz: 44_100, samples: 66_150, channels: 2, amplitude: 0.1 });
const files = {
  vorbis: await encodeVorbis(sound, { quality: 4 }),
  mp3: await encodeMp3(sound, { bitrateKbps: 128 }),
  flac: await encodeFlac(sound, { bitsPerSample: 16 }),
  wav: await encodeWav(sound),
  opus: await encodeOpusFile(sound),
};
const door = await openAudioDoor({ workers: 2 });
test.after(() => door.close());

function succeeded<T>(attempt: Attempt<T>): T {
  assert.ok(attempt.ok, attempt.ok ? '' : `${attempt.finding.code}: ${attempt.finding.seen}`);
  return attempt.value;
}

function codeOf(attempt: Attempt<unknown>): string {
  return attempt.ok ? 'ok' : attempt.finding.code;
}

for (const [format, bytes] of Object.entries(files))
  test(`${format}: inspection tells verdict, length and loudness, and encoding gives the same bytes twice`, async () => {
    const subject = format;
    const seen = succeeded(await door.inspect(sourceOf(bytes), { subject, measure: true }));
    assert.equal(seen.sourceDigest, sha256(bytes));
    assert.equal(seen.reading.verdict.state, 'intact');
    const { measurement } = seen;
    assert.equal(measurement?.format, format);
    assert.equal(measurement?.samples, seen.reading.samples);
    assert.ok(Math.abs(measurement!.loudness.integratedLufs! - -20) < 0.5);
    assert.equal(Buffer.from(measurement!.waveform, 'base64').length, 800);

    const options = { subject, tags: [['TITLE', 'Tone']] as const };
    const first = succeeded(await door.encodeOpus(sourceOf(bytes), options));
    const second = succeeded(await door.encodeOpus(sourceOf(bytes, 7777), options));
    assert.equal(sha256(second.bytes), sha256(first.bytes));
    assert.deepEqual(second.record, first.record);
    assert.deepEqual(engineRecordSchema.parse(first.record), first.record);
    assert.equal(first.record.sourceDigest, sha256(bytes));
  });

test('a derivative is exact in length, is numbered by its source and carries the tag block of its record', async () => {
  const derivative = succeeded(
    await door.encodeOpus(sourceOf(files.flac), { subject: 'x', tags: [['Artist', 'Á']] }),
  );
  const [head, tags] = demuxOggPackets(derivative.bytes);
  assert.equal(head!.serial, Number.parseInt(sha256(files.flac).slice(0, 8), 16));
  const { comments } = decodeVorbisComment(tags!.bytes, 8);
  assert.deepEqual(comments, derivative.record.tagBlock);
  assert.deepEqual(comments[0], ['ARTIST', 'Á']);
  // A tone of -20 LUFS: 3 dB below the reference, Q7.8.
  assert.ok(Math.abs(Number(comments[1]![1]) - -768) <= 26, comments[1]![1]);
  using decoding = startDecoding();
  const blocks = [...(await decoding.push(derivative.bytes)), ...(await decoding.finish())];
  const samples = blocks.reduce((sum, block) => sum + block.channels[0]!.length, 0);
  assert.equal(samples, Math.round((66_150 * 48_000) / 44_100));
  assert.equal(derivative.samples48k, samples);
});

test('pictures come out with their digest', async () => {
  const png = pngHeader(10, 20);
  const apic = Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), png]);
  const bytes = Buffer.concat([id3v2([['APIC', apic]]), files.mp3]);
  const { art } = succeeded(await door.inspect(sourceOf(bytes), { subject: 'x' }));
  assert.deepEqual(
    art.map(({ digest, widthPx, heightPx }) => ({ digest, widthPx, heightPx })),
    [{ digest: sha256(png), widthPx: 10, heightPx: 20 }],
  );
});

test('bytes that a decoder makes sound of and that are none by our own reading give no file', async () => {
  const bytes = loneFrame();
  const seen = succeeded(await door.inspect(sourceOf(bytes), { subject: 'x', measure: true }));
  assert.equal(seen.reading.verdict.code, 'AUDIO_NOT_AUDIO');
  assert.ok(seen.measurement!.samples > 0);
  const { format, channels, sampleRateHz } = seen.measurement!;
  const known = { format, channels, sampleRateHz, samples: null, integratedLufs: -20 };
  for (const wishes of [{}, { known }, { isWholeBlock: true }]) {
    const made = await door.encodeOpus(sourceOf(bytes), { subject: 'x', tags: [], ...wishes });
    assert.equal(codeOf(made), 'AUDIO_NOT_AUDIO', JSON.stringify(wishes));
  }
});

test('what is not known of a source is told by the pass that encodes it, as an inspection tells it', async () => {
  for (const [subject, bytes] of Object.entries(files)) {
    const options = { subject, measure: 'levels' } as const;
    const { reading, measurement } = succeeded(await door.inspect(sourceOf(bytes), options));
    const unknown = succeeded(await door.encodeOpus(sourceOf(bytes), { subject, tags: [] }));
    assert.deepEqual(unknown.inspected, { reading, measurement });
    const { loudness, ...rest } = measurement!;
    const known = { ...rest, integratedLufs: loudness.integratedLufs };
    const again = succeeded(await door.encodeOpus(sourceOf(bytes), { subject, tags: [], known }));
    assert.equal(again.inspected, null);
    assert.equal(sha256(again.bytes), sha256(unknown.bytes));
  }
});

const POISON: [name: string, bytes: Uint8Array, encode: string][] = [
  ['garbage', Buffer.from(noise(8000, 5000, 1).channels[0]!.buffer), 'AUDIO_FORMAT_UNSUPPORTED'],
  ['an empty file', new Uint8Array(0), 'AUDIO_FORMAT_UNSUPPORTED'],
  ['a playlist', Buffer.from('#EXTM3U\nfile:///etc/passwd\n'), 'AUDIO_FORMAT_UNSUPPORTED'],
  ['a header and nothing', files.flac.subarray(0, 100), 'AUDIO_UNDECODABLE'],
  ['sound of nine channels', await encodeWav(noise(8000, 100, 9)), 'AUDIO_CHANNELS_UNSUPPORTED'],
  ['a rate no sound has', withRate(files.wav, 4_000_000_000), 'AUDIO_FORMAT_UNSUPPORTED'],
];

/** One frame is sound to a decoder; to our reader one frame among other bytes is chance. */
function loneFrame(): Uint8Array {
  const header = decodeMpegHeader(files.mp3, 0)!;
  const frame = files.mp3.subarray(header.sizeBytes, 2 * header.sizeBytes);
  return Buffer.concat([frame, Buffer.alloc(2000, 0x55)]);
}

function withRate(wav: Uint8Array, rateHz: number): Uint8Array {
  const copy = Buffer.from(wav);
  copy.writeUInt32LE(rateHz, 24);
  return copy;
}

test('each poison file costs itself alone, with its code, while good files go through beside it', async () => {
  const items = POISON.flatMap((poison) => [poison, ['good', files.mp3, 'ok'] as const]);
  const outcomes = mapBounded(items, { concurrency: 4, ordered: true }, async ([name, bytes]) => ({
    name,
    encoded: await door.encodeOpus(sourceOf(bytes), { subject: name, tags: [] }),
    inspected: await door.inspect(sourceOf(bytes), { subject: name, measure: true }),
  }));
  const wanted = items.map(([name, , code]) => [name, code, 'ok']);
  const seen: string[][] = [];
  for await (const { name, encoded, inspected } of outcomes)
    seen.push([name, codeOf(encoded), codeOf(inspected)]);
  assert.deepEqual(seen, wanted);
});

test('a source that is not as long as it was said to be is refused, and the next one is served', async () => {
  for (const sizeBytes of [files.wav.length - 1, files.wav.length + 1]) {
    const lying = { ...sourceOf(files.wav), sizeBytes };
    assert.equal(codeOf(await door.inspect(lying, { subject: 'x' })), 'FILE_CHANGED_DURING_READ');
  }
  const failing = {
    sizeBytes: 10,
    chunks() {
      throw new Error('disk gone');
    },
  };
  assert.equal(codeOf(await door.inspect(failing, { subject: 'x' })), 'SUBPROCESS_FAILED');
  assert.equal(codeOf(await door.inspect(sourceOf(files.mp3), { subject: 'x' })), 'ok');
});

test('a worker that takes too long or answers too much is killed and says which limit it was', async () => {
  const job = {
    job: 'encode',
    sizeBytes: files.wav.length,
    bitrateBps: 75_000,
    complexity: 10,
    tags: [],
    measure: true,
  } as const;
  const ample = { cpuMs: 60_000, wallMs: 60_000, outputBytes: 1e6 };
  for (const [limits, seen] of [
    [{ ...ample, wallMs: 20 }, /more than 20 ms/],
    [{ ...ample, outputBytes: 1000 }, /more than 1000 bytes/],
  ] as const) {
    const worker = startWorker(isolation);
    await assert.rejects(
      worker.run({ ...job, tags: [] }, sourceOf(files.wav), limits),
      (error: FonotecaError) => error.code === 'SUBPROCESS_LIMIT' && seen.test(error.seen),
    );
    assert.equal(worker.isAlive, false);
    await worker.stop();
  }
});

test('time is given by size: a minute at least, two hours at most', () => {
  assert.deepEqual(timeLimits(1000), { cpuMs: 60_000, wallMs: 240_000 });
  assert.equal(timeLimits(10_000_000).cpuMs, 500_000);
  assert.equal(timeLimits(1e12).cpuMs, 7_200_000);
});

test('the door says which layers are in force here', () => {
  const layers = Object.fromEntries(door.sandbox().map((layer) => [layer.name, layer.isInForce]));
  assert.deepEqual(layers, {
    wasm: true,
    'node-permissions': true,
    'empty-environment': true,
    watch: process.platform === 'linux',
    rlimits: isolation.prlimit !== null,
    privileges: isolation.bubblewrap !== null || isolation.setpriv !== null,
    namespaces: isolation.bubblewrap !== null || isolation.unshare !== null,
    'own-root': isolation.bubblewrap !== null,
    'system-calls': (isolation.bubblewrap?.filter ?? null) !== null,
  });
});
