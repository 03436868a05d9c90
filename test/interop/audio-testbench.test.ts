/**
 * The test benches of others through the real sandbox: FLAC's, whose files state the MD5 of their samples, and minimp3's
 * vectors, of which some come with the samples wanted. ffmpeg judges what the sound is; our own readers judge what is whole.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import zlib from 'node:zlib';
import { startDecoding } from '../../src/audio/decode.ts';
import { openAudioDoor } from '../../src/audio/door.ts';
import { sourceOf } from '../../src/audio/test-sounds.ts';
import { decodeFlac } from '../../src/formats/flac-decoder.ts';
import { missingTools } from '../support/outside-tools.ts';

const DATA = path.resolve(import.meta.dirname, '../../../shared/data/audio');
const BENCH = path.join(DATA, 'flac-test-files');
const VECTORS = path.join(DATA, 'mp3-vectors');
const skip = fs.existsSync(DATA) ? missingTools('ffmpeg') : 'the sample data audio is not here';
const LONGEST_MS = 60_000;
const door = await openAudioDoor({ workers: 2 });
after(() => door.close());

const namesIn = (folder: string, ending: string): string[] =>
  skip
    ? []
    : fs
        .readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .sort();

/** MD5 of the samples as ffmpeg decodes them, in the width in which FLAC counts them; null when it cannot. */
function ffmpegMd5(file: string, bitsPerSample: number): string | null {
  const bytes = Math.ceil(bitsPerSample / 8);
  const format = bytes === 1 ? 's8' : `s${bytes * 8}le`;
  const words = ['-v', 'error', '-i', file, '-f', format, '-c:a', `pcm_${format}`, '-'];
  const { status, stdout } = spawnSync('ffmpeg', words, { maxBuffer: 1 << 29 });
  return status === 0 ? crypto.createHash('md5').update(stdout).digest('hex') : null;
}

/** MD5 over samples of all channels in turn, little-endian, each in as many bytes as its bits need (RFC 9639 section 8.2). */
function ownMd5(bytes: Uint8Array): string {
  const hash = crypto.createHash('md5');
  for (const { channels, samples, bitsPerSample } of decodeFlac(bytes).frames) {
    const width = Math.ceil(bitsPerSample / 8);
    const pcm = Buffer.alloc(samples * channels.length * width);
    let at = 0;
    for (let sample = 0; sample < samples; sample++)
      for (const channel of channels) at = pcm.writeIntLE(channel[sample]!, at, width);
    hash.update(pcm);
  }
  return hash.digest('hex');
}

const statedMd5 = (bytes: Buffer): string | null =>
  bytes.toString('latin1', 0, 4) === 'fLaC' ? bytes.toString('hex', 26, 42) : null;

describe('the FLAC test bench', { skip }, () => {
  for (const folder of ['subset', 'uncommon'])
    for (const name of namesIn(path.join(BENCH, folder), '.flac'))
      test(`${folder}: ${name} decodes to its MD5`, async (t) => {
        const file = path.join(BENCH, folder, name);
        const bytes = fs.readFileSync(file);
        const mine = ownMd5(bytes);
        const stated = statedMd5(bytes);
        if (stated !== null && !/^0+$/.test(stated)) assert.equal(mine, stated);
        else if (name.startsWith('02')) {
          // Nothing is stated, and other decoders refuse or remix a change of channels; frames are proved by their checksums.
          const counts = new Set(decodeFlac(bytes).frames.map(({ channels }) => channels.length));
          assert.deepEqual([...counts], [1, 2, 6]);
        } else {
          // Nothing is stated; another decoder says what the samples are.
          const bits = decodeFlac(bytes).frames[0]!.bitsPerSample;
          t.diagnostic(`no MD5 stated, judged by ffmpeg`);
          assert.equal(mine, ffmpegMd5(file, bits));
        }
        const seen = await door.inspect(sourceOf(bytes), { subject: name, measure: true });
        assert.ok(seen.ok);
        assert.equal(seen.value.reading.verdict.state, 'intact');
      });

  for (const name of namesIn(path.join(BENCH, 'faulty'), '.flac'))
    test(`faulty: ${name} gets a verdict or a warning, and its sound is told of`, async (t) => {
      const bytes = fs.readFileSync(path.join(BENCH, 'faulty', name));
      const seen = await door.inspect(sourceOf(bytes), { subject: name, measure: true });
      assert.ok(seen.ok);
      const { verdict, warnings } = seen.value.reading;
      const codes = [verdict.code, ...warnings.map(({ code }) => code)].filter(Boolean);
      t.diagnostic(`${verdict.state}: ${codes.join(', ')}; ${seen.value.tags.notes.join(', ')}`);
      assert.ok(codes.length > 0 || seen.value.tags.notes.length > 0);
    });
});

