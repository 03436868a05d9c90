/** `show` on an archive that holds one recording three times: evidence for a person, and none of what is withdrawn. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { encodeVorbis, encodeWav } from '../src/audio/encoders.ts';
import { sha256 } from '../src/base/digest.ts';
import { seededRandom } from '../src/base/seeded-random.ts';
import { parseAcoustidText } from '../src/fingerprints/fingerprint-text.ts';
import { runFonoteca } from './support/run-fonoteca.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-same-'));
after(() => fs.rmSync(folder, { recursive: true }));
const root = path.join(folder, 'archive');
const RATE_HZ = 22_050;

interface Same {
  readonly digest: string;
  readonly likeness: { readonly confidence: number; readonly evidence: string };
}

/** Seconds of a tune of three voices. */
function tune(seed: number, seconds: number): Float32Array {
  const random = seededRandom(seed);
  const notes = Array.from({ length: seconds * 4 + 3 }, () => 110 * 2 ** (random.below(36) / 12));
  const phases = [0, 0, 0];
  return Float32Array.from({ length: RATE_HZ * seconds }, (_, at) => {
    const beat = Math.floor((at / RATE_HZ) * 4);
    let sum = 0;
    for (let voice = 0; voice < 3; voice += 1) {
      phases[voice]! += (2 * Math.PI * notes[beat + voice]!) / RATE_HZ;
      sum += Math.sin(phases[voice]!) / 6;
    }
    return sum;
  });
}

const files = new Map<string, Uint8Array>();
const digestOf = (name: string) => sha256(files.get(name)!);

async function run(...args: string[]) {
  const ran = await runFonoteca([...args, '--archive', root, '--json']);
  assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  return ran;
}

async function shown(name: string) {
  const { events } = await run('show', digestOf(name));
  return events.find(({ event }) => event === 'holding') as unknown as {
    acoustid?: string;
    sameRecordings: Same[];
    technical: Record<string, unknown>;
  };
}

before(async () => {
  const pcm = (samples: Float32Array) => ({ sampleRateHz: RATE_HZ, channels: [samples] });
  const song = tune(1, 24);
  files.set('song.wav', await encodeWav(pcm(song)));
  files.set(
    'quieter.ogg',
    await encodeVorbis(pcm(song.map((value) => value * 0.4)), { quality: 3 }),
  );
  files.set('cut.wav', await encodeWav(pcm(song.subarray(RATE_HZ * 4))));
  files.set('other.wav', await encodeWav(pcm(tune(2, 24))));
  fs.mkdirSync(path.join(folder, 'music'));
  for (const [name, bytes] of files) fs.writeFileSync(path.join(folder, 'music', name), bytes);
  const made = await runFonoteca(['init', root, '--name', 'Same']);
  assert.equal(made.code, 0, made.stderr);
  await run('add', path.join(folder, 'music'));
});

test('the same recording at another gain and coding, or cut at the front, is told with its evidence', async () => {
  const { sameRecordings, acoustid, technical } = await shown('song.wav');
  const digests = sameRecordings.map(({ digest }) => digest);
  assert.deepEqual(digests.sort(), [digestOf('quieter.ogg'), digestOf('cut.wav')].sort());
  for (const { likeness } of sameRecordings) {
    assert.ok(likeness.confidence > 0.8, likeness.evidence);
    assert.match(likeness.evidence, /% of the bits differ over \d+\.\d s, /);
  }
  assert.equal(parseAcoustidText(acoustid!).length, 172);
  assert.equal('fingerprint' in technical, false);
});

test('the text says it in one line for each, and nothing of another song', async () => {
  const { stdout } = await runFonoteca(['show', digestOf('song.wav'), '--archive', root]);
  const lines = stdout.split('\n').filter((line) => line.startsWith('sounds like'));
  assert.equal(lines.length, 2);
  for (const line of lines)
    assert.match(line, /same recording as local:.*, confidence 0\.\d\d|1\.00/);
  assert.deepEqual((await shown('other.wav')).sameRecordings, []);
});

test('what is withdrawn is told of no other holding, and its own fingerprint is not shown', async () => {
  await run('withdraw', digestOf('cut.wav'), '--reason', 'holder-request', '--yes');
  const digests = (await shown('song.wav')).sameRecordings.map(({ digest }) => digest);
  assert.deepEqual(digests, [digestOf('quieter.ogg')]);
  const withdrawn = await shown('cut.wav');
  assert.equal(withdrawn.acoustid, undefined);
  assert.deepEqual(withdrawn.sameRecordings, []);
});
