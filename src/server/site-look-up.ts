/** What the catalogue knows under many ids at once, whether it is held or not. */
import { lookUpAny, stableIdOf } from '../catalogue/look-up-any.ts';
import type { LookUpView } from './look-up-views.ts';
import type { SiteCatalogue } from './site-catalogue.ts';

type Answer = LookUpView['found'][number];

/** Ids between two turns of other requests: some ten milliseconds. */
const IDS_AT_ONCE = 20;
/** Rows of a recording, an ISRC, a UPC; the pages of albums and artists have all of theirs. */
const MOST_ROWS = 20;

/** What `catalogue` has under each of `ids`, in their order; undefined where there is no snapshot. */
export async function lookUpView(
  catalogue: SiteCatalogue,
  ids: readonly string[],
): Promise<LookUpView | undefined> {
  return await catalogue.look(async (snapshot) => {
    if (!snapshot) return undefined;
    const answers: Answer[] = [];
    for (const [at, asked] of ids.entries()) {
      if (at % IDS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
      const meant = await catalogue.meant(stableIdOf(asked));
      const looked = lookUpAny(snapshot, { asked, meant }, { limit: MOST_ROWS });
      const { kind, found, tracks, albums } = looked;
      const nothing = { asked, kind, tracks: [], albums: [], artists: [] };
      if (kind === 'recording' || found === undefined) answers.push({ ...nothing, tracks, albums });
      else if (found.kind === 'track') answers.push({ ...nothing, tracks: [found.track] });
      else if (found.kind === 'album') answers.push({ ...nothing, albums: [found.album] });
      else answers.push({ ...nothing, artists: [found.artist] });
    }
    return { found: answers };
  });
}
