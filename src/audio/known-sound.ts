/** What the inspection at accession told of a holding's sound, in the words of the audio door. */
import type { Holding } from '../model/holding.ts';
import type { KnownSound } from './derivative.ts';

const MS_PER_SECOND = 1000;
/** The reader's names of what the door can decode. */
const FORMATS: Readonly<Record<string, KnownSound['format']>> = {
  'ogg-vorbis': 'vorbis',
  'ogg-opus': 'opus',
  flac: 'flac',
  mp3: 'mp3',
  wav: 'wav',
  aiff: 'aiff',
};

/** The sound of `holding`, or undefined where it was not measured and must be now. */
export function knownSound({ technical, verdict }: Holding): KnownSound | undefined {
  // The waveform is kept of all that was decoded; the loudness of silence is not.
  if (technical?.peaks === undefined) return undefined;
  const format = FORMATS[technical.format];
  const { channels, sampleRateHz, loudnessLufs, durationMs } = technical;
  const samples =
    verdict.state === 'intact' && durationMs > 0
      ? Math.round((durationMs * sampleRateHz) / MS_PER_SECOND)
      : null;
  return (
    format && { format, channels, sampleRateHz, samples, integratedLufs: loudnessLufs ?? null }
  );
}
