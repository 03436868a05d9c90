/**
 * The one look-up of covers: beside the files first (`cover`, `folder`, `front`), then inside the file itself, then
 * inside the other files of the album. Pages, derivatives and every later door ask here.
 */
import { isWithinPixelCap } from '../audio/image-header.ts';
import type { Digest } from '../base/digest.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';
import type { HeldPicture } from '../model/cover.ts';
import type { Derivative } from '../model/holding.ts';

/** Where a cover is. */
export interface CoverPlace {
  /** The file that is the picture or holds it: an original or a derivative. */
  readonly fileDigest: Digest;
  /** SHA-256 of the picture; equal to `fileDigest` for a file of its own. */
  readonly pictureDigest: Digest;
  /** The original whose rights speak for it. */
  readonly holding: HeldHolding;
}

/** What is asked for: a track by its originals, an album by all that is held of it, or both. */
export interface CoverWish {
  readonly album: readonly HeldHolding[];
  readonly originals: readonly HeldHolding[];
}

const PICTURE_TYPE = /^image\/(?:jpeg|png|webp)$/;

/** The places where the cover of `wish` may be, the best first; what is withdrawn is none. */
export async function coverPlaces(
  ledger: Pick<Ledger, 'derivativesOf'>,
  { album, originals }: CoverWish,
): Promise<CoverPlace[]> {
  const own = new Set(originals.map(({ digest }) => digest));
  const others = album.filter(({ kind, digest }) => kind === 'audio' && !own.has(digest));
  const places = album.filter(isCoverFile).map((holding): CoverPlace => {
    const { digest } = holding;
    return { fileDigest: digest, pictureDigest: digest, holding };
  });
  // Of several originals of a track the one that came last speaks for it.
  for (const holding of [...originals.toReversed(), ...others]) {
    if (holding.withdrawn) continue;
    const place = await placeInside(ledger, holding);
    if (place) places.push(place);
  }
  return places;
}

/** The cover in `file`, which is the picture itself or holds it, or undefined when it is none. */
export function placeIn(holding: HeldHolding, derivative?: Derivative): CoverPlace | undefined {
  const { digest } = derivative ?? holding;
  if (derivative) {
    const { cover } = derivative.engine;
    return cover && { fileDigest: digest, pictureDigest: cover.digest, holding };
  }
  if (holding.kind === 'companion')
    return PICTURE_TYPE.test(holding.mimeType)
      ? { fileDigest: digest, pictureDigest: digest, holding }
      : undefined;
  const picture = frontOf(holding.pictures ?? []);
  return picture && { fileDigest: digest, pictureDigest: picture.digest, holding };
}

function isCoverFile({ kind, role, mimeType, withdrawn, pictures }: HeldHolding): boolean {
  if (kind !== 'companion' || role !== 'cover' || withdrawn) return false;
  // Told by its own header where that was recorded, else by its name.
  return pictures ? pictures.some(isShowable) : PICTURE_TYPE.test(mimeType);
}

/** GIF is not shown, nor what is too large to be decoded. */
function isShowable(picture: HeldPicture): boolean {
  return PICTURE_TYPE.test(picture.mimeType) && isWithinPixelCap(picture.mimeType, picture);
}

/** Of an original that was dropped only the derivative is there, with the picture that was written into it. */
async function placeInside(
  ledger: Pick<Ledger, 'derivativesOf'>,
  holding: HeldHolding,
): Promise<CoverPlace | undefined> {
  if (!holding.dropped) return placeIn(holding);
  const derivatives = await ledger.derivativesOf(holding.digest);
  return derivatives.map((derivative) => placeIn(holding, derivative)).find((place) => place);
}

/** The picture said to be the front; else the first that is not said to be something else. */
function frontOf(pictures: readonly HeldPicture[]): HeldPicture | undefined {
  const shown = pictures.filter(isShowable);
  const isFront = ({ shows }: HeldPicture) => /front/i.test(shows);
  const isUnsaid = ({ shows }: HeldPicture) => shows === '' || /^other$/i.test(shows);
  return shown.find(isFront) ?? shown.find(isUnsaid) ?? shown[0];
}
