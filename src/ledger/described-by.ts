/** What describes a holding: itself, or for a companion the album it lies with. */
import type { Description } from '../model/description.ts';
import type { HeldHolding, Ledger } from './ledger.ts';

/** The description of `holding` now; a companion is described by any track of its album, and by nothing without one. */
export async function describedBy(
  ledger: Pick<Ledger, 'tracksOfAlbum'>,
  { trackId, albumId, description }: HeldHolding,
): Promise<Description | null> {
  if (trackId !== null) return description;
  if (albumId === null) return null;
  return (await ledger.tracksOfAlbum(albumId))[0]?.description ?? null;
}
