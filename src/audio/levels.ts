/**
 * Loudness and outline of decoded sound, block by block: what is measured whenever a source is decoded, whoever decodes it.
 *
 * Input: blocks of one rate and one number of channels. Output: the measurement of `messages.ts` without what only a whole
 * inspection tells.
 */
import { FonotecaError } from '../base/errors.ts';
import { type ChannelOrder, loudnessWeights } from './channel-layout.ts';
import type { SoundBlock } from './decode.ts';
import { type LoudnessMeter, startLoudness } from './loudness.ts';
import type { Measurement } from './messages.ts';
import type { SoundFormat } from './sniff.ts';
import { startWaveform } from './waveform.ts';

/** A source's levels being measured. */
export interface LevelMeter {
  /** Samples of each channel so far. */
  readonly samples: number;
  /** Takes a block. `AUDIO_UNDECODABLE` where the rate or the channels change on the way. */
  push(block: SoundBlock, order: ChannelOrder): void;
  /** The measurement, without features and fingerprint. `AUDIO_UNDECODABLE` when no sound came. */
  finish(source: {
    readonly format: SoundFormat;
    readonly order: ChannelOrder;
    readonly decoderFaults: number;
  }): Measurement;
}

/** A meter for one source. */
export function startLevels(): LevelMeter {
  const waveform = startWaveform();
  let meter: LoudnessMeter | undefined;
  let shape = { sampleRateHz: 0, channels: 0 };
  let samples = 0;
  return {
    get samples() {
      return samples;
    },
    push({ rateHz, channels }, order) {
      const count = channels.length;
      meter ??= startLoudness(rateHz, count, loudnessWeights(count, order));
      if (samples === 0) shape = { sampleRateHz: rateHz, channels: count };
      else if (shape.sampleRateHz !== rateHz || shape.channels !== count)
        throw new FonotecaError('AUDIO_UNDECODABLE', 'the rate or the channels change on the way');
      samples += channels[0]!.length;
      meter.push(channels);
      waveform.push(channels);
    },
    finish(source) {
      if (!meter) throw new FonotecaError('AUDIO_UNDECODABLE', 'no sound came out');
      return {
        ...shape,
        ...source,
        samples,
        loudness: meter.finish(),
        waveform: Buffer.from(waveform.finish()).toString('base64'),
        features: {},
        fingerprint: '',
      };
    },
  };
}
