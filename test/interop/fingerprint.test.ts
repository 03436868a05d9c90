/** Acoustic fingerprints of real music held against those of fpcalc, and against one another. Needs fpcalc and ffmpeg. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type AudioDoor, openAudioDoor } from '../../src/audio/door.ts';
import { compareFingerprints } from '../../src/fingerprints/compare.ts';
import {
  parseAcoustidText,
  parseRecordedText,
  toAcoustidText,
} from '../../src/fingerprints/fingerprint-text.ts';
import { judge, missingTools } from '../support/outside-tools.ts';
import { noRealMusic } from '../support/real-music.ts';

const music = path.resolve(import.meta.dirname, '../../../shared/data/audio/music');
const skip = noRealMusic || missingTools('fpcalc', 'ffmpeg');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-fingerprint-'));
after(() => fs.rmSync(folder, { recursive: true }));

const LONG = [
  'asc-music/machine_wars.mp3',
  'singularity-music/Chimes They Fade.ogg',
  'singularity-music/March Thee to Dis.ogg',
  'warzone2100-music/menu.opus',
  'warzone2100-music/track3.opus',
  'wesnoth-1.16-music/elf-land.ogg',
  'wesnoth-1.16-music/revelation.ogg',
  'wesnoth-1.16-music/sad.ogg',
  'wesnoth-1.16-music/transience.ogg',
];
const SHORT = [
  'hyperrogue-music/levelup.ogg',
  'hyperrogue-music/seen-ghost.ogg',
  'wesnoth-1.16-music/defeat.ogg',
  'wesnoth-1.16-music/victory.ogg',
];
/** Measured: 0.00 to 0.07 %. Above this our converter or transform has changed. */
const MAX_BIT_ERROR = 0.005;

let door: AudioDoor;
const ours = new Map<string, Uint32Array>();

async function wordsOf(file: string): Promise<Uint32Array> {
  const bytes = fs.readFileSync(file);
  const source = { sizeBytes: bytes.length, chunks: () => [bytes] };
  const inspected = await door.inspect(source, { subject: file, measure: true });
  assert.ok(inspected.ok && inspected.value.measurement, file);
  return parseRecordedText(inspected.value.measurement.fingerprint);
}

function printed(file: string, ...options: string[]): string {
  return /FINGERPRINT=(.*)/.exec(judge('fpcalc', [...options, file]).stdout)?.[1] ?? '';
}

function made(name: string, options: readonly string[], input: readonly string[] = []): string {
  const file = path.join(folder, name);
  const { status, said } = judge('ffmpeg', ['-v', 'error', '-y', ...input, ...options, file]);
  assert.equal(status, 0, said);
  return file;
}

/** Share of bits that differ where both have words, without any offset. */
function bitError(a: Uint32Array, b: Uint32Array): number {
  const count = Math.min(a.length, b.length);
  let bits = 0;
  for (let at = 0; at < count; at += 1)
    for (let word = (a[at]! ^ b[at]!) >>> 0; word !== 0; word >>>= 1) bits += word & 1;
  return bits / count / 32;
}

function agrees(words: Uint32Array, file: string): void {
  const theirs = Uint32Array.from(printed(file, '-raw').split(','), Number);
  assert.ok(Math.abs(words.length - theirs.length) <= 2, `${words.length}, ${theirs.length} words`);
  const share = bitError(words, theirs);
  assert.ok(share <= MAX_BIT_ERROR, `${(share * 100).toFixed(3)} % of the bits differ`);
}

before(async () => {
  if (skip) return;
  door = await openAudioDoor({ workers: 2 });
  await Promise.all(
    [...LONG, ...SHORT].map(async (name) => ours.set(name, await wordsOf(path.join(music, name)))),
  );
});
after(async () => door?.close());

for (const name of [...LONG, ...SHORT])
  test(`${name}: as many words as fpcalc's, and its bits`, { skip }, () => {
    agrees(ours.get(name)!, path.join(music, name));
  });

for (const [rateHz, channels] of [
  [8000, 1],
  [22_050, 2],
  [32_000, 1],
  [96_000, 2],
] as const)
  test(`generated sound at ${rateHz} Hz with ${channels} channels has fpcalc's words`, {
    skip,
  }, async () => {
    const sound = `aevalsrc=0.3*sin(2*PI*t*(220+40*floor(mod(t*3\\,7))))+0.1*sin(2*PI*t*(660+90*floor(mod(t*2\\,5)))):s=${rateHz}:d=25`;
    const layout = ['-f', 'lavfi', '-i', sound, '-ac', String(channels), '-c:a', 'pcm_s16le'];
    const file = made(`${rateHz}.wav`, layout);
    agrees(await wordsOf(file), file);
  });

test('the compressed text is fpcalc’s, both ways', { skip }, () => {
  for (const name of [...LONG, ...SHORT]) {
    const file = path.join(music, name);
    const words = Uint32Array.from(printed(file, '-raw').split(','), Number);
    assert.equal(toAcoustidText(words), printed(file));
    assert.deepEqual(parseAcoustidText(printed(file)), words);
  }
});

for (const name of LONG)
  test(`${name}: re-encoded, quieter and cut by 5 s it is the same recording`, {
    skip,
  }, async () => {
    const input = ['-t', '90', '-i', path.join(music, name)];
    const words = ours.get(name)!;
    const check = async (file: string, offset: number) => {
      const likeness = compareFingerprints(words, await wordsOf(file));
      assert.ok(likeness?.same, JSON.stringify(likeness));
      assert.equal(likeness.offsetWords, offset);
      assert.ok(likeness.confidence > 0.9, likeness.evidence);
    };
    await check(made('copy.opus', ['-c:a', 'libopus', '-b:a', '24k'], input), 0);
    await check(made('quieter.ogg', ['-af', 'volume=-9dB', '-c:a', 'libvorbis'], input), 0);
    // Five seconds are 40.4 words: between two of them, where fingerprints agree least.
    await check(made('cut.mp3', ['-c:a', 'libmp3lame'], ['-ss', '5', ...input]), 40);
  });

test('no two of the different recordings are the same', { skip }, () => {
  for (const [at, first] of LONG.entries())
    for (const second of LONG.slice(at + 1)) {
      const likeness = compareFingerprints(ours.get(first)!, ours.get(second)!);
      assert.equal(likeness?.same ?? false, false, `${first}, ${second}: ${likeness?.evidence}`);
    }
});
