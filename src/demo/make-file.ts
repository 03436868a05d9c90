/** One sound file of the label from its order: composed, encoded, tagged. Runs wherever an order can be sent. */
import {
  encodeFlac,
  encodeMp3,
  encodeOpusFile,
  encodeVorbis,
  encodeWav,
} from '../audio/encoders.ts';
import { type Pcm, sampleCount } from '../audio/pcm.ts';
import type { Coding } from './album.ts';
import { composePiece } from './compose.ts';
import type { Recipe } from './recipe.ts';
import { type SoundTags, tagSound } from './tag-sound.ts';

/** What is to be made; plain data, so that it can be sent to a worker. */
export interface SoundOrder {
  readonly seed: string;
  readonly recipe: Recipe;
  readonly coding: Coding;
  readonly tags: SoundTags;
}

/** A finished file. */
export interface MadeSound {
  readonly bytes: Uint8Array;
  readonly durationMs: number;
}

/** File name extension of each coding. */
export const EXTENSIONS: Readonly<Record<Coding, string>> = {
  vorbis: 'ogg',
  'vorbis-high': 'ogg',
  opus: 'opus',
  mp3: 'mp3',
  flac: 'flac',
  wav: 'wav',
};

/** The file of `order`; the same order gives the same bytes. */
export async function makeSound(order: SoundOrder): Promise<MadeSound> {
  const pcm = composePiece(order.recipe, order.seed);
  const file = await encode(order.coding, pcm);
  const format = order.coding === 'vorbis-high' ? 'vorbis' : order.coding;
  const durationMs = Math.round((1000 * sampleCount(pcm)) / pcm.sampleRateHz);
  return { bytes: tagSound(format, file, order.tags), durationMs };
}

function encode(coding: Coding, pcm: Pcm): Promise<Uint8Array> {
  switch (coding) {
    case 'vorbis':
      return encodeVorbis(pcm, { quality: 4 });
    case 'vorbis-high':
      return encodeVorbis(pcm, { quality: 8 });
    case 'opus':
      return encodeOpusFile(pcm);
    case 'mp3':
      return encodeMp3(pcm, { bitrateKbps: 192 });
    case 'flac':
      return encodeFlac(pcm, { bitsPerSample: 16 });
    case 'wav':
      return encodeWav(pcm);
  }
}
