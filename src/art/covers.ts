/**
 * Covers made small: found by the one look-up, decoded and scaled in the limited worker, kept in a bounded cache.
 * docs/formats/art.md.
 */
import type { AudioDoor } from '../audio/door.ts';
import { pictureBuild } from '../audio/image-build.ts';
import { readImageHeader } from '../audio/image-header.ts';
import type { PictureFile } from '../audio/image-request.ts';
import type { Clock } from '../base/clock.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';
import type { CoverOrigin, CoverSize, CoverSource, ScaledCover } from '../model/cover.ts';
import { decide } from '../model/rights.ts';
import type { Store } from '../store/store.ts';
import { type BoundedWork, BUSY, startBoundedWork } from './bounded-work.ts';
import { type CoverPlace, coverPlaces } from './find-cover.ts';
import type { PictureCache } from './picture-cache.ts';

/** What covers are made from. */
export interface CoverDeps {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly clock: Clock;
  readonly cache: PictureCache;
  audio(): Promise<Pick<AudioDoor, 'picture'>>;
}

/** Covers: what encoding asks for, and what a page shows. */
export interface Covers extends CoverSource {
  /** The picture at `place` within a square of `sizePx`; null when it cannot be shown, `BUSY` when too many wait. */
  scaled(place: CoverPlace, sizePx: CoverSize): Promise<ScaledCover | null | typeof BUSY>;
  /** The picture at `place` as it is, or null when it is not in the file. */
  asHeld(place: CoverPlace): Promise<{ bytes: Uint8Array; mimeType: string } | null | typeof BUSY>;
}

/** Decoded at once, and waiting: two walls of covers. */
const LIMITS = { running: 4, waiting: 64 };
/** Pictures that were refused and are not tried again; a digest and a size each. */
const MAX_REFUSED = 10_000;

/** Covers over `deps`. */
export function openCovers(deps: CoverDeps): Covers {
  const work = startBoundedWork<ScaledCover | null>(LIMITS);
  const raw = startBoundedWork<{ bytes: Uint8Array; mimeType: string } | null>(LIMITS);
  const refused = new Set<string>();
  const build = pictureBuild();

  const scaled = async (place: CoverPlace, sizePx: CoverSize, run: Run) => {
    const { fileDigest, pictureDigest } = place;
    const origin = { fileDigest, pictureDigest, sizePx, build };
    const key = `cover ${pictureDigest} ${sizePx} ${build}`;
    const kept = deps.cache.get(key);
    if (kept) return coverOf(kept, origin);
    if (refused.has(key)) return null;
    return run(key, async () => {
      const bytes = await ask(deps, place, sizePx);
      if (!bytes) {
        if (refused.size < MAX_REFUSED) refused.add(key);
        return null;
      }
      // What was withdrawn meanwhile is not to lie about.
      if (!(await deps.ledger.isWithdrawn(fileDigest))) deps.cache.put(key, bytes);
      return coverOf(bytes, origin);
    });
  };
  const first = async (places: readonly CoverPlace[], sizePx: CoverSize) => {
    for (const place of places) {
      const cover = await scaled(place, sizePx, work.runPatiently);
      if (cover && cover !== BUSY) return cover;
    }
    return null;
  };
  return {
    scaled: (place, sizePx) => scaled(place, sizePx, work.run),
    asHeld: (place) =>
      raw.run(place.pictureDigest, async () => {
        const bytes = await ask(deps, place, null);
        const header = bytes && readImageHeader(bytes);
        return header ? { bytes, mimeType: header.mime } : null;
      }),
    async coverFor(digest, sizePx) {
      const holding = await deps.ledger.holding(digest);
      if (!holding) return null;
      return first(await carriedPlaces(deps, holding), sizePx);
    },
    async coverAgain({ fileDigest, pictureDigest, sizePx }) {
      const holding = await deps.ledger.holding(fileDigest);
      if (!holding || holding.withdrawn || holding.dropped) return null;
      return first([{ fileDigest, pictureDigest, holding }], sizePx);
    },
  };
}

type Run = BoundedWork<ScaledCover | null>['run'];

/** Where a cover that may travel inside a derivative of `holding` is: a picture of other people's right needs theirs. */
async function carriedPlaces(
  { ledger, clock }: CoverDeps,
  holding: HeldHolding,
): Promise<CoverPlace[]> {
  const track = holding.trackId === null ? undefined : await ledger.track(holding.trackId);
  const albumId = track?.albumId ?? holding.albumId;
  const album = albumId === null ? [] : await ledger.holdingsOfAlbum(albumId);
  const places = await coverPlaces(ledger, { album, originals: [holding] });
  const day = clock.nowIso().slice(0, 10);
  return places.filter(
    ({ holding: { digest, rights } }) =>
      digest === holding.digest ||
      (['distribute', 'derive'] as const).every(
        (use) => decide(rights, use, 'everywhere', day).allowed,
      ),
  );
}

/** The picture at `place`, or null when it is refused. Trouble with the store or the machine is thrown. */
async function ask(
  { store, audio }: CoverDeps,
  { fileDigest, pictureDigest }: CoverPlace,
  sidePx: number | null,
): Promise<Uint8Array | null> {
  const sizeBytes = await store.sizeOf(fileDigest);
  if (sizeBytes === undefined) return null;
  const embedded = pictureDigest === fileDigest ? null : pictureDigest;
  const file = fileOf(store, fileDigest, { sizeBytes, embedded });
  const door = await audio();
  const attempt = await door.picture(file, { subject: fileDigest, sidePx });
  if (attempt.ok) return attempt.value.bytes;
  const { code, seen } = attempt.finding;
  if (/^(?:IMAGE|SUBPROCESS)_/.test(code)) return null;
  throw new FonotecaError(code, seen);
}

/** Stretches of a file in the store; a loose object is read whole, since only so is it verified. */
function fileOf(
  store: Store,
  digest: Digest,
  told: Pick<PictureFile, 'sizeBytes' | 'embedded'>,
): PictureFile {
  return {
    ...told,
    async *read(start, end) {
      if (store.loose.sizeOf(digest) === undefined) {
        yield* store.read(digest, { start, end });
        return;
      }
      let at = 0;
      for await (const chunk of store.read(digest)) {
        yield chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
        at += chunk.length;
      }
    },
  };
}

function coverOf(bytes: Uint8Array, origin: CoverOrigin): ScaledCover | null {
  const header = readImageHeader(bytes);
  if (header?.mime !== 'image/jpeg') return null;
  const { widthPx, heightPx } = header;
  return { bytes, mimeType: 'image/jpeg', widthPx, heightPx, digest: sha256(bytes), origin };
}
