/**
 * The one door to foreign sound: inspect it, and make the Opus derivative, in processes that can do nothing else.
 *
 * Input: bytes and their size; a file name never comes in. Output: values checked against a schema, and bytes. What is
 * wrong with one item is a `Finding` and costs only that item.
 */
import os from 'node:os';
import { sha256 } from '../base/digest.ts';
import { type Finding, FonotecaError, findingFrom } from '../base/errors.ts';
import { probeIsolation } from '../base/isolation.ts';
import type { EncodeWishes, InspectedSource, OpusDerivative } from './derivative.ts';
import { encodeByFfmpeg, encodeByWasm } from './encode-source.ts';
import { startFfmpegEngine } from './ffmpeg-engine.ts';
import type { ImageHeader } from './image-header.ts';
import { type PictureFile, requestPicture, type WorkedPicture } from './image-request.ts';
import {
  checkedResult,
  type InspectResult,
  inspectResultSchema,
  type Job,
  type Measurement,
  spectrogramResultSchema,
} from './messages.ts';
import { describeSandbox, type SandboxLayer } from './sandbox-report.ts';
import { timeLimits } from './sound-budget.ts';
import { startWorkerPool, type WorkerPool } from './worker-pool.ts';
import type { ByteSource } from './worker-process.ts';

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
  /**
   * Verdict, tags, pictures and, with `measure`, all measures of `source`, or with `levels` only loudness and waveform;
   * `subject` names it in findings.
   */
  inspect(
    source: ByteSource,
    options: { readonly subject: string; readonly measure?: boolean | 'levels' },
  ): Promise<Attempt<Inspection>>;
  /**
   * The Opus derivative of `source` with the tags wished for. Where nothing is known of the source, it is read, measured and
   * encoded in one pass. `AUDIO_NOT_AUDIO` for bytes that are no sound by our own reading.
   */
  encodeOpus(source: ByteSource, wishes: EncodeWishes): Promise<Attempt<OpusDerivative>>;
  /** A picture of the sound of `source` as a PNG file: 1,024 by 384 pixels, 40 Hz to 20 kHz (docs/formats/features.md). */
  spectrogram(
    source: ByteSource,
    options: { readonly subject: string },
  ): Promise<Attempt<Uint8Array>>;
  /** A picture out of a file, as it is or scaled, decoded nowhere but in a worker (docs/formats/art.md). */
  picture(
    file: PictureFile,
    options: { readonly subject: string; readonly sidePx: number | null },
  ): Promise<Attempt<WorkedPicture>>;
  /** What holds the workers in on this machine. */
  sandbox(): readonly SandboxLayer[];
  /** Ends all workers. */
  close(): Promise<void>;
}

const MIB = 2 ** 20;
const ART_OUTPUT_BYTES = 8 * 16 * MIB;
/** The pixels of a spectrogram as they are, and some more. */
const SPECTROGRAM_OUTPUT_BYTES = 2 * MIB;

/** A door with its workers; none is started before the first job. Throws `AUDIO_ENGINE_UNSAFE` for ffmpeg without namespaces. */
export async function openAudioDoor(options: AudioDoorOptions = {}): Promise<AudioDoor> {
  const isolation = probeIsolation();
  const engine = options.engine ?? 'wasm';
  const ffmpeg =
    engine === 'ffmpeg' ? await startFfmpegEngine(options.ffmpegPath ?? '', isolation) : null;
  const pool = startWorkerPool(
    options.workers ?? os.availableParallelism(),
    isolation,
    ffmpeg !== null,
  );
  const close = async () => pool[Symbol.asyncDispose]();
  return {
    inspect: (source, { subject, measure = false }) =>
      attempt(subject, () => inspect(pool, source, subject, measureOf(measure))),
    encodeOpus: (source, wishes) =>
      attempt(wishes.subject, () =>
        ffmpeg
          ? encodeByFfmpeg({ ffmpeg, pool, inspect: levelsIn(pool) }, source, wishes)
          : encodeByWasm(pool, source, wishes),
      ),
    spectrogram: (source, { subject }) => attempt(subject, () => spectrogram(pool, source)),
    picture: (file, { subject, sidePx }) =>
      attempt(subject, () => requestPicture(pool, file, sidePx)),
    sandbox: () => describeSandbox(isolation, engine),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function attempt<T>(subject: string, work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, finding: findingFrom(error, subject) };
  }
}

function measureOf(measure: boolean | 'levels') {
  return measure === 'levels' ? measure : measure ? 'all' : 'none';
}

async function inspect(
  pool: WorkerPool,
  source: ByteSource,
  subject: string,
  measure: Extract<Job, { job: 'inspect' }>['measure'],
): Promise<Inspection> {
  const job: Job = { job: 'inspect', sizeBytes: source.sizeBytes, measure };
  const limits = { ...timeLimits(source.sizeBytes), outputBytes: ART_OUTPUT_BYTES };
  const answer = await pool.run(job, source, limits);
  const { reading, tags, art, measured } = checkedResult(inspectResultSchema, answer);
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

function levelsIn(pool: WorkerPool) {
  return async (source: ByteSource, subject: string): Promise<InspectedSource> => {
    const { reading, measurement, unmeasured } = await inspect(pool, source, subject, 'levels');
    if (measurement) return { reading, measurement };
    throw new FonotecaError(unmeasured?.code ?? 'AUDIO_UNDECODABLE', unmeasured?.seen ?? '');
  };
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
  checkedResult(spectrogramResultSchema, answer);
  return answer.output;
}
