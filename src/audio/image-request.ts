/** The door's side of a picture: the stretches of the file that hold tags go to a worker, a picture comes back. */
import { sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import type { ImageHeader } from './image-header.ts';
import { checkedResult, type Job, pictureResultSchema } from './messages.ts';
import { timeLimits } from './sound-budget.ts';
import { keptStretches } from './source-window.ts';
import type { WorkerPool } from './worker-pool.ts';

/** A file that is a picture or holds one. */
export interface PictureFile {
  readonly sizeBytes: number;
  /** SHA-256 of the picture in it; null when the file is the picture. */
  readonly embedded: string | null;
  /** The bytes of one stretch, in order. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** A picture as a worker handed it over. */
export interface WorkedPicture extends ImageHeader {
  readonly bytes: Uint8Array;
  readonly digest: string;
  /** Versions of what scaled it; empty for a picture as it is. */
  readonly build: string;
}

/** More than any picture that is kept, and than any that is made. */
const OUTPUT_BYTES = 24 * 2 ** 20;

/** The picture in `file`, within a square of `sidePx` as JPEG, or as it is. A picture as it is has the digest asked for. */
export async function requestPicture(
  pool: WorkerPool,
  file: PictureFile,
  sidePx: number | null,
): Promise<WorkedPicture> {
  const stretches = keptStretches(file.sizeBytes);
  const sizeBytes = stretches.reduce((sum, { start, end }) => sum + end - start, 0);
  const { embedded } = file;
  const job: Job = { job: 'picture', sizeBytes, fileSizeBytes: file.sizeBytes, embedded, sidePx };
  const source = {
    sizeBytes,
    async *chunks() {
      for (const { start, end } of stretches) yield* file.read(start, end);
    },
  };
  const answer = await pool.run(job, source, {
    ...timeLimits(sizeBytes),
    outputBytes: OUTPUT_BYTES,
  });
  const { mime, widthPx, heightPx, build } = checkedResult(pictureResultSchema, answer);
  const bytes = answer.output;
  const digest = sha256(bytes);
  if (sidePx === null && embedded !== null && digest !== embedded)
    throw new FonotecaError('SUBPROCESS_FAILED', 'another picture than asked for');
  return { mime, widthPx, heightPx, build, bytes, digest };
}
