/**
 * One worker process: how it is started and held in, and one job at a time over its pipes.
 *
 * Layers, from the inside: WASM memory, Node's permissions (no file but the program's own code, no write, no child, no
 * thread, no addon), an empty environment, limits watched from here, and what `base/isolation.ts` finds on the machine.
 */
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { systemRandom } from '../base/clock.ts';
import { startSha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Isolation } from '../base/isolation.ts';
import { programFolders, readOnlyFlags } from '../base/program-folders.ts';
import {
  failure,
  type RunningProcess,
  startProcess,
  type WatchLimits,
  watch,
  writeTo,
} from '../base/subprocess.ts';
import { decodeFrames, encodeFrame, type Frame } from './frames.ts';
import { type Job, refusalSchema } from './messages.ts';
import { MARK_BYTES } from './sound-pipe.ts';

/** Bytes to read, of a known size. Each call of `chunks` begins at the start; the ffmpeg engine reads twice. */
export interface ByteSource {
  readonly sizeBytes: number;
  chunks(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** Work beside a job, which writes the source's sound to `ear`; the worker listens until that work has ended. */
export type Beside = (ear: Duplex) => Promise<void>;

/** What a worker answered: a result still to be checked, its output, and the digest of the bytes it was given. */
export interface Answer {
  readonly result: unknown;
  readonly output: Uint8Array;
  readonly sourceDigest: string;
}

/** A worker and the one job it may have at a time. */
export interface Worker {
  /** False once it died or was killed: it takes no more jobs. */
  readonly isAlive: boolean;
  /**
   * The answer to one job. A coded refusal of the item is thrown as it came; a worker that dies is
   * `SUBPROCESS_FAILED`, one that exceeds a limit `SUBPROCESS_LIMIT`, a source of another size
   * `FILE_CHANGED_DURING_READ`. After the last three the worker is gone.
   */
  run(
    job: Job,
    source: ByteSource,
    limits: WatchLimits & { outputBytes: number },
    beside?: Beside,
  ): Promise<Answer>;
  /** Ends it at once. */
  stop(): Promise<void>;
}

/** 512 MiB of use beyond the 560 MiB of address space that Node itself reserves. */
const DATA_BYTES = 1072 * 2 ** 20;
/** What a job may have in use; sound of any length is decoded in less than half of it. */
const RESIDENT_BYTES = 512 * 2 ** 20;
/**
 * A small nursery is swept often: decoded blocks that nobody holds go at once, which saves 90 MiB of three hours of sound.
 * There is a worker for each core, so threads of V8 beside its own only take the core of another: without them two workers
 * do a twelfth more in the same time.
 */
const V8_FLAGS = ['--max-old-space-size=256', '--max-semi-space-size=1', '--single-threaded'];
/** Backstop behind the watch of each job; a worker is replaced long before. */
const LIFETIME_CPU_SECONDS = 24 * 3600;
const OPEN_FILES = 64;
const SEND_BYTES = 256 * 1024;

/**
 * How a worker is started: the command with the flags that take its rights away, its limits, and what it may read.
 * `program` stands in its place in tests; the worker's own file when absent.
 */
export function workerLaunch(program: readonly string[] = [workerFile()]) {
  const readable = programFolders();
  return {
    argv: [process.execPath, ...readOnlyFlags(readable), ...V8_FLAGS, ...program],
    limits: { dataBytes: DATA_BYTES, cpuSeconds: LIFETIME_CPU_SECONDS, openFiles: OPEN_FILES },
    readable,
  };
}

/** A started worker, with an ear where jobs are to go on beside another process. It proves itself with its first job. */
export function startWorker(isolation: Isolation, hasEar = false): Worker {
  const { argv, ...held } = workerLaunch();
  const child = startProcess(argv, { ...held, isolation, ...(hasEar ? { fourth: 'pipe' } : {}) });
  const frames = decodeFrames(child.stdout);
  let isAlive = true;
  void child.exit.then(() => {
    isAlive = false;
  });
  return {
    get isAlive() {
      return isAlive;
    },
    async run(job, source, jobLimits, beside) {
      try {
        const watched = { residentBytes: RESIDENT_BYTES, ...jobLimits };
        return await watch(child, watched, () =>
          converse(child, frames, { job, source, beside }, jobLimits),
        );
      } catch (error) {
        if (!(error instanceof ItemRefused)) {
          isAlive = false;
          child.kill('no longer trusted');
        }
        throw error instanceof ItemRefused ? error.refusal : error;
      }
    },
    async stop() {
      isAlive = false;
      child.kill('no longer needed');
      await child.exit;
    },
  };
}

/** Wraps a refusal of the item, after which the worker itself is well. */
class ItemRefused extends Error {
  readonly refusal: FonotecaError;

  constructor(refusal: FonotecaError) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

interface Task {
  readonly job: Job;
  readonly source: ByteSource;
  readonly beside: Beside | undefined;
}

async function converse(
  child: RunningProcess,
  frames: AsyncGenerator<Frame>,
  task: Task,
  limits: { outputBytes: number },
): Promise<Answer> {
  // Both at once: a worker may answer while bytes are still on their way.
  const [sourceDigest, reply] = await Promise.all([
    sendJob(child, task),
    receiveReply(child, frames, limits.outputBytes),
  ]);
  return { ...reply, sourceDigest };
}

async function sendJob(child: RunningProcess, { job, source, beside }: Task): Promise<string> {
  await writeTo(child, encodeFrame('J', JSON.stringify(job)));
  const sourceDigest = await (beside
    ? sendBeside(child, source, beside)
    : sendSource(child, source));
  await writeTo(child, encodeFrame('E', JSON.stringify({ sourceDigest })));
  return sourceDigest;
}

/** The source, and then the mark behind the sound that `beside` writes, by which the worker knows where it ends. */
async function sendBeside(
  child: RunningProcess,
  source: ByteSource,
  beside: Beside,
): Promise<string> {
  const mark = systemRandom.bytes(MARK_BYTES);
  const ear = child.fourth!;
  const read = async () => {
    const sourceDigest = await sendSource(child, source);
    await writeTo(child, encodeFrame('P', mark));
    return sourceDigest;
  };
  const listen = async () => {
    try {
      await beside(ear);
    } finally {
      ear.write(mark);
    }
  };
  const [sourceDigest] = await Promise.all([read(), listen()]);
  return sourceDigest;
}

async function sendSource(child: RunningProcess, source: ByteSource): Promise<string> {
  const hasher = startSha256();
  let sent = 0;
  for await (const chunk of source.chunks()) {
    sent += chunk.length;
    if (sent > source.sizeBytes) break;
    hasher.update(chunk);
    for (let at = 0; at < chunk.length; at += SEND_BYTES)
      if (!(await writeTo(child, encodeFrame('D', chunk.subarray(at, at + SEND_BYTES)))))
        throw failure(child, await child.exit);
  }
  if (sent !== source.sizeBytes)
    throw new FonotecaError(
      'FILE_CHANGED_DURING_READ',
      `${sent} bytes where ${source.sizeBytes} were told`,
    );
  return hasher.finish();
}

async function receiveReply(
  child: RunningProcess,
  frames: AsyncGenerator<Frame>,
  maxOutputBytes: number,
): Promise<{ result: unknown; output: Uint8Array }> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  while (true) {
    const { value: frame, done } = await frames.next();
    if (done) throw failure(child, await child.exit);
    if (frame.kind === 'O') {
      sizeBytes += frame.payload.length;
      if (sizeBytes > maxOutputBytes)
        throw new FonotecaError('SUBPROCESS_LIMIT', `more than ${maxOutputBytes} bytes of output`);
      parts.push(frame.payload);
    } else if (frame.kind === 'R') {
      return { result: jsonOf(frame), output: Buffer.concat(parts) };
    } else if (frame.kind === 'X') {
      const { code, seen } = refusalSchema.parse(jsonOf(frame));
      throw new ItemRefused(new FonotecaError(code, seen));
    } else throw new FonotecaError('SUBPROCESS_FAILED', `an answer of kind ${frame.kind}`);
  }
}

function jsonOf(frame: Frame): unknown {
  try {
    return JSON.parse(Buffer.from(frame.payload).toString());
  } catch (error) {
    throw new FonotecaError('SUBPROCESS_FAILED', 'an answer that is no JSON', { cause: error });
  }
}

/** The worker's file has the ending of this one: `.ts` in a clone, `.js` in a published package. */
function workerFile(): string {
  return path.join(import.meta.dirname, `worker${path.extname(import.meta.filename)}`);
}
