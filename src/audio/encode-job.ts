/**
 * One file made into an Opus derivative in one pass: decode, resample, encode, and wrap when the loudness is known. Where
 * nothing is known of it, the same pass reads and measures it. Runs inside the worker. docs/formats/derivative.md says what comes out.
 */
import { FonotecaError } from '../base/errors.ts';
import { startAudioReader } from '../formats/audio-reader.ts';
import { type ChannelOrder, opusOrder } from './channel-layout.ts';
import { decodingSteps, type SoundBlock, startDecoding } from './decode.ts';
import { serialOf, soundReading } from './derivative.ts';
import { engineBuild } from './engine-build.ts';
import { startLevels } from './levels.ts';
import type { EncodeResult, Job } from './messages.ts';
import { commentBlock } from './opus-comments.ts';
import { type OpusEncoding, startOpusEncoding } from './opus-encode.ts';
import { canResample, type Resampling, startResampling } from './resample.ts';
import type { RunningJob } from './running-job.ts';
import { startSoundBudget } from './sound-budget.ts';

interface Line {
  readonly rateHz: number;
  readonly channels: number;
  /** The source's channels in the order of Opus. */
  readonly order: readonly number[];
  readonly resampling: Resampling;
  readonly encoding: OpusEncoding;
}

/** An encoding of a file of the size in `job`. */
export function startEncoding(
  job: Extract<Job, { job: 'encode' }>,
): RunningJob<Omit<EncodeResult, 'residentBytes'>> {
  const decoding = startDecoding();
  // What was inspected before is looked at again only so far as to tell sound from other bytes.
  const reader = startAudioReader(job.measure ? 'whole' : 'checksums');
  const levels = job.measure ? startLevels() : null;
  const spend = startSoundBudget(job.sizeBytes, job.statedSeconds);
  let line: Line | undefined;
  let samples48k = 0;

  const encode = (resampled: readonly Float32Array[]) => {
    samples48k += resampled[0]?.length ?? 0;
    line!.encoding.push(line!.order.map((channel) => resampled[channel]!));
  };
  const take = async (blocks: readonly SoundBlock[]) => {
    for (const block of blocks) {
      line ??= await startLine(block, decoding.order, job);
      if (line.rateHz !== block.rateHz || line.channels !== block.channels.length)
        throw new FonotecaError('AUDIO_UNDECODABLE', 'the rate or the channels change on the way');
      spend(block.channels[0]!.length, block.rateHz);
      levels?.push(block, decoding.order);
      encode(line.resampling.push(block.channels));
    }
  };
  return {
    async push(chunk) {
      // What states more than it may hold is not decoded at all.
      spend(0, 1);
      reader.push(chunk);
      for (const step of decodingSteps(decoding, chunk, () => line !== undefined))
        await take(await decoding.push(step));
    },
    async finish(sourceDigest) {
      await take(await decoding.finish());
      if (!line || !decoding.format)
        throw new FonotecaError('AUDIO_UNDECODABLE', 'no sound came out');
      encode(line.resampling.finish());
      const reading = soundReading(reader.finish());
      const { format, order, faults } = decoding;
      const measurement = levels?.finish({ format, order, decoderFaults: faults });
      const comments = measurement
        ? commentBlock(job.tags, measurement.loudness.integratedLufs)
        : job.tags;
      const output = line.encoding.finish({
        serial: serialOf(sourceDigest),
        inputSampleRateHz: line.rateHz,
        comments,
      });
      const result = {
        build: await engineBuild(format),
        tagBlock: comments,
        sourceFormat: format,
        channels: line.channels,
        sourceSampleRateHz: line.rateHz,
        samples48k,
        decoderFaults: faults,
        inspected: measurement ? { reading, measurement } : null,
      };
      // The reading's lists are read-only by type; on the wire they are plain JSON.
      return { result: result as typeof result & EncodeResult, output };
    },
    [Symbol.dispose]() {
      decoding[Symbol.dispose]();
      line?.encoding[Symbol.dispose]();
    },
  };
}

async function startLine(
  block: SoundBlock,
  order: ChannelOrder,
  settings: { bitrateBps: number; complexity: number },
): Promise<Line> {
  const channels = block.channels.length;
  const places = opusOrder(channels, order);
  if (!places)
    throw new FonotecaError('AUDIO_CHANNELS_UNSUPPORTED', `${channels} channels, order ${order}`);
  if (!canResample(block.rateHz))
    throw new FonotecaError('AUDIO_FORMAT_UNSUPPORTED', `${block.rateHz} samples a second`);
  return {
    rateHz: block.rateHz,
    channels,
    order: places,
    resampling: startResampling(block.rateHz, channels),
    encoding: await startOpusEncoding(channels, settings),
  };
}
