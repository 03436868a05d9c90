/**
 * One source read by us while another program decodes it: our own verdict of its bytes, and the levels of the sound that
 * comes beside them. Runs inside the worker; the sound is a WAV file of floats and is taken for numbers, not for truth.
 */
import { startAudioReader } from '../formats/audio-reader.ts';
import type { AudioReading } from '../formats/audio-verdict.ts';
import type { SoundBlock } from './decode.ts';
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
  let read: AudioReading | undefined;
  let refused: Refusal | undefined;
  return {
    async push(chunk) {
      reader.push(chunk);
    },
    hear(sound) {
      if (refused) return;
      try {
        // The whole source was pushed before its sound is heard.
        read ??= reader.finish();
        const block = withinSource(decoding.push(sound), read, levels.samples);
        if (!block?.channels[0]?.length) return;
        spend(block.channels[0].length, block.rateHz);
        levels.push(block, decoding.order());
      } catch (error) {
        refused = refusalOf(error);
      }
    },
    async finish() {
      const reading = read ?? reader.finish();
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

/** The part of `block` that an intact source has, of whose samples `heard` came before: some decoders give a rest beyond it. */
function withinSource(
  block: SoundBlock | null,
  { verdict, samples }: AudioReading,
  heard: number,
): SoundBlock | null {
  if (!block || verdict.state !== 'intact' || samples === null) return block;
  const left = Math.max(0, samples - heard);
  return { ...block, channels: block.channels.map((channel) => channel.subarray(0, left)) };
}
