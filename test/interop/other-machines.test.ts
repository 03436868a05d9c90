/**
 * The WASM engine gives the same bytes under other compilers of WebAssembly and with other instructions of the processor,
 * and on another kind of machine where one is at hand: `FONOTECA_FOREIGN_NODE` is the command of its Node, such as
 * `qemu-aarch64-static -L /usr/aarch64-linux-gnu /path/to/node`.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  encodeFlac,
  encodeMp3,
  encodeOpusFile,
  encodeVorbis,
  encodeWav,
} from '../../src/audio/encoders.ts';
import { noise, tone } from '../../src/audio/test-sounds.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-machines-'));
after(() => fs.rmSync(folder, { recursive: true }));
const files: string[] = [];
let wanted = '';

/** Encodes the files it is given in its own process and prints the digest and the loudness of each. */
const PROGRAM = `
import fs from 'node:fs';
const { startEncoding } = await import(${JSON.stringify(moduleUrl('src/audio/encode-job.ts'))});
const { sha256 } = await import(${JSON.stringify(moduleUrl('src/base/digest.ts'))});
for (const file of process.argv.slice(1)) {
  const bytes = fs.readFileSync(file);
  const settings = { bitrateBps: 75000, complexity: 10, tags: [['TITLE', 'x']], measure: true };
  using job = startEncoding({ job: 'encode', sizeBytes: bytes.length, ...settings });
  await job.push(bytes);
  const { output, result } = await job.finish(sha256(bytes));
  console.log(sha256(Buffer.concat([...output])), JSON.stringify(result.loudness));
}`;

function moduleUrl(file: string): string {
  return pathToFileURL(path.resolve(import.meta.dirname, '../..', file)).href;
}

function encodedBy(command: readonly string[]): string {
  const [program, ...flags] = command as [string, ...string[]];
  const args = [...flags, '--input-type=module', '-e', PROGRAM, ...files];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr.slice(-2000));
  return stdout;
}

before(async () => {
  // Notes over noise, so that every part of the codecs has work.
  const low = tone({ rateHz: 44_100, samples: 66_150, channels: 2, frequencyHz: 233 });
  const hiss = noise(44_100, 66_150, 2);
  const channels = low.channels.map((channel, index) =>
    channel.map((value, at) => 0.7 * value + 0.4 * hiss.channels[index]![at]!),
  );
  const sound = { sampleRateHz: 44_100, channels };
  const surround = { sampleRateHz: 48_000, channels: [...channels, ...hiss.channels, ...channels] };
  const made = {
    'a.ogg': await encodeVorbis(sound, { quality: 4 }),
    'b.mp3': await encodeMp3(sound, { bitrateKbps: 128 }),
    'c.flac': await encodeFlac(sound, { bitsPerSample: 24 }),
    'd.opus': await encodeOpusFile(sound),
    'e.wav': await encodeWav(surround),
  };
  for (const [name, bytes] of Object.entries(made)) {
    files.push(path.join(folder, name));
    fs.writeFileSync(files.at(-1)!, bytes);
  }
  wanted = encodedBy([process.execPath]);
  assert.equal(new Set(wanted.trim().split('\n')).size, files.length);
});

const X64_WITHOUT = ['avx', 'avx2', 'fma3', 'bmi1', 'bmi2', 'popcnt', 'lzcnt'];
for (const [name, flags] of Object.entries({
  'the quick compiler alone': ['--liftoff-only'],
  'the optimising compiler alone': ['--no-liftoff'],
  'the instructions of an old processor': X64_WITHOUT.map((feature) => `--no-enable-${feature}`),
}))
  test(
    `the same bytes and the same loudness with ${name}`,
    {
      skip: name.includes('old') && process.arch !== 'x64' ? 'no such flags here' : false,
    },
    () => assert.equal(encodedBy([process.execPath, ...flags]), wanted),
  );

const foreign = process.env.FONOTECA_FOREIGN_NODE?.split(' ').filter((word) => word !== '');
test('the same bytes and the same loudness on another kind of machine', {
  skip: foreign?.length
    ? false
    : 'no other kind of machine at hand: FONOTECA_FOREIGN_NODE names none',
}, () => {
  const { stdout } = spawnSync(foreign![0]!, [...foreign!.slice(1), '-p', 'process.arch']);
  assert.notEqual(stdout.toString().trim(), process.arch);
  assert.equal(encodedBy(foreign!), wanted);
});
