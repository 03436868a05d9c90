/**
 * Which code makes a derivative: the versions of every part whose change may change its bytes.
 *
 * Versions are read from the installed packages, since a version asked for is not always the version that is there.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { opusVendor } from './opus-encode.ts';
import type { SoundFormat } from './sniff.ts';

/** The pipeline's own number: raised when the resampler, the framing or the pages change their output. */
const PIPELINE_VERSION = 1;
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
 * `fonoteca-audio/1 @wasm-audio-decoders/ogg-vorbis/0.1.20 libopus-wasm/0.4.0 (libopus 1.6.1)`.
 */
export async function engineBuild(format: SoundFormat): Promise<string> {
  const decoder = DECODER_PACKAGES[format];
  const parts = [`fonoteca-audio/${PIPELINE_VERSION}`];
  if (decoder) parts.push(`${decoder}/${installedVersion(decoder)}`);
  parts.push(`libopus-wasm/${installedVersion('libopus-wasm')} (${await opusVendor()})`);
  return parts.join(' ');
}

/** The version of the installed package `name`, read from the package.json above its entry file. */
function installedVersion(name: string): string {
  const entry = fileURLToPath(import.meta.resolve(name));
  const folder = entry.slice(0, entry.lastIndexOf(`/${name}/`) + name.length + 1);
  const manifest: { version?: unknown } = JSON.parse(
    fs.readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  return String(manifest.version);
}
