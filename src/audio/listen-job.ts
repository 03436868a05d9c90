/**
 * One source read by us while another program decodes it: our own verdict of its bytes, and the levels of the sound that
 * comes beside them. Runs inside the worker; the sound is a WAV file of floats and is taken for numbers, not for truth.
 */
import { startAudioReader } from '../formats/audio-reader.ts';
import { startWavDecoding } from './decode-wav.ts';
import { startLevels } from './levels.ts';
import type { Job, ListenResult } from './messages.ts';
import { type Refusal, type RunningJob, refusalOf } from './running-job.ts';
import { startSoundBudget } from './sound-budget.ts';

/** Listens beside the source of `job`. */
export function startListening(
  job: Extract<Job, { job: 'listen' }>,
): RunningJob<Omit<ListenResult, 'residentBytes'>> {
  const reader = startAudioReader();
  const decoding = startWavDecoding({ reusesArrays: true });
  const levels = startLevels();
  const spend = startSoundBudget(job.sizeBytes, job.statedSeconds);
  let refused: Refusal | undefined;
  return {
    async push(chunk) {
      reader.push(chunk);
    },
    hear(sound) {
      if (refused) return;
      try {
        const block = decoding.push(sound);
        if (!block?.channels[0]?.length) return;
        spend(block.channels[0].length, block.rateHz);
        levels.push(block, decoding.order());
      } catch (error) {
        refused = refusalOf(error);
      }
    },
    async finish() {
      const reading = reader.finish();
      const result = { reading, measured: measured() };
      // The reading's lists are read-only by type; on the wire they are plain JSON.
      return { result: result as typeof result & ListenResult, output: [] };
    },
    [Symbol.dispose]() {},
  };

  function measured(): ListenResult['measured'] {
    if (refused) return { refused };
    try {
      return levels.finish({ format: job.format, order: decoding.order(), decoderFaults: 0 });
    } catch (error) {
      return { refused: refusalOf(error) };
    }
  }
}
