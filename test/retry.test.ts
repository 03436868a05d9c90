import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type Archive, openArchive } from '../src/archive.ts';
import { fixedClock, systemRandom } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { encodeAiff } from '../src/formats/test-aiff-writer.ts';
import { runFonoteca, TEST_EPOCH } from './support/run-fonoteca.ts';
import { writeSampleMusic } from './support/sample-music.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-retry-'));
const music = path.join(folder, 'music');
const archive = path.join(folder, 'archive');
after(() => fs.rmSync(folder, { recursive: true }));

const TRACKS = [
  { path: 'Ana/01 Rain.flac', frequencyHz: 220, popularity: '0' },
  { path: 'Ana/02 Four.aiff', frequencyHz: 277, popularity: '0' },
  { path: 'Ana/03 Late.mp3', frequencyHz: 330, popularity: '0' },
];
const LATE = TRACKS[2]!.path;

async function opened(): Promise<Archive> {
  const clock = fixedClock(new Date(Number(TEST_EPOCH) * 1000).toISOString());
  return openArchive(archive, { write: true }, { disk: realDisk, clock, random: systemRandom });
}

async function run(...verb: string[]) {
  return runFonoteca([...verb, '--archive', archive, '--json']);
}

before(async () => {
  await writeSampleMusic(music, TRACKS);
  // Four channels of AIFF may be for one set of loudspeakers or another: a derivative of them is refused.
  const channels = Array.from({ length: 4 }, (_, channel) =>
    Int32Array.from({ length: 50_000 }, (_, at) => 9000 * Math.sin((at * (channel + 9)) / 99)),
  );
  const aiff = encodeAiff({ channels, bitsPerSample: 16, sampleRateHz: 44_100 });
  fs.writeFileSync(path.join(music, TRACKS[1]!.path), aiff);
  assert.equal((await runFonoteca(['init', archive])).code, 0);
  {
    // As a run leaves it that met a file on a day when it took too long.
    await using open = await opened();
    const { size, mtimeMs } = fs.statSync(path.join(music, LATE));
    const [code, seen] = ['SUBPROCESS_LIMIT', 'more than 60000 ms of CPU'];
    const root = fs.realpathSync(music);
    const file = { root, path: LATE, sizeBytes: size, mtimeMs, digest: null, code, seen };
    await open.ledger.commit([{ kind: 'file-read', file: { ...file, outcome: 'refused' } }]);
  }
  const ran = await run('add', music);
  // What was refused once is told again and not read again.
  assert.equal(ran.code, 3, ran.stdout);
  assert.equal((await run('plan')).code, 0);
  await using open = await opened();
  const rain = (await open.ledger.holdings()).find(({ extension }) => extension === 'flac')!;
  const [code, seen] = ['SUBPROCESS_LIMIT', 'more than 60000 ms of CPU'];
  await open.ledger.commit([{ kind: 'derivative-refused', digest: rain.digest, code, seen }]);
});

test('encode leaves what was refused, and says why of what it refuses now', async () => {
  const ran = await run('encode');
  assert.equal(ran.code, 3, ran.stdout + ran.stderr);
  const findings = ran.events.filter(({ event }) => event === 'finding');
  assert.deepEqual(
    findings.map(({ code, subject }) => [code, subject]),
    [['AUDIO_CHANNELS_UNSUPPORTED', 'Four']],
  );
  const again = await run('encode');
  assert.equal(again.code, 0);
  assert.equal(again.events.filter(({ event }) => event === 'finding').length, 0);
});

test('what failed is named with its reason, and nothing is tried', async () => {
  const ran = await run('retry', '--dry-run');
  assert.equal(ran.code, 0);
  const { items } = ran.events.find(({ event }) => event === 'failed') as unknown as {
    items: { stage: string; subject: string; code: string }[];
  };
  assert.deepEqual(
    items.map(({ stage, subject, code }) => [stage, path.basename(subject), code]).sort(),
    [
      ['add', '03 Late.mp3', 'SUBPROCESS_LIMIT'],
      ['encode', 'Four', 'AUDIO_CHANNELS_UNSUPPORTED'],
      ['encode', 'Rain', 'SUBPROCESS_LIMIT'],
    ],
  );
});

test('retry holds and encodes what goes now, and what still fails stays named', async () => {
  const ran = await run('retry');
  assert.equal(ran.code, 3, ran.stdout + ran.stderr);
  const added = ran.events.find(({ event }) => event === 'added');
  assert.equal(added?.acceptedAudio, 1);
  assert.equal(added?.vanished, 0);
  const encoded = ran.events.find(({ event }) => event === 'encoded');
  assert.equal((encoded?.made as unknown[] | undefined)?.length, 1);
  const left = await run('retry', '--dry-run');
  const { items } = left.events.find(({ event }) => event === 'failed') as unknown as {
    items: { subject: string }[];
  };
  assert.deepEqual(
    items.map(({ subject }) => subject),
    ['Four'],
  );
});

test('a folder that is gone is told of, and the rest is tried', async () => {
  {
    await using open = await opened();
    const file = { root: '/nowhere/at/all', path: 'x.ogg', sizeBytes: 1, mtimeMs: 1, digest: null };
    const [code, seen] = ['AUDIO_BUDGET', 'more'];
    await open.ledger.commit([
      { kind: 'file-read', file: { ...file, outcome: 'refused', code, seen } },
    ]);
  }
  const ran = await run('retry');
  assert.equal(ran.code, 3);
  const findings = ran.events.filter(({ event }) => event === 'finding').map(({ code }) => code);
  assert.deepEqual(findings.sort(), ['AUDIO_CHANNELS_UNSUPPORTED', 'FILE_MISSING']);
});
