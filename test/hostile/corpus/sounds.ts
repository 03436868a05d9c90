/** Small whole files of each format, to be spoiled: made by this project's own encoders, two seconds of a tone each. */
import {
  encodeFlac,
  encodeMp3,
  encodeOpusFile,
  encodeVorbis,
  encodeWav,
} from '../../../src/audio/encoders.ts';
import { tone } from '../../../src/audio/test-sounds.ts';
import { encodeAiff } from '../../../src/formats/test-aiff-writer.ts';
import { sampleMp4 } from '../../../src/formats/test-audio-samples.ts';

const RATE_HZ = 44_100;
const pcm = tone({ rateHz: RATE_HZ, samples: 2 * RATE_HZ, channels: 2, amplitude: 0.3 });
const whole = pcm.channels.map((channel) =>
  Int16Array.from(channel, (value) => Math.round(value * 32_767)),
);

/** A format that has an encoder here. */
export type SoundName = 'vorbis' | 'opus' | 'flac' | 'mp3' | 'wav' | 'aiff';

/** The files, by format. */
export const SOUNDS: Readonly<Record<SoundName, Uint8Array>> = {
  vorbis: await encodeVorbis(pcm, { quality: 3 }),
  opus: await encodeOpusFile(pcm),
  flac: await encodeFlac(pcm, { bitsPerSample: 16 }),
  mp3: await encodeMp3(pcm, { bitrateKbps: 96 }),
  wav: await encodeWav(pcm),
  aiff: encodeAiff({ sampleRateHz: RATE_HZ, bitsPerSample: 16, channels: whole }),
};

/** As `SOUNDS`, and M4A, which is only looked over here. */
export const FILES: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ...Object.entries(SOUNDS),
  ['m4a', sampleMp4()],
];
