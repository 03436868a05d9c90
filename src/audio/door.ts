/**
 * The one door to foreign sound: inspect it, and make the Opus derivative, in processes that can do nothing else.
 *
 * Input: bytes and their size; a file name never comes in. Output: values checked against a schema, and bytes. What is
 * wrong with one item is a `Finding` and costs only that item.
 */
import os from 'node:os';
import type { z } from 'zod';
import { sha256 } from '../base/digest.ts';
import { type Finding, FonotecaError, findingFrom } from '../base/errors.ts';
import { probeIsolation } from '../base/isolation.ts';
import type { WatchLimits } from '../base/subprocess.ts';
import type { CommentField } from '../formats/vorbis-comment.ts';
import type { EngineRecord } from '../model/holding.ts';
import { type OpusDerivative, recordSettings } from './derivative.ts';
import { type FfmpegEngine, startFfmpegEngine } from './ffmpeg-engine.ts';
import type { ImageHeader } from './image-header.ts';
import {
  encodeResultSchema,
  type InspectResult,
  inspectResultSchema,
  type Job,
  type Measurement,
  spectrogramResultSchema,
} from './messages.ts';
import { commentBlock } from './opus-comments.ts';
import { OPUS_SETTINGS, type OpusSettings } from './opus-encode.ts';
import { describeSandbox, type SandboxLayer } from './sandbox-report.ts';
import { soundBudgetSeconds } from './sound-budget.ts';
import { startWorkerPool, type WorkerPool } from './worker-pool.ts';
import type { Answer, ByteSource } from './worker-process.ts';

/** How the door is set up. */
export interface AudioDoorOptions {
  /** Worker processes; as many as cores when absent. */
  readonly workers?: number;
  /** What encodes; `wasm` when absent. Inspection is by WASM always. */
  readonly engine?: 'wasm' | 'ffmpeg';
  /** Absolute path of ffmpeg, for that engine. */
  readonly ffmpegPath?: string;
}

