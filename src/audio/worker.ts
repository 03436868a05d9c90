/**
 * The sandboxed process that reads foreign sound: jobs in on stdin, results out on stdout, one after the other.
 *
 * It is started by `worker-process.ts` with an empty environment and Node's permissions, opens no file but its own code,
 * and ends when stdin does. Messages: `frames.ts` and `messages.ts`. Anything that is thrown ends the job, not the
 * process; whatever cannot be thrown (an endless loop, too much memory) is ended from outside.
 */
import { Console } from 'node:console';
import { once } from 'node:events';
import { decodeFrames, encodeFrame, type Frame, type FrameKind } from './frames.ts';
import { endSchema, type Job, jobSchema } from './messages.ts';
import { type Refusal, type RunningJob, refusalOf } from './running-job.ts';
import { soundBefore } from './sound-pipe.ts';

// Decoders print their complaints; on stdout they would break the framing.
globalThis.console = new Console(process.stderr, process.stderr);

const OUTPUT_PAYLOAD_BYTES = 64 * 1024;

await serve(process.stdin);

async function serve(stdin: AsyncIterable<Uint8Array>): Promise<void> {
  let job: RunningJob<object> | undefined;
  let refusal: Refusal | undefined;
  for await (const frame of decodeFrames(stdin)) {
    try {
      if (frame.kind === 'J') {
        refusal = undefined;
        job = await startJob(jobSchema.parse(jsonOf(frame)));
      } else if (refusal === undefined && job) {
        if (frame.kind === 'D') await job.push(frame.payload);
        else if (frame.kind === 'P')
          for (const part of soundBefore(frame.payload)) job.hear?.(part);
        else await finish(job, frame);
      }
    } catch (error) {
      refusal = refusalOf(error);
    }
    // A refused source is still read to its end: the door is not to wait on a full pipe.
    if (frame.kind === 'E') {
      if (refusal) await send('X', JSON.stringify(refusal));
      job?.[Symbol.dispose]();
      job = undefined;
    }
  }
}

/** Each kind's code is loaded with the first job of it: all of it takes half a second, and most workers do one kind. */
async function startJob(job: Job): Promise<RunningJob<object>> {
  switch (job.job) {
    case 'inspect':
      return (await import('./inspect-job.ts')).startInspection(job);
    case 'listen':
      return (await import('./listen-job.ts')).startListening(job);
    case 'encode':
      return (await import('./encode-job.ts')).startEncoding(job);
    case 'spectrogram':
      return (await import('./spectrogram-job.ts')).startSpectrogramJob(job);
    case 'picture':
      return (await import('./image-job.ts')).startPictureJob(job);
  }
}

async function finish(job: RunningJob<object>, frame: Frame): Promise<void> {
  const { sourceDigest } = endSchema.parse(jsonOf(frame));
  const { result, output } = await job.finish(sourceDigest);
  let batch: Uint8Array[] = [];
  let held = 0;
  for (const bytes of output)
    for (let at = 0; at < bytes.length; at += OUTPUT_PAYLOAD_BYTES) {
      const part = bytes.subarray(at, at + OUTPUT_PAYLOAD_BYTES);
      batch.push(part);
      held += part.length;
      if (held < OUTPUT_PAYLOAD_BYTES) continue;
      await send('O', Buffer.concat(batch));
      batch = [];
      held = 0;
    }
  if (held > 0) await send('O', Buffer.concat(batch));
  await send('R', JSON.stringify({ ...result, residentBytes: residentBytes() }));
}

async function send(kind: FrameKind, payload: Uint8Array | string): Promise<void> {
  if (!process.stdout.write(encodeFrame(kind, payload))) await once(process.stdout, 'drain');
}

/** Memory in use; where it has no /proc to read that from, the most it ever had. */
function residentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

function jsonOf(frame: Frame): unknown {
  return JSON.parse(Buffer.from(frame.payload).toString());
}
