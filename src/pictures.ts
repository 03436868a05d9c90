/** Covers and spectrograms over an open archive, and the cache they share. */
import type { Archive } from './archive.ts';
import { type Covers, openCovers } from './art/covers.ts';
import { clearPictureCache, openPictureCache, type PictureCache } from './art/picture-cache.ts';
import { openSpectrograms, type Spectrograms } from './art/spectrograms.ts';

/** Covers of `archive`, as encoding carries them. */
export function coversOf(archive: Archive): Covers {
  return openCovers({ ...archive, cache: cacheOf(archive) });
}

/** What a site of `archive` shows beside its words. */
export function sitePictures(archive: Archive): { covers: Covers; spectrograms: Spectrograms } {
  const deps = { ...archive, cache: cacheOf(archive) };
  return { covers: openCovers(deps), spectrograms: openSpectrograms(deps) };
}

/** Lets go of all pictures that were made: some may show what is withdrawn now. */
export function forgetPictures({ disk, layout }: Archive): void {
  clearPictureCache(disk, layout.cache);
}

function cacheOf({ disk, layout }: Archive): PictureCache {
  return openPictureCache(disk, layout.cache);
}
