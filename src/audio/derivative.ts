/** An Opus derivative as an engine hands it over: the file, the record to make it again, and what was measured. */
import type { EngineRecord } from '../model/holding.ts';
import type { Loudness } from './loudness.ts';
import type { OpusSettings } from './opus-encode.ts';

/** A derivative and all that is kept about it. */
export interface OpusDerivative {
  readonly bytes: Uint8Array;
  readonly record: EngineRecord;
  readonly channels: 1 | 2;
  /** Samples at 48 kHz to be heard. */
  readonly samples48k: number;
  /** Loudness of the source's sound, which the gain in the tag block rests on. */
  readonly loudness: Loudness;
  /** Faults the decoder passed over in the source. */
  readonly decoderFaults: number;
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
