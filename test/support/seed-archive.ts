/** An archive with one published volume of several pieces, made by the real command line from noise. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { encodeWav } from '../../src/audio/encoders.ts';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { runFonoteca } from './run-fonoteca.ts';

/** Songs of half a megabyte each: the volume has a dozen pieces. */
const SONGS = 5;
const SAMPLES = 130_000;

/** Makes `songs` of noise below `folder`, CC0 by table, from the `first`th on. */
export async function writeNoise(folder: string, first = 0, songs = SONGS): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const rows = ['path,popularity,licence,holder,evidence'];
  for (let song = first; song < first + songs; song += 1) {
    const bytes = seededRandom(song + 1).bytes(SAMPLES * 2);
    const channel = (at: number) =>
      Float32Array.from({ length: SAMPLES }, (_, sample) => (bytes[2 * sample + at]! - 128) / 512);
    const name = `Noise ${song}.wav`;
    fs.writeFileSync(
      path.join(folder, name),
      await encodeWav({ sampleRateHz: 44_100, channels: [channel(0), channel(1)] }),
    );
    rows.push(`${name},50,CC0-1.0,Test label,https://example.org/licence`);
  }
  fs.writeFileSync(path.join(folder, 'tracks.csv'), `${rows.join('\n')}\n`);
}

/** Makes the archive `root` of the music in `music`, with `settings` added to its own, and publishes it. */
export async function makeSeedArchive(root: string, music: string, settings = ''): Promise<void> {
  await ran('init', root, '--name', 'Seeded');
  fs.appendFileSync(path.join(root, 'fonoteca.toml'), settings);
  await publishMore(root, music);
}

/** Takes in what is in `music` and publishes the next edition. */
export async function publishMore(root: string, music: string): Promise<void> {
  await ran('up', music, '--dir', root, '--no-serve');
}

async function ran(...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await runFonoteca(args);
  assert.equal(code, 0, stdout + stderr);
}