/** Samples of 16 bits that our decoder gives, all channels in turn. */
async function samplesOf(bytes: Uint8Array): Promise<Float32Array[]> {
  using decoding = startDecoding();
  const blocks = [...(await decoding.push(bytes)), ...(await decoding.finish())];
  const count = blocks[0]?.channels.length ?? 0;
  return Array.from({ length: count }, (_, at) =>
    Float32Array.from(blocks.flatMap(({ channels }) => [...channels[at]!])),
  );
}

describe('the vectors of minimp3', { skip }, () => {
  const vectors = namesIn(VECTORS, '.bit');
  test('are here', () => assert.ok(vectors.length >= 40));

  for (const name of vectors)
    test(`${name} gets its answer in time`, async (t) => {
      const bytes = fs.readFileSync(path.join(VECTORS, name));
      const start = performance.now();
      const seen = await door.inspect(sourceOf(bytes), { subject: name, measure: true });
      const made = await door.encodeOpus(sourceOf(bytes), { subject: name, tags: [] });
      const tookMs = performance.now() - start;
      assert.ok(seen.ok, seen.ok ? '' : seen.finding.seen);
      const { format, verdict, samples } = seen.value.reading;
      t.diagnostic(
        `${format} ${verdict.state} ${verdict.code ?? ''} ${samples} samples, ${made.ok ? 'encoded' : made.finding.code}`,
      );
      assert.ok(tookMs < LONGEST_MS);
      if (!made.ok) assert.match(made.finding.code, /^AUDIO_/);
    });

  test('the samples that come with one are those that come out, to the last bit of sixteen', async (t) => {
    const wanted = zlib.gunzipSync(fs.readFileSync(path.join(VECTORS, 'l2-test32.pcm.gz')));
    const mine = await samplesOf(fs.readFileSync(path.join(VECTORS, 'l2-test32.bit')));
    assert.equal(mine.length * mine[0]!.length * 2, wanted.length);
    let worst = 0;
    for (let at = 0; at < wanted.length / 2; at++) {
      const sample = mine[at % mine.length]![Math.floor(at / mine.length)]! * 32_768;
      const clipped = Math.max(-32_768, Math.min(32_767, sample));
      worst = Math.max(worst, Math.abs(clipped - wanted.readInt16LE(at * 2)));
    }
    t.diagnostic(`${wanted.length / 2} samples, ${worst.toFixed(3)} of the last bit at most`);
    assert.ok(worst < 1, `${worst}`);
  });

  for (const name of [
    'l3-he_32khz.bit',
    'l3-he_48khz.bit',
    'l3-si_huff.bit',
    'M2L3_bitrate_24_all.bit',
  ])
    test(`${name} sounds as ffmpeg hears it`, {
      skip: skip || (vectors.includes(name) ? false : `the data ${name} is not here`),
    }, async (t) => {
      const file = path.join(VECTORS, name);
      const mine = await samplesOf(fs.readFileSync(file));
      const words = [
        '-v',
        'error',
        '-f',
        'mp3',
        '-i',
        file,
        '-f',
        'f32le',
        '-c:a',
        'pcm_f32le',
        '-',
      ];
      const { stdout } = spawnSync('ffmpeg', words, { maxBuffer: 1 << 28 });
      const theirs = new Float32Array(stdout.buffer, stdout.byteOffset, stdout.length / 4);
      const step = mine.length;
      const length = Math.min(mine[0]!.length, theirs.length / step);
      assert.ok(length > 1000);
      const error = lowestError(
        mine[0]!,
        Float32Array.from({ length: theirs.length / step }, (_, at) => theirs[at * step]!),
      );
      t.diagnostic(`${length} samples, root mean square error ${error.toExponential(1)}`);
      // The compliance limit of ISO/IEC 11172-4 for full accuracy: 2^-15 / √12.
      assert.ok(error < 2 ** -15 / Math.sqrt(12), `${error}`);
    });
});

/** The error at the shift of frames at which two decodings agree best: decoders differ in whether the first frame counts. */
function lowestError(first: Float32Array, second: Float32Array): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const shift of [-1152, -1105, -576, -529, 0, 529, 576, 1105, 1152]) {
    let sum = 0;
    let count = 0;
    for (let at = 2500; at < Math.min(first.length, second.length) - 2500; at++) {
      sum += (first[at]! - second[at + shift]!) ** 2;
      count += 1;
    }
    lowest = Math.min(lowest, Math.sqrt(sum / Math.max(1, count)));
  }
  return lowest;
}
