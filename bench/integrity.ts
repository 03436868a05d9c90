/**
 * How fast audio files are judged, by format and depth, on one core.
 *
 *   node bench/integrity.ts [MB] [RUNS]     default 200 5
 *
 * Real files of ../shared/data/audio/music where they are, read again and again until MB megabytes have passed; FLAC and
 * WAV are made from noise shaped like music. Bytes are in memory; figures are medians of RUNS, per second of CPU.
 */
import fs from 'node:fs';
import path from 'node:path';
import { encodeFlac, encodeWav } from '../src/audio/encoders.ts';
import { seededRandom } from '../src/base/seeded-random.ts';
import { startAudioReader } from '../src/formats/audio-reader.ts';
import type { ReadingDepth } from '../src/formats/audio-verdict.ts';
import { encodeAiff } from '../src/formats/test-aiff-writer.ts';

const MUSIC = path.resolve(import.meta.dirname, '../../shared/data/audio/music');
const CHUNK_BYTES = 256 * 1024;
const RATE_HZ = 44_100;

const megabytes = Number(process.argv[2] ?? 200);
const runs = Number(process.argv[3] ?? 5);
const sets = [
  { name: 'Ogg Vorbis', files: realFiles(/\.ogg$/) },
  { name: 'Ogg Opus', files: realFiles(/\.opus$/) },
  { name: 'MP3', files: realFiles(/\.mp3$/) },
  ...(await madeFiles()),
];
for (const { name, files } of sets)
  for (const depth of ['checksums', 'whole'] as const)
    if (files.length > 0)
      say(`${name.padEnd(12)} ${depth.padEnd(10)} ${rateOf(files, depth)} MB/s`);

/** Megabytes for each second of CPU, the median of the runs. FLAC is decoded at full depth: a tenth is enough of it. */
function rateOf(files: readonly Uint8Array[], depth: ReadingDepth): string {
  const isSlow = depth === 'whole' && files[0]![0] === 0x66;
  const target = (megabytes * 1e6) / (isSlow ? 10 : 1);
  const rates = Array.from({ length: runs }, () => {
    let bytes = 0;
    const started = process.cpuUsage();
    while (bytes < target)
      for (const file of files) {
        judge(file, depth);
        bytes += file.length;
      }
    const { user, system } = process.cpuUsage(started);
    return bytes / (user + system);
  });
  return rates.toSorted((a, b) => a - b)[Math.floor(runs / 2)]!.toFixed(0);
}

function judge(file: Uint8Array, depth: ReadingDepth): void {
  const reader = startAudioReader(depth);
  for (let at = 0; at < file.length; at += CHUNK_BYTES)
    reader.push(file.subarray(at, at + CHUNK_BYTES));
  const { verdict } = reader.finish();
  if (verdict.state !== 'intact') throw new Error(`${verdict.code}: ${verdict.detail}`);
}

function realFiles(pattern: RegExp): Uint8Array[] {
  if (!fs.existsSync(MUSIC)) return [];
  return fs
    .readdirSync(MUSIC, { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => fs.readFileSync(path.join(MUSIC, name)));
}

/** A minute of tones in noise, as FLAC, WAV and AIFF. */
async function madeFiles(): Promise<{ name: string; files: Uint8Array[] }[]> {
  const random = seededRandom(1);
  const channels = [3, 5].map((step) =>
    Float32Array.from(
      { length: 60 * RATE_HZ },
      (_, at) => 0.4 * Math.sin((at * step) / 100) + (random.below(2000) - 1000) / 40_000,
    ),
  );
  const sound = { sampleRateHz: RATE_HZ, channels };
  const integers = channels.map((channel) => channel.map((value) => Math.round(value * 32_000)));
  const aiff = encodeAiff({ sampleRateHz: RATE_HZ, bitsPerSample: 16, channels: integers });
  return [
    { name: 'FLAC', files: [await encodeFlac(sound, { bitsPerSample: 16 })] },
    { name: 'WAV', files: [await encodeWav(sound)] },
    { name: 'AIFF', files: [aiff] },
  ];
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
