/**
 * An album as a whole, from one look at all that is held of it: what its page tells whichever part of its tracks is
 * shown, what a grid shows of it, and the cover that its tracks share.
 */
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { type CoverPlace, coverInside, coversBeside } from '../art/find-cover.ts';
import type { HeldHolding, TrackRow } from '../ledger/ledger.ts';
import { licenceTerms } from '../model/licence.ts';
import { firstCover } from './site-art.ts';
import { fileName, filesOf } from './site-files.ts';
import { isOpen, isShown } from './site-rights.ts';
import type { AlbumWhole, SiteSources } from './site-sources.ts';
import { dayOf } from './until-next-fact.ts';

/** Tracks between two turns of other requests: some milliseconds. */
const TRACKS_AT_ONCE = 20;

/** The album with `id`, or undefined when nothing of it may be shown. Cost: one pass over its tracks and holdings. */
export async function readAlbumWhole(
  sources: SiteSources,
  id: string,
): Promise<AlbumWhole | undefined> {
  const { ledger } = sources;
  const day = dayOf(sources);
  const sum = { trackCount: 0, presentCount: 0, durationMs: 0, sizeBytes: 0 };
  const genres = new Set<string>();
  const licences = new Set<string>();
  const pictures: CoverPlace[] = [];
  for await (const { row, held } of heldTracks(sources, id)) {
    for (const holding of held) {
      const place = await coverInside(ledger, holding);
      if (place) pictures.push(place);
    }
    const shown = held.filter(isShown);
    if (shown.length === 0) continue;
    sum.trackCount += 1;
    if (shown.some(({ withdrawn }) => !withdrawn)) sum.presentCount += 1;
    // The last of a track's files speaks for it.
    sum.durationMs += Math.round(shown.at(-1)!.technical?.durationMs ?? 0);
    for (const { rights, sizeBytes } of shown) {
      if (rights.licence !== null) licences.add(rights.licence);
      if (isOpen(rights, day)) sum.sizeBytes += sizeBytes;
    }
    if (row.description.genre !== undefined) genres.add(row.description.genre);
  }
  if (sum.trackCount === 0) return undefined;
  const companions = await ledger.companionsOfAlbum(id);
  return {
    ...sum,
    genres: [...genres],
    licences: [...licences].map((licence) => ({
      id: licence,
      url: licenceTerms(licence)?.url ?? null,
    })),
    companions: await companionsOf(sources, companions),
    cover: {
      beside: await firstCover(sources, coversBeside(companions)),
      // In the order they came, as a derivative looks for its cover.
      inside: await firstCover(
        sources,
        pictures.sort((a, b) => a.holding.seq - b.holding.seq),
      ),
    },
  };
}

/** Each track of the album with all that is held of it; others have their turn now and then. */
async function* heldTracks(
  { ledger }: SiteSources,
  albumId: string,
): AsyncGenerator<{ row: TrackRow; held: HeldHolding[] }> {
  for (const [at, row] of (await ledger.tracksOfAlbum(albumId)).entries()) {
    if (at % TRACKS_AT_ONCE === TRACKS_AT_ONCE - 1) await turnOfOthers();
    yield { row, held: await ledger.holdingsOfTrack(row.id) };
  }
}

async function companionsOf(
  sources: SiteSources,
  companions: readonly HeldHolding[],
): Promise<AlbumWhole['companions']> {
  const files = await filesOf(sources, companions);
  return files
    .filter(({ mayTake }) => mayTake)
    .map((file) => ({
      digest: file.digest,
      fileName: fileName(file),
      role: file.holding.role ?? 'file',
      mimeType: file.holding.mimeType,
      sizeBytes: file.holding.sizeBytes,
    }));
}
