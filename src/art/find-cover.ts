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
  const places = coversBeside(album);
  // Of several originals of a track the one that came last speaks for it.
  for (const holding of [...originals.toReversed(), ...others]) {
    const place = await coverInside(ledger, holding);
    if (place) places.push(place);
  }
  return places;
}

/** The covers that lie beside the files of an album, of all that is held of it, in the order they came. */
export function coversBeside(album: readonly HeldHolding[]): CoverPlace[] {
  return album.filter(isCoverFile).map((holding) => {
    const { digest } = holding;
    return { fileDigest: digest, pictureDigest: digest, holding };
  });
}

/** The cover inside `holding` or, where that was dropped, inside what was made from it; undefined when there is none. */
export async function coverInside(
  ledger: Pick<Ledger, 'derivativesOf'>,
  holding: HeldHolding,
): Promise<CoverPlace | undefined> {
  if (holding.withdrawn) return undefined;
  if (!holding.dropped) return placeIn(holding);
  const derivatives = await ledger.derivativesOf(holding.digest);
  return derivatives.map((derivative) => placeIn(holding, derivative)).find((place) => place);
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

/** The picture said to be the front; else the first that is not said to be something else. */
function frontOf(pictures: readonly HeldPicture[]): HeldPicture | undefined {
  const shown = pictures.filter(isShowable);
  const isFront = ({ shows }: HeldPicture) => /front/i.test(shows);
  const isUnsaid = ({ shows }: HeldPicture) => shows === '' || /^other$/i.test(shows);
  return shown.find(isFront) ?? shown.find(isUnsaid) ?? shown[0];
}
