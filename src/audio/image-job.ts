/**
 * One picture made small: found in the file that holds it, its header read, its pixels capped before any is decoded,
 * then decoded, scaled and written as JPEG. Runs inside the worker.
 */
import { sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { pictureBuild } from './image-build.ts';
import { decodeImage, encodeJpeg } from './image-codecs.ts';
import { type ImageHeader, isWithinPixelCap, readImageHeader } from './image-header.ts';
import { startScaling } from './image-scale.ts';
import type { Job, PictureResult } from './messages.ts';
import { readTags } from './read-tags.ts';
import type { RunningJob } from './running-job.ts';
import { keptStretches, startSourceWindow } from './source-window.ts';

/** The picture that `job` names, out of the bytes that follow. */
export function startPictureJob(
  job: Extract<Job, { job: 'picture' }>,
): RunningJob<Omit<PictureResult, 'residentBytes'>> {
  const window = startSourceWindow(job.fileSizeBytes);
  const [head, tail] = keptStretches(job.fileSizeBytes);
  let taken = 0;
  return {
    async push(chunk) {
      // What lies between the two ends was not sent.
      const inHead = chunk.subarray(0, Math.max(0, head!.end - taken));
      const inTail = chunk.subarray(inHead.length);
      if (inHead.length > 0) window.push(inHead, taken);
      taken += inHead.length;
      if (tail && inTail.length > 0) window.push(inTail, tail.start + taken - head!.end);
      taken += inTail.length;
    },
    async finish() {
      const { bytes, header } = await findPicture(window, job.embedded);
      if (job.sidePx === null) return { result: { ...header, build: '' }, output: [bytes] };
      const { widthPx, heightPx, output } = await scalePicture(bytes, header, job.sidePx);
      const result = { mime: 'image/jpeg' as const, widthPx, heightPx, build: pictureBuild() };
      return { result, output: [output] };
    },
    [Symbol.dispose]() {},
  };
}

/** The picture in `bytes` within a square of `sidePx`, as JPEG. `IMAGE_TOO_LARGE` before anything is decoded. */
async function scalePicture(
  bytes: Uint8Array,
  header: ImageHeader,
  sidePx: number,
): Promise<{ widthPx: number; heightPx: number; output: Uint8Array }> {
  if (!isWithinPixelCap(header.mime, header))
    throw new FonotecaError('IMAGE_TOO_LARGE', `${header.widthPx}×${header.heightPx} pixels`);
  const image = await decodeImage(bytes, header);
  const scaling = startScaling(image, sidePx);
  for await (const row of image.rows) scaling.push(row);
  const pixels = scaling.finish();
  const { widthPx, heightPx } = pixels;
  return { widthPx, heightPx, output: await encodeJpeg(pixels) };
}

/** The whole file when it is the picture, or the embedded picture with that digest. */
async function findPicture(
  window: ReturnType<typeof startSourceWindow>,
  embedded: string | null,
): Promise<{ bytes: Uint8Array; header: ImageHeader }> {
  if (embedded === null) {
    const bytes = window.whole() ?? new Uint8Array(0);
    const header = readImageHeader(bytes);
    if (!header) throw new FonotecaError('IMAGE_FORMAT_UNSUPPORTED', 'no header of a picture');
    return { bytes, header };
  }
  const { art } = await readTags(window);
  const found = art.find(({ bytes }) => sha256(bytes) === embedded);
  if (!found) throw new FonotecaError('IMAGE_UNDECODABLE', `no picture ${embedded} in the file`);
  const { bytes, mime, widthPx, heightPx } = found;
  return { bytes, header: { mime, widthPx, heightPx } };
}
