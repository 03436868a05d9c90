/** An Opus derivative as an engine hands it over: the file, the record to make it again, and what was measured. */
import { FonotecaError } from '../base/errors.ts';
import type { AudioReading } from '../formats/audio-verdict.ts';
import type { CommentField } from '../formats/vorbis-comment.ts';
import type { EngineRecord } from '../model/holding.ts';
import type { InspectResult, Measurement } from './messages.ts';
import type { OpusSettings } from './opus-settings.ts';
import type { SoundFormat } from './sniff.ts';

/** What the pass that made a derivative told of its source: our own reading of the bytes, and the levels of the sound. */
export interface InspectedSource {
  readonly reading: InspectResult['reading'];
  /** Without features and fingerprint. */
  readonly measurement: Measurement;
}

/** A derivative and all that is kept about it. */
export interface OpusDerivative {
  readonly bytes: Uint8Array;
  readonly record: EngineRecord;
  readonly channels: number;
  /** Samples at 48 kHz to be heard. */
  readonly samples48k: number;
  /** The source, whose loudness the gain in the tag block rests on; null where it was known before. */
  readonly inspected: InspectedSource | null;
}

/** What an inspection told of a source, so that it is not measured again. */
export interface KnownSound {
  readonly format: SoundFormat;
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Samples of each channel by our own reading; null where they are not told or the source is not whole. */
  readonly samples: number | null;
  /** Null for silence. */
  readonly integratedLufs: number | null;
}

/** What is to be made of a source. */
export interface EncodeWishes {
  /** Names the source in findings. */
  readonly subject: string;
  readonly settings?: OpusSettings;
  readonly tags: readonly CommentField[];
  /** Present when the source was inspected before. */
  readonly known?: KnownSound | undefined;
  /** `tags` is the whole block of an earlier encoding, gains and pictures included, and is written as it is. */
  readonly isWholeBlock?: boolean;
}

/** `reading`, unless it says that the bytes are no sound: then its code is thrown, since an archive holds no such file. */
export function soundReading<Reading extends Pick<AudioReading, 'verdict'>>(
  reading: Reading,
): Reading {
  const { state, code = 'AUDIO_NOT_AUDIO', detail = 'not audio' } = reading.verdict;
  if (state === 'not-audio') throw new FonotecaError(code, detail);
  return reading;
}

/** `settings` as they stand in an engine record. */
export function recordSettings(settings: OpusSettings): EngineRecord['settings'] {
  return {
    codec: 'opus',
    sampleRateHz: 48_000,
    bitrateBps: settings.bitrateBps,
    vbr: true,
    frameMs: 20,
    complexity: settings.complexity,
  };
}

/** The number of the Ogg stream made of the source with `sourceDigest`: its first 32 bits. */
export function serialOf(sourceDigest: string): number {
  return Number.parseInt(sourceDigest.slice(0, 8), 16);
}
