/**
 * Covers and spectrograms of what is held, as far as the site may show them: a picture inside a file is given out where
 * the file or a derivative of it is.
 */
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { BUSY } from '../art/bounded-work.ts';
import type { Covers } from '../art/covers.ts';
import { type CoverPlace, coverInside, placeIn } from '../art/find-cover.ts';
import { isDrawable, type Spectrograms } from '../art/spectrograms.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import type { HeldHolding } from '../ledger/ledger.ts';
import type { CoverSize } from '../model/cover.ts';
import { fileName, filesOf, findFile, openHeldFile, type SiteFile } from './site-files.ts';
import type { ServedFile } from './site-port.ts';
import type { SiteSources } from './site-sources.ts';

/** What pictures are made with. */
export interface PictureMakers {
  readonly covers: Pick<Covers, 'scaled' | 'asHeld'>;
  readonly spectrograms: Spectrograms;
}

/** Pictures looked at between two turns of other requests. */
const PLACES_AT_ONCE = 20;

type ArtSources = SiteSources & PictureMakers;

/**
 * The digest of the file that is or holds the cover of a track with `originals`, or null when none may be shown: beside
 * the album's files, inside its own, inside the others of the album. What is the same for all tracks of the album is
 * asked once.
 */
export async function coverOfTrack(
  sources: SiteSources,
  albumId: string | null,
  originals: readonly HeldHolding[],
): Promise<string | null> {
  const album = albumId === null ? undefined : await sources.albumWhole(albumId);
  // Of several originals of a track the one that came last speaks for it.
  const own = () => coverInOriginals(sources, originals.toReversed());
  return album?.cover.beside ?? (await own()) ?? album?.cover.inside ?? null;
}

async function coverInOriginals(
  sources: SiteSources,
  originals: readonly HeldHolding[],
): Promise<string | null> {
  const places: CoverPlace[] = [];
  for (const holding of originals) {
    const place = await coverInside(sources.ledger, holding);
    if (place) places.push(place);
  }
  return firstCover(sources, places);
}

/** The first of `places` that may be shown, by the digest of the file that is or holds it. */
export async function firstCover(
  sources: SiteSources,
  places: readonly CoverPlace[],
): Promise<string | null> {
  for (const [at, place] of places.entries()) {
    if (await mayShow(sources, place)) return place.fileDigest;
    if (at % PLACES_AT_ONCE === PLACES_AT_ONCE - 1) await turnOfOthers();
  }
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
