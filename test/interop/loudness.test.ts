/** Loudness, loudness range and true peak of many sounds held against ffmpeg's ebur128 filter. Needs ffmpeg. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type AudioDoor, openAudioDoor } from '../../src/audio/door.ts';
import { judge, missingTools } from '../support/outside-tools.ts';
import { noRealMusic } from '../support/real-music.ts';

const music = path.resolve(import.meta.dirname, '../../../shared/data/audio/music');
const missing = missingTools('ffmpeg');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-loudness-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** Both round: ffmpeg to tenths where it prints a peak. */
const MOST_LU = 0.1;
const MOST_DB = 0.2;
/** Below, one value in ten more or less is a step of its own, and ffmpeg counts them otherwise than EBU Tech 3342 does. */
const RANGE_FROM_S = 60;
/** ffmpeg says this for silence. */
const NOTHING_LUFS = -70;

/** A tune with swells, strokes and some noise, faded in, as an expression of ffmpeg. */
const TUNE =
  'min(1\\,10*t)*(0.3*sin(2*PI*t*(220+40*floor(mod(t*3\\,7))))*(0.15+0.85*abs(sin(t*0.4)))+0.1*sin(2*PI*t*(660+90*floor(mod(t*2\\,5))))+0.02*(random(0)-0.5))';
/** At both ends: ffmpeg's peak does not reach to the end of a sound, which overshoots when it is cut off. */
const faded = (expression: string) => `min(1\\,min(10*t\\,10*(10-t)))*(${expression})`;
const SIX = [1, 0.5, 0.4, 0.2, 0.7, 0.6].map((gain) => `${gain}*${TUNE}`).join('|');
/** Name, what each channel plays, rate and seconds. */
const MADE: readonly (readonly [name: string, sound: string, rateHz: number, seconds: number])[] = [
  ...[8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000].map(
    (rateHz) => [`${rateHz} Hz`, TUNE, rateHz, 15] as const,
  ),
  ['two channels', `${TUNE}|0.5*${TUNE}`, 48_000, 65],
  ['six channels', `${SIX}:c=5.1`, 48_000, 15],
  ['six channels at 96 kHz', `${SIX}:c=5.1`, 96_000, 15],
  ...[0.05, 0.39, 0.4, 0.401, 0.45, 1, 2.95, 3.05, 4].map(
    (seconds) => [`${seconds} s`, TUNE, 48_000, seconds] as const,
  ),
  ['silence', '0|0', 44_100, 5],
  ['a square wave', faded('0.9*sgn(sin(2*PI*440*t))'), 44_100, 10],
  ['a square wave of full scale', faded('sgn(sin(2*PI*997*t))'), 48_000, 10],
  ['a high square wave', faded('sgn(sin(2*PI*7000*t+0.3))'), 48_000, 10],
  ['a clipped sine', faded('clip(4*sin(2*PI*3001*t)\\,-1\\,1)'), 44_100, 10],
  ['noise', faded('0.5*(random(0)*2-1)'), 44_100, 10],
  ['a sine between the samples', faded('0.7*sin(2*PI*11025*t+PI/4)'), 44_100, 10],
  ['a sine near half the rate', faded('0.7*sin(2*PI*t*19000)'), 44_100, 10],
  ['a quiet sine', '0.001*sin(2*PI*t*500)', 44_100, 10],
  ['a sine below the gate', '0.0001*sin(2*PI*t*500)', 44_100, 10],
];

let door: AudioDoor;
before(async () => {
  door = await openAudioDoor({ workers: 1 });
});
after(() => door.close());

interface Levels {
  readonly integrated: number;
  readonly range: number;
  readonly peak: number;
}

function judged(file: string): Levels {
  const filter = 'ebur128=peak=true:framelog=verbose:metadata=1,ametadata=print:file=-';
  const { status, stdout, said } = judge('ffmpeg', [
    ...['-nostdin', '-hide_banner', '-i', file, '-af', filter, '-f', 'null', '-'],
  ]);
  assert.equal(status, 0, said);
  const last = (key: string): number => {
    const at = stdout.lastIndexOf(`lavfi.r128.${key}=`);
    return at === -1 ? Number.NaN : Number.parseFloat(stdout.slice(stdout.indexOf('=', at) + 1));
  };
  const peak = Number(/Peak:\s+(-?[\d.]+|-inf) dBFS/.exec(said)?.[1]?.replace('inf', 'Infinity'));
  return { integrated: last('I'), range: last('LRA'), peak };
}

async function agrees(file: string): Promise<void> {
  const bytes = fs.readFileSync(file);
  const source = { sizeBytes: bytes.length, chunks: () => [bytes] };
  const seen = await door.inspect(source, { subject: path.basename(file), measure: 'levels' });
  assert.ok(seen.ok && seen.value.measurement, `${file} cannot be measured`);
  const { loudness, samples, sampleRateHz } = seen.value.measurement;
  const wanted = judged(file);
  const told = JSON.stringify({ loudness: { ...loudness, histogram: '' }, wanted });
  const near = (ours: number, theirs: number, most: number) =>
    assert.ok(ours === theirs || Math.abs(ours - theirs) <= most, told);
  if (Number.isFinite(wanted.integrated))
    near(loudness.integratedLufs ?? NOTHING_LUFS, wanted.integrated, MOST_LU);
  else assert.equal(loudness.integratedLufs, null);
  near(loudness.truePeakDbtp ?? Number.NEGATIVE_INFINITY, wanted.peak, MOST_DB);
  const seconds = samples / sampleRateHz;
  if (seconds < 3) assert.equal(loudness.rangeLu, null);
  else if (seconds >= RANGE_FROM_S) near(loudness.rangeLu ?? 0, wanted.range, MOST_LU);
}

for (const [name, sound, rateHz, seconds] of MADE)
  test(`${name}: levels are ffmpeg's`, { skip: missing }, async () => {
    const file = path.join(folder, 'made.wav');
    const { status, said } = judge('ffmpeg', [
      ...['-v', 'error', '-y', '-f', 'lavfi', '-i', `aevalsrc=${sound}:s=${rateHz}:d=${seconds}`],
      ...['-c:a', 'pcm_s24le', file],
    ]);
    assert.equal(status, 0, said);
    await agrees(file);
  });

const REAL = noRealMusic
  ? []
  : fs
      .readdirSync(music, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ogg|opus|mp3|wav)$/.test(name))
      .sort();
for (const name of REAL)
  test(`${name}: levels are ffmpeg's`, { skip: missing }, () => agrees(path.join(music, name)));
