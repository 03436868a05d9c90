/**
 * One source into one Opus derivative, by either engine, with the record to make it again.
 *
 * The WASM engine does all in one job of a worker. ffmpeg only decodes and encodes: what the source is and how loud it is
 * is told by a worker of ours, earlier, or beside ffmpeg from the bytes of the source and the sound that ffmpeg made of
 * them. What ffmpeg cannot read, or makes shorter than it is, is left to the other engine, and the record says so.
 */
import { FonotecaError } from '../base/errors.ts';
import type { CommentField } from '../formats/vorbis-comment.ts';
import type { EngineRecord } from '../model/holding.ts';
import { opusOrder } from './channel-layout.ts';
import {
  type EncodeWishes,
  type InspectedSource,
  type OpusDerivative,
  recordSettings,
  soundReading,
} from './derivative.ts';
import type { FfmpegEngine, FfmpegJob, FfmpegOpus } from './ffmpeg-engine.ts';
import { checkedResult, encodeResultSchema, type Job, listenResultSchema } from './messages.ts';
import { commentBlock, recordedBlock } from './opus-comments.ts';
import { rewrapOpus } from './opus-rewrap.ts';
import { OPUS_SETTINGS, type OpusSettings } from './opus-settings.ts';
import { soundBudgetSeconds, timeLimits } from './sound-budget.ts';
import { statedSound } from './stated-duration.ts';
import type { WorkerPool } from './worker-pool.ts';
import type { ByteSource } from './worker-process.ts';

const MIB = 2 ** 20;
const MAX_OUTPUT_BYTES = 1024 * MIB;

/** The derivative of `source` made in a worker. */
export async function encodeByWasm(
  pool: WorkerPool,
  source: ByteSource,
  wishes: EncodeWishes,
): Promise<OpusDerivative> {
  const { settings = OPUS_SETTINGS } = wishes;
  const { sizeBytes } = source;
  const block = knownBlock(wishes);
  const tags = [...(block ?? wishes.tags)];
  const job: Job = { job: 'encode', sizeBytes, ...settings, tags, measure: block === null };
  const answer = await pool.run(job, source, encodeLimits(sizeBytes, settings));
  const result = checkedResult(encodeResultSchema, answer);
  const { build, tagBlock, channels, samples48k, inspected } = result;
  const record = engineRecord('wasm', build, settings, answer.sourceDigest, tagBlock);
  return { bytes: answer.output, record, channels, samples48k, inspected };
}

/** The two engines' parts, and an inspection by WASM for sources of which ffmpeg must be told more. */
export interface FfmpegDeps {
  readonly ffmpeg: FfmpegEngine;
  readonly pool: WorkerPool;
  readonly inspect: (source: ByteSource, subject: string) => Promise<InspectedSource>;
}

/** The derivative of `source` made by ffmpeg; read and measured in the same pass where nothing is known of it. */
export async function encodeByFfmpeg(
  deps: FfmpegDeps,
  source: ByteSource,
  wishes: EncodeWishes,
): Promise<OpusDerivative> {
  try {
    const { known } = wishes;
    // What was inspected earlier says how many channels there are, and not which.
    if (known && known.channels <= 2) return await encodeKnown(deps, source, wishes, known);
    const made = known ? null : await encodeUnknown(deps, source, wishes);
    if (made) return made;
    const inspected = await deps.inspect(source, wishes.subject);
    return { ...(await encodeInspected(deps, source, wishes, inspected)), inspected };
  } catch (error) {
    if (!(error instanceof FonotecaError) || error.code !== 'AUDIO_UNDECODABLE') throw error;
    return encodeByWasm(deps.pool, source, wishes);
  }
}

/** What rewrapping has to know beside the bytes. */
interface ToldSound {
  readonly format: FfmpegJob['format'];
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly samples: number | null;
  readonly integratedLufs: number | null;
}

async function encodeKnown(
  { ffmpeg, pool }: FfmpegDeps,
  source: ByteSource,
  wishes: EncodeWishes,
  sound: ToldSound,
): Promise<OpusDerivative> {
  const { format, channels } = sound;
  const job = { ...ffmpegJob(source, wishes), format, channels };
  const made = await pool.hold(() => ffmpeg.encode(job));
  return derivativeOf(ffmpeg, made, wishes, sound, null);
}

function encodeInspected(
  deps: FfmpegDeps,
  source: ByteSource,
  wishes: EncodeWishes,
  { reading, measurement }: InspectedSource,
): Promise<OpusDerivative> {
  const { channels, order } = measurement;
  soundReading(reading);
  if (!opusOrder(channels, order))
    throw new FonotecaError('AUDIO_CHANNELS_UNSUPPORTED', `${channels} channels, order ${order}`);
  return encodeKnown(deps, source, wishes, toldSound({ reading, measurement }));
}

