/**
 * Which code makes a derivative: the versions of every part whose change may change its bytes.
 */
import { installedVersion } from './installed-version.ts';
import { opusVendor } from './opus-encode.ts';
import type { SoundFormat } from './sniff.ts';

/** The pipeline's own number: raised when the resampler, the framing or the pages change their output. */
const PIPELINE_VERSION = 2;
const DECODER_PACKAGES: Readonly<Record<SoundFormat, string | null>> = {
  vorbis: '@wasm-audio-decoders/ogg-vorbis',
  opus: 'ogg-opus-decoder',
  mp3: 'mpg123-decoder',
  flac: null,
  wav: null,
  aiff: null,
};

/**
 * The build that turns `format` into Opus, such as
 * `fonoteca-audio/2 @wasm-audio-decoders/ogg-vorbis/0.1.20 libopus-wasm/0.4.0 (libopus 1.6.1)`.
 */
export async function engineBuild(format: SoundFormat): Promise<string> {
  const decoder = DECODER_PACKAGES[format];
  const parts = [`fonoteca-audio/${PIPELINE_VERSION}`];
  if (decoder) parts.push(`${decoder}/${installedVersion(decoder)}`);
  parts.push(`libopus-wasm/${installedVersion('libopus-wasm')} (${await opusVendor()})`);
  return parts.join(' ');
}
