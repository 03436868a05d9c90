/** Derivatives of more than two channels, of both engines, judged by opusinfo, ffprobe and ffmpeg's own decoder and meter. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { openAudioDoor } from '../../src/audio/door.ts';
import { sha256 } from '../../src/base/digest.ts';
import { findProgram, namespacesOf, probeIsolation } from '../../src/base/isolation.ts';

const missing = ['ffmpeg', 'ffprobe', 'opusinfo'].filter((tool) => !findProgram(tool));
const skip = missing.length > 0 ? `not installed: ${missing.join(', ')}` : false;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-surround-'));
after(() => fs.rmSync(folder, { recursive: true }));

const SECONDS = 2;
/** ffmpeg's names, and how many channels each has. */
const LAYOUTS = { '3.0': 3, quad: 4, '5.0': 5, '5.1': 6, '6.1': 7, '7.1': 8 };
const CODECS = { flac: 'flac', ogg: 'libvorbis', wav: 'pcm_s16le' };
const FILES = [
  ['3.0', 'flac'],
  ['quad', 'ogg'],
  ['5.0', 'wav'],
  ['5.1', 'flac'],
  ['5.1', 'ogg'],
  ['6.1', 'flac'],
  ['7.1', 'wav'],
  ['7.1', 'ogg'],
] as const;

function run(tool: string, ...args: string[]): { out: Buffer; said: string } {
  const { status, stdout, stderr } = spawnSync(findProgram(tool)!, args, { maxBuffer: 1 << 28 });
  assert.equal(status, 0, `${tool}: ${stderr.toString().slice(-500)}`);
  return { out: stdout, said: stderr.toString() };
}

/** The channel for low frequencies is given one, since codecs leave out what is above. */
function frequencyOf(channel: number, layout: string): number {
  return layout.endsWith('.1') && channel === 3 ? 100 : 300 + 200 * channel;
}

/** A file in which each channel has a tone of its own, all of one level. */
function surround(layout: keyof typeof LAYOUTS, extension: keyof typeof CODECS): string {
  const file = path.join(folder, `${layout}.${extension}`);
  const tones = Array.from(
    { length: LAYOUTS[layout] },
    (_, channel) => `0.1*sin(2*PI*t*${frequencyOf(channel, layout)})`,
  );
  const sound = `aevalsrc=${tones.join('|')}:d=${SECONDS}:s=48000:c=${layout}`;
  const to = ['-c:a', CODECS[extension], '-y', file];
  run('ffmpeg', '-nostdin', '-v', 'error', '-f', 'lavfi', '-i', sound, ...to);
  return file;
}

/** The frequency each channel of `file` has, in ffmpeg's order of channels, by counting crossings of zero. */
function tonesOf(file: string, channels: number): number[] {
  const { out } = run('ffmpeg', '-v', 'error', '-i', file, '-f', 'f32le', '-');
  const samples = new Float32Array(out.buffer, out.byteOffset, out.length / 4);
  assert.equal(samples.length, channels * SECONDS * 48_000);
  return Array.from({ length: channels }, (_, channel) => {
    let crossings = 0;
    for (let at = 24_000; at < 72_000; at += 1) {
      const here = samples[at * channels + channel]!;
      if (here >= 0 !== samples[(at - 1) * channels + channel]! >= 0) crossings += 1;
    }
    return 100 * Math.round(crossings / 200);
  });
}

for (const engine of ['wasm', 'ffmpeg'] as const)
  test(`the ${engine} engine keeps every channel at its loudspeaker, exact in length, and loudness is ffmpeg's`, {
    skip:
      skip ||
      (engine === 'wasm' || namespacesOf(probeIsolation()).includes('net')
        ? false
        : 'this machine allows no namespaces'),
  }, async () => {
    const ffmpegPath = findProgram('ffmpeg')!;
    await using door = await openAudioDoor({ workers: 1, engine, ffmpegPath });
    for (const [layout, extension] of FILES) {
      const name = `${layout}.${extension}`;
      const channels = LAYOUTS[layout];
      const original = surround(layout, extension);
      const bytes = fs.readFileSync(original);
      const source = { sizeBytes: bytes.length, chunks: () => [bytes] };
      const made = await door.encodeOpus(source, { subject: name, tags: [] });
      assert.ok(made.ok, made.ok ? '' : `${name}: ${made.finding.code} ${made.finding.seen}`);
      const again = await door.encodeOpus(source, { subject: name, tags: [] });
      assert.ok(again.ok && sha256(again.value.bytes) === sha256(made.value.bytes), name);
      const file = path.join(folder, 'made.opus');
      fs.writeFileSync(file, made.value.bytes);
      const info = run('opusinfo', file);
      assert.doesNotMatch(info.out.toString() + info.said, /WARNING|ERROR/i, name);
      assert.equal(run('ffprobe', '-v', 'warning', '-show_streams', file).said, '', name);
      assert.deepEqual(tonesOf(file, channels), tonesOf(original, channels), name);

      const meter = ['-af', 'ebur128=framelog=verbose', '-f', 'null', '-'];
      const { said } = run('ffmpeg', '-nostdin', '-hide_banner', '-i', original, ...meter);
      const wanted = Number(/I:\s+(-?[\d.]+) LUFS/.exec(said)![1]);
      const seen = made.value.inspected!.measurement.loudness.integratedLufs!;
      // ffmpeg prints one decimal.
      assert.ok(Math.abs(seen - wanted) <= 0.1, `${name}: ${seen}, ffmpeg says ${wanted}`);
    }
  });
