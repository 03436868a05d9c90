/**
 * Damage done to real recordings, format by format: single flipped bits and cuts, and how many are seen. Every one has to be
 * seen where the format carries a checksum or states a length; elsewhere the rate is told, and that the reader claims no more.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/seeded-random.ts';
import { startAudioReader } from '../../src/formats/audio-reader.ts';
import type { AudioReading, ReadingDepth } from '../../src/formats/audio-verdict.ts';
import {
  sampleAiff,
  sampleFlac,
  sampleMp3,
  sampleMp4,
  sampleOpus,
  sampleVorbis,
  sampleWav,
} from '../../src/formats/test-audio-samples.ts';
import { roundsOf } from '../support/counts.ts';

const AUDIO_DATA = path.resolve(import.meta.dirname, '../../../shared/data/audio');
const hasData = fs.existsSync(AUDIO_DATA);
const FLIPS = roundsOf('AUDIO_FLIPS', 100);
const CUTS = roundsOf('AUDIO_CUTS', 40);
/** Bytes from which every format here is told by its signature. */
const SIGNED_BYTES = 64;

interface Case {
  readonly name: string;
  /** A real recording; the sample made by this project stands in where it is not here. */
  readonly file: string;
  readonly sample: () => Uint8Array;
  /** Where flips begin: what lies before is not checksummed. */
  readonly from?: (bytes: Buffer) => number;
  /** What has to be seen. */
  readonly flips: 'all' | 'some';
  readonly cuts: 'all' | 'some';
  readonly depth?: ReadingDepth;
}

const CASES: readonly Case[] = [
  {
    name: 'Ogg Vorbis',
    file: 'music/singularity-music/Chimes They Fade.ogg',
    sample: sampleVorbis,
    flips: 'all',
    cuts: 'all',
  },
  {
    name: 'Ogg Opus',
    file: 'music/warzone2100-music/menu.opus',
    sample: sampleOpus,
    flips: 'all',
    cuts: 'all',
  },
  {
    name: 'FLAC, decoded',
    file: 'flac-test-files/subset/60 - mono audio.flac',
    sample: sampleFlac,
    from: firstFlacFrame,
    flips: 'all',
    cuts: 'all',
  },
  {
    name: 'FLAC, by its checksums',
    file: 'flac-test-files/subset/56 - JPG PICTURE.flac',
    sample: sampleFlac,
    from: firstFlacFrame,
    flips: 'all',
    cuts: 'all',
    depth: 'checksums',
  },
  {
    name: 'MP3 with the checksum of LAME',
    file: 'edge-mutagen/lame.mp3',
    sample: sampleMp3,
    // Behind the frame that states the checksum, which fills 417 bytes in both.
    from: () => 417,
    flips: 'all',
    cuts: 'all',
  },
  {
    name: 'MP3 without any',
    file: 'music/asc-music/machine_wars.mp3',
    sample: () => sampleMp3({ withInfo: false }),
    flips: 'some',
    cuts: 'some',
  },
  {
    name: 'WAV',
    file: 'edge-mutagen/silence-2s-PCM-44100-16-ID3v23.wav',
    sample: sampleWav,
    flips: 'some',
    cuts: 'all',
  },
  {
    name: 'AIFF',
    file: 'tags-beets/full.aiff',
    sample: sampleAiff,
    flips: 'some',
    cuts: 'all',
  },
  {
    name: 'AAC in MP4',
    file: 'tags-beets/full.m4a',
    sample: sampleMp4,
    flips: 'some',
    cuts: 'all',
  },
];

function read(bytes: Uint8Array, depth: ReadingDepth = 'whole'): AudioReading {
  const reader = startAudioReader(depth);
  for (let at = 0; at < bytes.length; at += 65_536) reader.push(bytes.subarray(at, at + 65_536));
  return reader.finish();
}

function firstFlacFrame(bytes: Buffer): number {
  let at = 4;
  for (let isLast = false; !isLast; at += 4 + bytes.readUIntBE(at + 1, 3))
    isLast = (bytes[at]! & 0x80) !== 0;
  return at;
}

