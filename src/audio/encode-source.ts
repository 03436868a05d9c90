/**
 * One source into one Opus derivative, by either engine, with the record to make it again.
 *
 * The WASM engine does all in one job of a worker. ffmpeg only encodes: what the source is and how loud it is comes from
 * an inspection of our own, now or earlier.
 */
import { FonotecaError } from '../base/errors.ts';
import type { CommentField } from '../formats/vorbis-comment.ts';
import type { EngineRecord } from '../model/holding.ts';
import { type ChannelOrder, opusOrder } from './channel-layout.ts';
import {
  type EncodeWishes,
  type KnownSound,
  type OpusDerivative,
  recordSettings,
} from './derivative.ts';
import type { FfmpegEngine } from './ffmpeg-engine.ts';
import type { Loudness } from './loudness.ts';
import { checkedResult, encodeResultSchema, type Job } from './messages.ts';
import { commentBlock, recordedBlock } from './opus-comments.ts';
import { OPUS_SETTINGS, type OpusSettings } from './opus-settings.ts';
import { soundBudgetSeconds, timeLimits } from './sound-budget.ts';
import type { WorkerPool } from './worker-pool.ts';
import type { ByteSource } from './worker-process.ts';

/** What an inspection of the source tells the ffmpeg engine. */
export interface InspectedSound extends KnownSound {
  readonly order: ChannelOrder;
  readonly loudness: Loudness;
}

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
  const { build, tagBlock, channels, samples48k, loudness } = result;
  const record = engineRecord('wasm', build, settings, answer.sourceDigest, tagBlock);
  return { bytes: answer.output, record, channels, samples48k, loudness };
}

/** The derivative of `source` made by ffmpeg; `inspect` is asked only where nothing is known. */
export async function encodeByFfmpeg(
  ffmpeg: FfmpegEngine,
  source: ByteSource,
  wishes: EncodeWishes,
  inspect: () => Promise<InspectedSound>,
): Promise<OpusDerivative> {
  const { settings = OPUS_SETTINGS, tags } = wishes;
  // What was inspected earlier says how many channels there are, and not which.
  const known = wishes.known && wishes.known.channels <= 2 ? wishes.known : null;
  const inspected = known ? null : await inspect();
  const sound = known ?? inspected!;
  if (!opusOrder(sound.channels, inspected?.order ?? 'wave'))
    throw new FonotecaError(
      'AUDIO_CHANNELS_UNSUPPORTED',
      `${sound.channels} channels, order ${inspected?.order}`,
    );
  const comments = knownBlock({ ...wishes, known: sound }) ?? tags;
  const { sourceDigest, ...made } = await ffmpeg.encode({
    source,
    sound,
    settings,
    comments,
    limits: encodeLimits(source.sizeBytes, settings),
  });
  const record = engineRecord('ffmpeg', ffmpeg.build, settings, sourceDigest, comments);
  return { ...made, record, channels: sound.channels, loudness: inspected?.loudness ?? null };
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
