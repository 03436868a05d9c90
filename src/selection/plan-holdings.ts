/**
 * The planner over what is held: for each original its tier or its reason, in order of acquisition, under a byte
 * budget. Pure: the same candidates give the same plan whatever the order they come in.
 */
import { compareBytes } from '../base/safe-path.ts';
import { formatSize } from '../base/sizes.ts';
import type { Plan, PlanEntry } from '../model/plan.ts';
import {
  type Candidate,
  inOrderOfAcquisition,
  popularityOf,
  secondaryScores,
} from './candidate.ts';
import { passingOver, type TierRules, tierOf } from './tier.ts';

/** What a plan is made with beside its candidates. */
export interface PlanOptions extends TierRules {
  readonly policy: string;
  /** Null is without limit. */
  readonly budgetBytes: number | null;
  readonly secondaryCutoff: number;
}

/** The plan over `candidates`. Every original has exactly one entry. */
export function planHoldings(candidates: readonly Candidate[], options: PlanOptions): Plan {
  const audio = inOrderOfAcquisition(candidates.filter(({ holding }) => holding.kind === 'audio'));
  const companions = candidates
    .filter(({ holding }) => holding.kind === 'companion')
    .sort((a, b) => compareBytes(a.holding.digest, b.holding.digest));
  const score = secondaryScores(audio);
  const chosen = oneHoldingOfEachTrack(audio);
  const recordings = new Set<string>();
  const wanted = audio.map((candidate) => {
    const entry = tierOf(candidate, options);
    return entry.tier === null
      ? entry
      : (passedOver(candidate, chosen, recordings, score(candidate), options) ?? entry);
  });
  const entries = underBudget(
    withCompanions(audio, wanted, companions, options),
    candidates,
    options.budgetBytes,
  );
  return {
    format: 'fonoteca-plan/1',
    policy: options.policy,
    budgetBytes: options.budgetBytes,
    plannedBytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
    entries,
  };
}

/** A re-tagged file leaves two originals of one track: what is packed stays the published one, else the latest is. */
function oneHoldingOfEachTrack(audio: readonly Candidate[]): Map<string, Candidate> {
  const chosen = new Map<string, Candidate>();
  const better = (a: Candidate, b: Candidate) => {
    const packed = (candidate: Candidate) =>
      candidate.packedOriginal ||
      candidate.derivativePacked ||
      candidate.derivativeBytes !== undefined;
    return packed(a) !== packed(b) ? packed(a) : a.seq > b.seq;
  };
  for (const candidate of audio) {
    const id = candidate.holding.trackId ?? candidate.holding.digest;
    const known = chosen.get(id);
    if (!known || better(candidate, known)) chosen.set(id, candidate);
  }
  return chosen;
}

function passedOver(
  candidate: Candidate,
  chosen: Map<string, Candidate>,
  recordings: Set<string>,
  score: number,
  options: PlanOptions,
): PlanEntry | undefined {
  const { holding } = candidate;
  const pass = passingOver(candidate);
  const published = chosen.get(holding.trackId ?? holding.digest);
  if (published !== undefined && published !== candidate)
    return pass(
      'same-recording-held',
      `the same audio is published from ${published.holding.digest.slice(0, 12)}`,
    );
  if (candidate.packedOriginal || candidate.derivativePacked || popularityOf(candidate) !== 0) {
    recordings.add(holding.technical?.audioDigest ?? holding.digest);
    return undefined;
  }
  const audioDigest = holding.technical?.audioDigest ?? holding.digest;
  if (recordings.has(audioDigest))
    return pass(
      'same-recording-held',
      'popularity 0, and one copy of the same audio is kept already',
    );
  if (score < options.secondaryCutoff)
    return pass(
      'low-priority',
      `popularity 0, and its secondary score ${score.toFixed(2)} is below ${options.secondaryCutoff}`,
    );
  recordings.add(audioDigest);
  return undefined;
}

/** Places each companion right behind the first published track of its album; without one it is passed over. */
function withCompanions(
  audio: readonly Candidate[],
  wanted: readonly PlanEntry[],
  companions: readonly Candidate[],
  options: PlanOptions,
): PlanEntry[] {
  const byAlbum = Map.groupBy(companions, ({ holding }) => holding.albumId);
  const entries: PlanEntry[] = [];
  wanted.forEach((entry, index) => {
    entries.push(entry);
    const albumId = audio[index]!.holding.albumId;
    if (entry.tier === null || albumId === null) return;
    for (const companion of byAlbum.get(albumId) ?? []) entries.push(tierOf(companion, options));
    byAlbum.delete(albumId);
  });
  const anyPublished = wanted.some((entry) => entry.tier !== null);
  for (const [albumId, rest] of byAlbum) {
    for (const companion of rest) {
      const entry = tierOf(companion, options);
      // Papers of no one album (a licence, the table) go with the whole; an album's own wait for its first track.
      const goes = companion.packedOriginal || (albumId === null && anyPublished);
      entries.push(
        entry.tier === null || goes
          ? entry
          : {
              ...entry,
              tier: null,
              reason: 'album-not-published',
              because: 'no track of its album is published',
              bytes: 0,
            },
      );
    }
  }
  return entries;
}

/**
 * Keeps entries in order until the first that no longer fits; all after it are passed over, so that a larger budget
 * never drops what a smaller one kept. What lies in a volume already is counted first and stays.
 */
function underBudget(
  entries: readonly PlanEntry[],
  candidates: readonly Candidate[],
  budgetBytes: number | null,
): PlanEntry[] {
  if (budgetBytes === null) return [...entries];
  const packed = new Set(
    candidates
      .filter((candidate) => candidate.packedOriginal || candidate.derivativePacked)
      .map(({ holding }) => holding.digest),
  );
  let left =
    budgetBytes -
    entries.reduce((sum, entry) => sum + (packed.has(entry.digest) ? entry.bytes : 0), 0);
  let spent = false;
  return entries.map((entry) => {
    if (entry.tier === null || packed.has(entry.digest)) return entry;
    if (!spent && entry.bytes <= left) {
      left -= entry.bytes;
      return entry;
    }
    spent = true;
    return {
      ...entry,
      tier: null,
      reason: 'over-budget',
      because: `beyond the budget of ${formatSize(budgetBytes)}`,
      bytes: 0,
    };
  });
}