/** One item's outcome: its value, or what was wrong with it. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly finding: Finding };

/** A picture out of a file, told by its own header. */
export interface InspectedArt extends ImageHeader {
  readonly shows: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** All that is told of a file. */
export interface Inspection {
  /** SHA-256 of the bytes that were read. */
  readonly sourceDigest: string;
  readonly reading: InspectResult['reading'];
  readonly tags: InspectResult['tags'];
  readonly art: readonly InspectedArt[];
  /** Present when measuring was asked for and the sound could be decoded. */
  readonly measurement?: Measurement;
  /** Why the sound was not measured although it was asked for. */
  readonly unmeasured?: Finding;
}

/** The door. Jobs may be given at once; as many as there are workers run. */
export interface AudioDoor extends AsyncDisposable {
  /** Verdict, tags, pictures and, with `measure`, loudness and waveform of `source`; `subject` names it in findings. */
  inspect(
    source: ByteSource,
    options: { readonly subject: string; readonly measure?: boolean },
  ): Promise<Attempt<Inspection>>;
  /** The Opus derivative of `source` with `tags` carried over. */
  encodeOpus(
    source: ByteSource,
    options: {
      readonly subject: string;
      readonly settings?: OpusSettings;
      readonly tags: readonly CommentField[];
    },
  ): Promise<Attempt<OpusDerivative>>;
  /** A picture of the sound of `source` as a PNG file: 1,024 by 384 pixels, 40 Hz to 20 kHz (docs/formats/features.md). */
  spectrogram(
    source: ByteSource,
    options: { readonly subject: string },
  ): Promise<Attempt<Uint8Array>>;
  /** What holds the workers in on this machine. */
  sandbox(): readonly SandboxLayer[];
  /** Ends all workers. */
  close(): Promise<void>;
}

const MIB = 2 ** 20;
const ART_OUTPUT_BYTES = 8 * 16 * MIB;
/** The pixels of a spectrogram as they are, and some more. */
const SPECTROGRAM_OUTPUT_BYTES = 2 * MIB;
const MAX_OUTPUT_BYTES = 1024 * MIB;
const MIN_CPU_MS = 60_000;
const MAX_CPU_MS = 2 * 3_600_000;
/** Sound of 16 kbit/s is the longest a file of its size is given time for. */
const SLOW_BYTES_PER_SECOND = 2000;

/** A door with its workers; none is started before the first job. Throws `AUDIO_ENGINE_UNSAFE` for ffmpeg without namespaces. */
export async function openAudioDoor(options: AudioDoorOptions = {}): Promise<AudioDoor> {
  const isolation = probeIsolation();
  const engine = options.engine ?? 'wasm';
  const ffmpeg =
    engine === 'ffmpeg' ? await startFfmpegEngine(options.ffmpegPath ?? '', isolation) : null;
  const pool = startWorkerPool(options.workers ?? os.availableParallelism(), isolation);
  const close = async () => pool[Symbol.asyncDispose]();
  return {
    inspect: (source, { subject, measure = false }) =>
      attempt(subject, () => inspect(pool, source, subject, measure)),
    encodeOpus: (source, { subject, settings = OPUS_SETTINGS, tags }) =>
      attempt(subject, () =>
        ffmpeg
          ? encodeByFfmpeg(pool, ffmpeg, source, { settings, tags, subject })
          : encode(pool, source, settings, tags),
      ),
    spectrogram: (source, { subject }) => attempt(subject, () => spectrogram(pool, source)),
    sandbox: () => describeSandbox(isolation, engine),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** CPU and wall time a file of `sizeBytes` may take: a tenth of the sound it may hold, a minute at least. */
export function timeLimits(sizeBytes: number): WatchLimits {
  const seconds = Math.min(soundBudgetSeconds(sizeBytes), sizeBytes / SLOW_BYTES_PER_SECOND);
  const cpuMs = Math.round(Math.min(MAX_CPU_MS, Math.max(MIN_CPU_MS, seconds * 100)));
  return { cpuMs, wallMs: 4 * cpuMs };
}

async function attempt<T>(subject: string, work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, finding: findingFrom(error, subject) };
  }
}

async function inspect(
  pool: WorkerPool,
  source: ByteSource,
  subject: string,
  measure: boolean,
): Promise<Inspection> {
  const job: Job = { job: 'inspect', sizeBytes: source.sizeBytes, measure };
  const limits = { ...timeLimits(source.sizeBytes), outputBytes: ART_OUTPUT_BYTES };
  const answer = await pool.run(job, source, limits);
  const { reading, tags, art, measured } = parsed(inspectResultSchema, answer);
  const inspection: Inspection = {
    sourceDigest: answer.sourceDigest,
    reading,
    tags,
    art: splitArt(art, answer.output),
  };
  if (!measured) return inspection;
  if ('refused' in measured) return { ...inspection, unmeasured: { subject, ...measured.refused } };
  return { ...inspection, measurement: measured };
}

function splitArt(headers: InspectResult['art'], output: Uint8Array): InspectedArt[] {
  let at = 0;
  return headers.map(({ sizeBytes, ...header }) => {
    const bytes = output.subarray(at, at + sizeBytes);
    at += sizeBytes;
    if (bytes.length !== sizeBytes)
      throw new FonotecaError('SUBPROCESS_FAILED', 'pictures shorter than told');
    return { ...header, digest: sha256(bytes), bytes };
  });
}

async function spectrogram(pool: WorkerPool, source: ByteSource): Promise<Uint8Array> {
  const job: Job = { job: 'spectrogram', sizeBytes: source.sizeBytes };
  const limits = { ...timeLimits(source.sizeBytes), outputBytes: SPECTROGRAM_OUTPUT_BYTES };
  const answer = await pool.run(job, source, limits);
  parsed(spectrogramResultSchema, answer);
  return answer.output;
}

async function encode(
  pool: WorkerPool,
  source: ByteSource,
  settings: OpusSettings,
  tags: readonly CommentField[],
): Promise<OpusDerivative> {
  const { sizeBytes } = source;
  const job: Job = { job: 'encode', sizeBytes, ...settings, tags: [...tags] };
  const answer = await pool.run(job, source, encodeLimits(sizeBytes, settings));
  const result = parsed(encodeResultSchema, answer);
  return {
    bytes: answer.output,
    record: engineRecord('wasm', result.build, settings, answer.sourceDigest, result.tagBlock),
    channels: result.channels,
    samples48k: result.samples48k,
    loudness: result.loudness,
    decoderFaults: result.decoderFaults,
  };
}

/** ffmpeg only encodes: what the source is and how loud it is comes from an inspection of our own first. */
async function encodeByFfmpeg(
  pool: WorkerPool,
  ffmpeg: FfmpegEngine,
  source: ByteSource,
  options: { settings: OpusSettings; tags: readonly CommentField[]; subject: string },
): Promise<OpusDerivative> {
  const { settings, tags, subject } = options;
  const { measurement, unmeasured, sourceDigest } = await inspect(pool, source, subject, true);
  if (!measurement)
    throw new FonotecaError(unmeasured?.code ?? 'AUDIO_UNDECODABLE', unmeasured?.seen ?? '');
  const { channels } = measurement;
  if (channels !== 1 && channels !== 2)
    throw new FonotecaError('AUDIO_CHANNELS_UNSUPPORTED', `${channels} channels`);
  const comments = commentBlock(tags, measurement.loudness.integratedLufs);
  const { bytes, samples48k } = await ffmpeg.encode({
    source,
    format: measurement.format,
    channels,
    sourceSampleRateHz: measurement.sampleRateHz,
    settings,
    serial: Number.parseInt(sourceDigest.slice(0, 8), 16),
    comments,
    limits: encodeLimits(source.sizeBytes, settings),
  });
  const { loudness, decoderFaults } = measurement;
  const record = engineRecord('ffmpeg', ffmpeg.build, settings, sourceDigest, comments);
  return { bytes, record, channels, samples48k, loudness, decoderFaults };
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
    tagBlock: tagBlock.map(([name, value]) => [name, value]),
  };
}

function parsed<T extends z.ZodType>(schema: T, answer: Answer): z.infer<T> {
  const result = schema.safeParse(answer.result);
  if (result.success) return result.data;
  throw new FonotecaError('SUBPROCESS_FAILED', 'an answer of another shape', {
    cause: result.error,
  });
}
