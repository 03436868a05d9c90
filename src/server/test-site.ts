/** The site of a test archive, for the tests of this folder. Input: the archive. Output: the server's port over it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { openCovers } from '../art/covers.ts';
import { openPictureCache } from '../art/picture-cache.ts';
import { openSpectrograms } from '../art/spectrograms.ts';
import type { AudioDoor } from '../audio/door.ts';
import { fixedClock } from '../base/clock.ts';
import { openHeldSearch } from '../catalogue/held-search.ts';
import { publicKeyBase64 } from '../formats/minisign.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { TEST_KEY, type TestArchive } from '../publishing/test-archive.ts';
import { openStore } from '../store/store.ts';
import { createSite } from './site.ts';
import type { SitePort } from './site-port.ts';

/** The site of `archive` on 1 February 2026; `ledger` where a test listens to what is asked of it. */
export function testSite(
  { root, deps: { ledger: own, disk } }: TestArchive,
  { ledger = own }: { readonly ledger?: Ledger } = {},
): SitePort {
  const store = openStore(disk, root, async (digest) => {
    const [place] = await own.places(digest);
    const volume = place && (await own.volume(place.volume));
    return volume && { ...place, volumeSizeBytes: volume.sizeBytes, piecesRoot: volume.piecesRoot };
  });
  const clock = fixedClock('2026-02-01T00:00:00Z');
  const cache = openPictureCache(disk, path.join(root, 'cache'));
  const audio = (): Promise<AudioDoor> => assert.fail('no picture is asked for here');
  const pictures = { ledger, store, clock, cache, audio };
  return createSite({
    ...{ ledger, disk, store, clock },
    covers: openCovers(pictures),
    spectrograms: openSpectrograms(pictures),
    search: openHeldSearch(ledger),
    reported: () => null,
    catalogue: { look: (work) => work(undefined), meant: async (id) => id },
    archive: {
      name: 'Prueba',
      operator: null,
      contact: 'rights@archive.example',
      publicKey: publicKeyBase64(TEST_KEY.publicKey),
    },
  });
}
