/** One file made into a spectrogram in one pass: decode, draw, and wrap as PNG. Runs inside the worker. */
import { FonotecaError } from '../base/errors.ts';
import { encodePng } from '../formats/png-encode.ts';
import { decodingSteps, type SoundBlock, startDecoding } from './decode.ts';
import type { Job, SpectrogramResult } from './messages.ts';
import type { RunningJob } from './running-job.ts';
import { startSoundBudget } from './sound-budget.ts';
import { type SpectrogramDrawing, startSpectrogram } from './spectrogram-picture.ts';

/** Rates that have no room for the picture, or are no sound. */
const LEAST_RATE_HZ = 4410;
const MOST_RATE_HZ = 384_000;

/** A picture of a file of the size in `job`. */
export function startSpectrogramJob(
  job: Extract<Job, { job: 'spectrogram' }>,
): RunningJob<Omit<SpectrogramResult, 'residentBytes'>> {
  const decoding = startDecoding();
  const spend = startSoundBudget(job.sizeBytes, job.statedSeconds);
  let drawing: SpectrogramDrawing | undefined;
  let rateHz = 0;
  let samples = 0;
  const take = (blocks: readonly SoundBlock[]) => {
    for (const block of blocks) {
      if (block.rateHz < LEAST_RATE_HZ || block.rateHz > MOST_RATE_HZ)
        throw new FonotecaError('AUDIO_FORMAT_UNSUPPORTED', `${block.rateHz} samples a second`);
      drawing ??= startSpectrogram(block.rateHz);
      rateHz ||= block.rateHz;
      if (block.rateHz !== rateHz)
        throw new FonotecaError('AUDIO_UNDECODABLE', 'the rate changes on the way');
      samples += block.channels[0]!.length;
      spend(block.channels[0]!.length, rateHz);
      drawing.push(block.channels);
    }
  };
  return {
    async push(chunk) {
      spend(0, 1);
      for (const step of decodingSteps(decoding, chunk, () => samples > 0))
        take(await decoding.push(step));
    },
    async finish() {
      take(await decoding.finish());
      if (!drawing) throw new FonotecaError('AUDIO_UNDECODABLE', 'no sound came out');
      const output = [encodePng(drawing.finish())];
      return { result: { durationMs: Math.round((samples * 1000) / rateHz) }, output };
    },
    [Symbol.dispose]() {
      decoding[Symbol.dispose]();
    },
  };
}
