/**
 * Covers and spectrograms of what is held, as far as the site may show them: a picture inside a file is given out where
 * the file or a derivative of it is.
 */
import { BUSY } from '../art/bounded-work.ts';
import type { Covers } from '../art/covers.ts';
import { type CoverPlace, type CoverWish, coverPlaces, placeIn } from '../art/find-cover.ts';
import { isDrawable, type Spectrograms } from '../art/spectrograms.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import type { CoverSize } from '../model/cover.ts';
import {
  fileName,
  filesOf,
  findFile,
  openHeldFile,
  type SiteFile,
  type SiteSources,
} from './site-files.ts';
import type { ServedFile } from './site-port.ts';

/** What pictures are shown from. */
export interface ArtSources extends SiteSources {
  readonly covers: Pick<Covers, 'scaled' | 'asHeld'>;
  readonly spectrograms: Spectrograms;
}

/** The digest of the file that is or holds the cover of `wish`, or null when none may be shown. */
export async function coverOf(sources: SiteSources, wish: CoverWish): Promise<string | null> {
  for (const place of await coverPlaces(sources.ledger, wish))
    if (await mayShow(sources, place)) return place.fileDigest;
  return null;
}

/** The picture that the file with `digest` is or holds, within a square of `sizePx` or as it is. */
export async function openPicture(
  sources: ArtSources,
  digest: Digest,
  sizePx: CoverSize | null,
): Promise<ServedFile | 'busy' | undefined> {
  const file = await findFile(sources, digest);
  const place = file && placeIn(file.holding, file.derivative);
  if (!place || !(await mayShow(sources, place))) return undefined;
  if (sizePx === null)
    return place.pictureDigest === digest
      ? openHeldFile(sources, digest, 'distribute')
      : openEmbedded(sources, place);
  const cover = await sources.covers.scaled(place, sizePx);
  if (cover === BUSY) return 'busy';
  return cover ? servedBytes(cover.bytes, cover.mimeType, `cover-${sizePx}.jpg`) : undefined;
}

/** A picture of the sound of the file with `digest`, where it may be heard. */
export async function openSpectrogram(
  sources: ArtSources,
  digest: Digest,
): Promise<ServedFile | 'busy' | undefined> {
  const file = await findFile(sources, digest);
  if (!file || !hasSpectrogram(file)) return undefined;
  const { technical, sizeBytes } = file.derivative ?? file.holding;
  const durationMs = technical?.durationMs ?? 0;
  const picture = await sources.spectrograms.draw({ digest, sizeBytes, durationMs });
  if (picture === BUSY) return 'busy';
  if (!picture) return undefined;
  return servedBytes(picture, 'image/png', `${fileName(file)}.spectrogram.png`);
}

/** Whether the sound of `file` is drawn for whoever asks. */
export function hasSpectrogram({ mayStream, holding, derivative }: SiteFile): boolean {
  return mayStream && isDrawable((derivative ?? holding).technical?.durationMs);
}

async function openEmbedded(
  { covers }: ArtSources,
  place: CoverPlace,
): Promise<ServedFile | 'busy' | undefined> {
  const held = await covers.asHeld(place);
  if (held === BUSY) return 'busy';
  return held ? servedBytes(held.bytes, held.mimeType, 'cover') : undefined;
}

/** A picture goes with the files it came in: one of them must be given out, and for a file of its own that one. */
async function mayShow(sources: SiteSources, { holding }: CoverPlace): Promise<boolean> {
  return (await filesOf(sources, [holding])).some(({ mayTake }) => mayTake);
}

function servedBytes(bytes: Uint8Array, mimeType: string, name: string): ServedFile {
  return {
    sizeBytes: bytes.length,
    mimeType,
    fileName: name,
    identity: sha256(bytes),
    async *read(start, end) {
      yield bytes.subarray(start, end);
    },
  };
}
