/** From what a person types (a stable id, a digest or the start of one) to what is held. */
import type { Digest } from './base/digest.ts';
import { FonotecaError } from './base/errors.ts';
import { mergedId } from './cataloguing.ts';
import type { HeldHolding, Ledger } from './ledger/ledger.ts';
import { STABLE_ID } from './model/ids.ts';
import { CATALOGUE_ID } from './model/match.ts';

/** Fewest digits of a digest that are taken for one. */
const MIN_PREFIX_DIGITS = 8;

/** The holdings that `id` names: a track's, an album's, those matched with that id of the catalogue, or the one with that digest. Empty when nothing has that name. */
export async function findHoldings(ledger: Ledger, id: string): Promise<HeldHolding[]> {
  if (STABLE_ID.test(id)) {
    const ofTrack = await ledger.holdingsOfTrack(id);
    if (ofTrack.length > 0) return ofTrack;
    const ofAlbum = await ledger.holdingsOfAlbum(id);
    if (ofAlbum.length > 0) return ofAlbum;
  }
  if (CATALOGUE_ID.test(id)) {
    const matches = await ledger.matchesWith(await mergedId(ledger, id));
    return (
      await Promise.all(matches.map(({ trackId }) => ledger.holdingsOfTrack(trackId)))
    ).flat();
  }
  if (/^[0-9a-f]{64}$/.test(id)) {
    const derivative = await ledger.derivative(id as Digest);
    const holding = await ledger.holding(derivative?.sourceDigest ?? (id as Digest));
    return holding ? [holding] : [];
  }
  if (id.length < MIN_PREFIX_DIGITS || !/^[0-9a-f]+$/.test(id)) return [];
  return (await ledger.holdings()).filter(({ digest }) => digest.startsWith(id));
}

/** The one holding that `id` names, the latest of a re-tagged track; `NOT_HELD` when there is none. */
export async function findHolding(ledger: Ledger, id: string): Promise<HeldHolding> {
  const holding = (await findHoldings(ledger, id)).at(-1);
  if (!holding) throw new FonotecaError('NOT_HELD', JSON.stringify(id));
  return holding;
}
