/** An Opus derivative as an engine hands it over: the file, the record to make it again, and what was measured. */
import type { CommentField } from '../formats/vorbis-comment.ts';
import type { EngineRecord } from '../model/holding.ts';
import type { Loudness } from './loudness.ts';
import type { OpusSettings } from './opus-settings.ts';
import type { SoundFormat } from './sniff.ts';

/** A derivative and all that is kept about it. */
export interface OpusDerivative {
  readonly bytes: Uint8Array;
  readonly record: EngineRecord;
  readonly channels: number;
  /** Samples at 48 kHz to be heard. */
  readonly samples48k: number;
  /** Loudness of the source's sound, which the gain in the tag block rests on; null where it was known before. */
  readonly loudness: Loudness | null;
}

/** What an inspection told of a source, so that it is not measured again. */
export interface KnownSound {
  readonly format: SoundFormat;
  readonly channels: number;
  readonly sampleRateHz: number;
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
