/**
 * Which files a withdrawal means. Input: holdings a person named, a rights holder, or what has ended. Output: items,
 * each once, in the order they came. A track goes with all its originals and derivatives; what belongs to an album goes
 * with the last of its tracks.
 */
import type { Digest } from '../base/digest.ts';
import type { HeldHolding, Ledger } from '../ledger/ledger.ts';
import { decideDerivative, decideDistribution } from '../model/rights.ts';
import { itemOfDerivative, itemOfHolding, type WithdrawalItem } from './withdrawal-item.ts';

/** What is to be withdrawn or restored. */
export type WithdrawalChoice =
  | { readonly holdings: readonly HeldHolding[] }
  /** A rights holder by name, in Unicode NFC. */
  | { readonly holder: string }
  /** Published files that may not be distributed on `day` (`YYYY-MM-DD`) any more. */
  | { readonly endedOn: string };

/** Every file that `choice` means, withdrawn already or not. */
export async function chosenItems(
  ledger: Ledger,
  choice: WithdrawalChoice,
): Promise<WithdrawalItem[]> {
  if ('endedOn' in choice) return endedItems(ledger, choice.endedOn);
  const named =
    'holdings' in choice ? choice.holdings : await holdingsOfHolder(ledger, choice.holder);
  const holdings = new Map<Digest, HeldHolding>();
  for (const holding of named) {
    const all = holding.trackId === null ? [] : await ledger.holdingsOfTrack(holding.trackId);
    for (const one of [holding, ...all]) holdings.set(one.digest, one);
  }
  const items: WithdrawalItem[] = [];
  for (const holding of holdings.values()) {
    items.push(itemOfHolding(holding));
    for (const derivative of await ledger.derivativesOf(holding.digest))
      items.push(itemOfDerivative(derivative, holding));
  }
  return items;
}

/** What is recorded as `holder`'s, the name being the same letter for letter in Unicode NFC. */
export async function holdingsOfHolder(ledger: Ledger, holder: string): Promise<HeldHolding[]> {
  const all = await ledger.holdings();
  return all.filter(({ rights }) => rights.holder?.normalize('NFC') === holder);
}

/** The companions of albums of which nothing is left once `items` are withdrawn; none that is among `items`. */
export async function orphanedCompanions(
  ledger: Ledger,
  items: readonly WithdrawalItem[],
): Promise<WithdrawalItem[]> {
  const gone = new Set([
    ...(await ledger.withdrawnDigests()),
    ...items.map(({ digest }) => digest),
  ]);
  const orphans: WithdrawalItem[] = [];
  for (const albumId of await albumsOf(ledger, items)) {
    const holdings = await ledger.holdingsOfAlbum(albumId);
    if (holdings.some(({ kind, digest }) => kind === 'audio' && !gone.has(digest))) continue;
    for (const holding of holdings)
      if (holding.kind === 'companion' && !gone.has(holding.digest))
        orphans.push(itemOfHolding(holding));
  }
  return orphans;
}

/**
 * The withdrawn companions that went with `items`: of their albums, by a tombstone of the same moment and reason. One
 * that was withdrawn for itself stays withdrawn.
 */
export async function companionsGoneWith(
  ledger: Ledger,
  items: readonly WithdrawalItem[],
): Promise<WithdrawalItem[]> {
  const newest = new Map((await ledger.tombstones()).map((stone) => [stone.digest, stone]));
  const momentOf = (digest: Digest) => {
    const stone = newest.get(digest);
    return stone?.kind === 'withdrawn' ? `${stone.date} ${stone.reason}` : undefined;
  };
  const moments = new Set(items.map(({ digest }) => momentOf(digest)));
  const chosen = new Set(items.map(({ digest }) => digest));
  const found: WithdrawalItem[] = [];
  for (const albumId of await albumsOf(ledger, items))
    for (const holding of await ledger.holdingsOfAlbum(albumId)) {
      const moment = momentOf(holding.digest);
      if (holding.kind !== 'companion' || moment === undefined || chosen.has(holding.digest))
        continue;
      if (moments.has(moment)) found.push(itemOfHolding(holding));
    }
  return found;
}

async function albumsOf(ledger: Ledger, items: readonly WithdrawalItem[]): Promise<Set<string>> {
  const albums = new Set<string>();
  for (const { kind, digest } of items) {
    if (kind !== 'original') continue;
    const albumId = (await ledger.holding(digest))?.albumId;
    if (albumId) albums.add(albumId);
  }
  return albums;
}

/** A derivative may have to go while its original stays, where only the right to make one has ended. */
async function endedItems(ledger: Ledger, day: string): Promise<WithdrawalItem[]> {
  const items = new Map<Digest, WithdrawalItem>();
  for (const { members } of await ledger.volumes())
    for (const { digest } of members) {
      const derivative = await ledger.derivative(digest);
      const holding = await ledger.holding(derivative?.sourceDigest ?? digest);
      if (!holding) continue;
      const decide = derivative ? decideDerivative : decideDistribution;
      if (decide(holding.rights, day).allowed) continue;
      items.set(
        digest,
        derivative ? itemOfDerivative(derivative, holding) : itemOfHolding(holding),
      );
    }
  return [...items.values()];
}
