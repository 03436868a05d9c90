/** A little folder of music made on the spot: short tones in the formats `add` reads, with a table. */
import fs from 'node:fs';
import path from 'node:path';
import {
  encodeFlac,
  encodeMp3,
  encodeOpusFile,
  encodeVorbis,
  encodeWav,
} from '../../src/audio/encoders.ts';
import type { Pcm } from '../../src/audio/pcm.ts';

/** One second of a tone with a few partials, stereo. */
function tone(frequencyHz: number, seconds = 1): Pcm {
  const sampleRateHz = 44_100;
  const length = Math.round(seconds * sampleRateHz);
  const channel = (phase: number) =>
    Float32Array.from({ length }, (_, at) => {
      const angle = (2 * Math.PI * frequencyHz * at) / sampleRateHz;
      return (
        0.3 * Math.sin(angle + phase) +
        0.1 * Math.sin(2 * angle) +
        0.05 * Math.sin(3 * angle + phase)
      );
    });
  return { sampleRateHz, channels: [channel(0), channel(0.7)] };
}

/** One file of a sample folder. */
export interface SampleFile {
  readonly path: string;
  readonly frequencyHz: number;
  /** Blank is unknown. */
  readonly popularity: string;
}

/** Five files in five formats, two of them of popularity 0. */
export const SAMPLE_FILES: readonly SampleFile[] = [
  { path: 'Ana/Water/01 Rain.flac', frequencyHz: 220, popularity: '0' },
  { path: 'Ana/Water/02 River.wav', frequencyHz: 277, popularity: '0' },
  { path: 'Ana/Water/03 Sea.ogg', frequencyHz: 330, popularity: '40' },
  { path: 'Bo/Air/01 Wind.mp3', frequencyHz: 440, popularity: '90' },
  { path: 'Bo/Air/02 Sky.opus', frequencyHz: 550, popularity: '' },
];

/** Writes `files` below `folder` and a `tracks.csv` that gives each its popularity and CC0. */
export async function writeSampleMusic(
  folder: string,
  files: readonly SampleFile[] = SAMPLE_FILES,
): Promise<void> {
  const rows = ['path,popularity,licence,holder,evidence'];
  for (const file of files) {
    const target = path.join(folder, file.path);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, await encoded(file));
    rows.push(`${file.path},${file.popularity},CC0-1.0,Test label,https://example.org/licence`);
  }
  fs.writeFileSync(path.join(folder, 'tracks.csv'), `${rows.join('\n')}\n`);
}

async function encoded({ path: name, frequencyHz }: SampleFile): Promise<Uint8Array> {
  const pcm = tone(frequencyHz);
  if (name.endsWith('.flac')) return encodeFlac(pcm, { bitsPerSample: 16 });
  if (name.endsWith('.wav')) return encodeWav(pcm);
  if (name.endsWith('.ogg')) return encodeVorbis(pcm, { quality: 3 });
  if (name.endsWith('.mp3')) return encodeMp3(pcm, { bitrateKbps: 128 });
  return encodeOpusFile(pcm);
}