/**
 * One pass: ffmpeg gives packets and sound, a worker reads the bytes and measures the sound. Null for what is to be
 * inspected first: sources of more channels than two, of a format that is not told, or that state more sound than they may.
 */
async function encodeUnknown(
  { ffmpeg, pool }: FfmpegDeps,
  source: ByteSource,
  wishes: EncodeWishes,
): Promise<OpusDerivative | null> {
  const { format, seconds } = await statedSound(source);
  const { sizeBytes } = source;
  if (!format || (seconds ?? 0) > soundBudgetSeconds(sizeBytes, seconds)) return null;
  let made: FfmpegOpus | undefined;
  let failed: unknown;
  const job: Job = { job: 'listen', sizeBytes, format };
  const limits = { ...timeLimits(sizeBytes), outputBytes: MIB };
  const answer = await pool.run(job, source, limits, async (ear) => {
    const asked = { ...ffmpegJob(source, wishes), format, channels: null, ear };
    try {
      made = await ffmpeg.encode(asked);
    } catch (error) {
      // It is no failure of the worker, whose job still ends in its own way.
      failed = error;
    }
  });
  if (!made) throw failed;
  const { reading, measured } = checkedResult(listenResultSchema, answer);
  if ('refused' in measured) throw new FonotecaError(measured.refused.code, measured.refused.seen);
  soundReading(reading);
  if (measured.channels > 2) return null;
  if (answer.sourceDigest !== made.sourceDigest)
    throw new FonotecaError('FILE_CHANGED_DURING_READ', 'other bytes at the second reading');
  const inspected = { reading, measurement: measured };
  const told = toldSound(inspected);
  if (measured.samples < (told.samples ?? 0))
    throw new FonotecaError('AUDIO_UNDECODABLE', `${measured.samples} samples of ${told.samples}`);
  return derivativeOf(ffmpeg, made, wishes, told, inspected);
}

function derivativeOf(
  { build }: FfmpegEngine,
  { ogg, sourceDigest }: FfmpegOpus,
  wishes: EncodeWishes,
  sound: ToldSound,
  inspected: InspectedSource | null,
): OpusDerivative {
  const { settings = OPUS_SETTINGS, tags } = wishes;
  const comments = knownBlock({ ...wishes, known: sound }) ?? tags;
  const made = rewrapOpus(ogg, { ...sound, sourceDigest, comments });
  const record = engineRecord('ffmpeg', build, settings, sourceDigest, comments);
  return { ...made, record, channels: sound.channels, inspected };
}

/** Only of an intact source its own count of samples is to be relied on. */
function toldSound({ reading, measurement }: InspectedSource): ToldSound {
  const { format, channels, sampleRateHz, loudness } = measurement;
  const samples = reading.verdict.state === 'intact' ? reading.samples : null;
  return { format, channels, sampleRateHz, samples, integratedLufs: loudness.integratedLufs };
}

function ffmpegJob(source: ByteSource, { settings = OPUS_SETTINGS }: EncodeWishes) {
  const limits = encodeLimits(source.sizeBytes, settings);
  // Of sound beyond what the file may hold so much that it shows.
  const mostSeconds = soundBudgetSeconds(source.sizeBytes) + 1;
  return { source, settings, limits, mostSeconds };
}

/** The comments as they will be written, or null where the loudness is still to be measured. */
function knownBlock({ tags, known, isWholeBlock }: EncodeWishes): readonly CommentField[] | null {
  if (isWholeBlock) return tags;
  return known ? commentBlock(tags, known.integratedLufs) : null;
}

function encodeLimits(sizeBytes: number, settings: OpusSettings) {
  // Twice the mean rate, since variable rate may stay above it, and room for tags.
  const expected = (soundBudgetSeconds(sizeBytes) * settings.bitrateBps) / 4 + MIB;
  return { ...timeLimits(sizeBytes), outputBytes: Math.min(MAX_OUTPUT_BYTES, expected) };
}

function engineRecord(
  engine: string,
  build: string,
  settings: OpusSettings,
  sourceDigest: string,
  tagBlock: readonly CommentField[],
): EngineRecord {
  return {
    engine,
    build,
    settings: recordSettings(settings),
    sourceDigest: sourceDigest as EngineRecord['sourceDigest'],
    tagBlock: recordedBlock(tagBlock),
  };
}