for (const { name, file, sample, from, flips, cuts, depth } of CASES) {
  const bytes = Buffer.from(hasData ? fs.readFileSync(path.join(AUDIO_DATA, file)) : sample());
  const whole = read(bytes, depth);
  const isSeen = (changed: Uint8Array) =>
    read(changed, depth).verdict.state !== whole.verdict.state;

  test(`${name}: ${flips === 'all' ? 'every' : 'some, told by rate,'} flipped bit is seen`, (t) => {
    const random = seededRandom(41);
    const start = from?.(bytes) ?? 0;
    const missed: number[] = [];
    for (let round = 0; round < FLIPS; round++) {
      const bit = start * 8 + random.below((bytes.length - start) * 8);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      if (!isSeen(bytes)) missed.push(bit);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
    t.diagnostic(`${name}: ${FLIPS - missed.length} of ${FLIPS} flipped bits seen`);
    if (flips === 'all') assert.deepEqual(missed, []);
  });

  test(`${name}: ${cuts === 'all' ? 'every' : 'some, told by rate,'} cut is seen`, (t) => {
    const random = seededRandom(42);
    const missed: number[] = [];
    for (let round = 0; round < CUTS; round++) {
      const length = SIGNED_BYTES + random.below(bytes.length - SIGNED_BYTES);
      if (!isSeen(bytes.subarray(0, length))) missed.push(length);
    }
    t.diagnostic(`${name}: ${CUTS - missed.length} of ${CUTS} cuts seen`);
    if (cuts === 'all') assert.deepEqual(missed, []);
    else
      for (const length of missed)
        assert.ok(
          read(bytes.subarray(0, length), depth).warnings.some(
            ({ code }) => code === 'AUDIO_CUT_INVISIBLE',
          ),
          'a cut that cannot be seen is not called whole without a word',
        );
  });
}

/** Files of others that are broken by intent or by accident, with what is wrong with them. */
const BROKEN: Readonly<Record<string, string>> = {
  'edge-music-metadata/wav__odd-list-type.wav': 'AUDIO_WAV_SIZE',
  'edge-mutagen/52-overwritten-metadata.flac': 'AUDIO_FLAC_FRAME',
  'edge-mutagen/bad-POPM-frame.mp3': 'AUDIO_MPEG_TRUNCATED',
  'edge-mutagen/ooming-header.flac': 'AUDIO_FLAC_TRUNCATED',
  'edge-mutagen/truncated-64bit.mp4': 'AUDIO_MP4_SIZE',
  'flac-test-files/faulty/03 - wrong bit depth.flac': 'AUDIO_FLAC_METADATA',
  'flac-test-files/faulty/05 - wrong total number of samples.flac': 'AUDIO_FLAC_COUNT',
  'mp3-vectors/l3-nonstandard-compl-sideinfo-blocktype.bit': 'AUDIO_MPEG_TRUNCATED',
  'mp3-vectors/l3-nonstandard-compl-sideinfo-size.bit': 'AUDIO_MPEG_TRUNCATED',
  'mp3-vectors/l3-nonstandard-vbrtag-corrupted.bit': 'AUDIO_MPEG_COUNT',
  'mp3-vectors/l3-nonstandard-vbrtag-oob-read.bit': 'AUDIO_MPEG_COUNT',
};

test('no real file is called damaged that is not', {
  skip: hasData ? false : 'the shared recordings are not here',
}, (t) => {
  const names = fs
    .readdirSync(AUDIO_DATA, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\.(gz|json|txt)$/.test(name))
    .filter((name) => fs.statSync(path.join(AUDIO_DATA, name)).isFile())
    .sort();
  const damaged: Record<string, string | undefined> = {};
  for (const name of names)
    for (const depth of ['whole', 'checksums'] as const) {
      const { verdict } = read(fs.readFileSync(path.join(AUDIO_DATA, name)), depth);
      if (verdict.state === 'damaged') damaged[name] = verdict.code;
    }
  t.diagnostic(`${names.length} files, ${Object.keys(damaged).length} damaged, all of them known`);
  assert.ok(names.length > 130);
  assert.deepEqual(damaged, BROKEN);
});
