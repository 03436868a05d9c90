/**
 * One file inspected in one pass: verdict and audio digest, tags and pictures, and on request the measurements that
 * need decoded sound. Runs inside the worker.
 */
import { type Fingerprinting, startFingerprint } from '../fingerprints/acoustic-fingerprint.ts';
import { toRecordedText } from '../fingerprints/fingerprint-text.ts';
import { startAudioReader } from '../formats/audio-reader.ts';
import { type Decoding, decodingSteps, type SoundBlock, startDecoding } from './decode.ts';
import { type FeatureMeter, startFeatures } from './features/measure-features.ts';
import { startLevels } from './levels.ts';
import type { InspectResult, Job } from './messages.ts';
import { readTags } from './read-tags.ts';
import { type Refusal, type RunningJob, refusalOf } from './running-job.ts';
import { startSoundBudget } from './sound-budget.ts';
import { startSourceWindow } from './source-window.ts';

type InspectJob = Extract<Job, { job: 'inspect' }>;
type MeasuredPart = InspectResult['measured'];

/** An inspection of a file of the size in `job`. */
export function startInspection(job: InspectJob): RunningJob<Omit<InspectResult, 'residentBytes'>> {
  const reader = startAudioReader();
  const window = startSourceWindow(job.sizeBytes);
  const measuring = job.measure === 'none' ? null : startMeasuring(job, job.measure);
  return {
    async push(chunk) {
      reader.push(chunk);
      window.push(chunk);
      await measuring?.push(chunk);
    },
    async finish() {
      const reading = reader.finish();
      const { common, native, notes, art } = await readTags(window);
      const measured = await measuring?.finish();
      const result = {
        reading,
        tags: { common: [...common], native: native.map(mutable), notes: [...notes] },
        art: art.map(({ bytes, ...header }) => ({ ...header, sizeBytes: bytes.length })),
        ...(measured ? { measured } : {}),
      };
      // The reading's lists are read-only by type; on the wire they are plain JSON.
      return { result: result as typeof result & InspectResult, output: art.map((a) => a.bytes) };
    },
    [Symbol.dispose]() {
      measuring?.[Symbol.dispose]();
    },
  };
}

function mutable({
  kind,
  fields,
}: {
  kind: string;
  fields: readonly (readonly [string, string])[];
}) {
  return { kind, fields: [...fields] };
}

interface Measuring extends Disposable {
  push(chunk: Uint8Array): Promise<void>;
  finish(): Promise<NonNullable<MeasuredPart>>;
}

/** Measures while it can; what cannot be decoded is told in the result and does not spoil the rest of the inspection. */
function startMeasuring(job: InspectJob, measure: 'levels' | 'all'): Measuring {
  const decoding: Decoding = startDecoding();
  const levels = startLevels();
  const spend = startSoundBudget(job.sizeBytes, job.statedSeconds);
  let features: FeatureMeter | undefined;
  let fingerprint: Fingerprinting | undefined;
  let refused: Refusal | undefined;

  const take = (blocks: readonly SoundBlock[]) => {
    for (const block of blocks) {
      const { rateHz, channels } = block;
      if (measure === 'all') {
        features ??= startFeatures(rateHz);
        fingerprint ??= startFingerprint(rateHz);
      }
      spend(channels[0]!.length, rateHz);
      levels.push(block, decoding.order);
      features?.push(channels);
      fingerprint?.push(channels);
    }
  };
  const attempt = async (blocks: () => Promise<SoundBlock[]>) => {
    if (refused) return;
    try {
      // What states more than it may hold is not decoded at all.
      spend(0, 1);
      take(await blocks());
    } catch (error) {
      refused = refusalOf(error);
    }
  };
  return {
    async push(chunk) {
      for (const step of decodingSteps(decoding, chunk, () => levels.samples > 0))
        await attempt(() => decoding.push(step));
    },
    async finish() {
      await attempt(() => decoding.finish());
      try {
        if (refused) return { refused };
        const { format, order, faults } = decoding;
        return {
          ...levels.finish({ format: format!, order, decoderFaults: faults }),
          features: features?.finish() ?? {},
          fingerprint: fingerprint ? toRecordedText(fingerprint.finish()) : '',
        };
      } catch (error) {
        return { refused: refusalOf(error) };
      }
    },
    [Symbol.dispose]() {
      decoding[Symbol.dispose]();
    },
  };
}
