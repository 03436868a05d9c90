/** What the planner weighs: a holding with what the ledger knows beside it, and the order in which it is taken. */
import { compareBytes } from '../base/safe-path.ts';
import type { Description } from '../model/description.ts';
import type { Holding } from '../model/holding.ts';

/** One original with what the planner needs to know of it. */
export interface Candidate {
  readonly holding: Holding;
  /** The history's number of its accession. */
  readonly seq: number;
  /** The track's description in force: a later table or re-tagging wins over the holding's own. */
  readonly description: Description | null;
  /** Whether its bytes already lie in a volume, where they stay. */
  readonly packedOriginal: boolean;
  /** The size of its derivative where one was made. */
  readonly derivativeBytes: number | undefined;
  readonly derivativePacked: boolean;
  /** Why it could not be re-encoded, where that was tried. */
  readonly encodeRefusal: string | undefined;
  /** Its loose copy is gone; only the derivative is held. */
  readonly dropped: boolean;
}

/** Popularity of an audio candidate; null is unknown and is a class of its own. */
export function popularityOf(candidate: Candidate): number | null {
  return candidate.description?.popularity?.value ?? null;
}

/**
 * The secondary score of each album and artist, by which popularity-0 tracks are ordered: highest popularity of the
 * artist's tracks / 100 + highest of the album's / 100. Followers are not known of local tracks and count 0.
 */
export function secondaryScores(
  candidates: readonly Candidate[],
): (candidate: Candidate) => number {
  const highest = new Map<string, number>();
  const keysOf = ({ holding, description }: Candidate) => [
    `artist ${description?.artist}`,
    `album ${holding.albumId}`,
  ];
  for (const candidate of candidates) {
    for (const key of keysOf(candidate)) {
      highest.set(key, Math.max(highest.get(key) ?? 0, popularityOf(candidate) ?? 0));
    }
  }
  return (candidate) =>
    keysOf(candidate).reduce((sum, key) => sum + (highest.get(key) ?? 0) / 100, 0);
}

/**
 * Audio candidates in order of acquisition: popularity descending, then popularity 0 by secondary score, then
 * unknown; ties by album, disc, number and digest. A total order that depends on no clock and no order of arrival.
 */
export function inOrderOfAcquisition(candidates: readonly Candidate[]): Candidate[] {
  const score = secondaryScores(candidates);
  // Unknown sorts after 0: nothing says that it is less wanted, but nothing says that it is wanted.
  const rank = (candidate: Candidate) => popularityOf(candidate) ?? -1;
  return [...candidates].sort(
    (a, b) =>
      rank(b) - rank(a) ||
      (rank(a) === 0 ? score(b) - score(a) : 0) ||
      compareBytes(a.holding.albumId ?? '', b.holding.albumId ?? '') ||
      (a.description?.discNumber ?? 1) - (b.description?.discNumber ?? 1) ||
      (a.description?.trackNumber ?? 0) - (b.description?.trackNumber ?? 0) ||
      compareBytes(a.holding.digest, b.holding.digest),
  );
}
