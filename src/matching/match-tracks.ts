/**
 * Matches what is held with a snapshot: each track that has no match is decided on, and what is decided becomes a fact.
 * Killed anywhere, the same call goes on with what is left. Memory: a page of tracks and what is listed.
 */
import type { Watch } from '../base/progress.ts';
import type { Ledger, TrackRow } from '../ledger/ledger.ts';
import type { Fact } from '../model/fact.ts';
import { stated } from '../model/holding.ts';
import type { TrackMatch } from '../model/match.ts';
import { decideMatch, type HeldTrack, type MatchDecision } from './decide-match.ts';
import type { CandidateSource } from './find-candidates.ts';

/** A track that several rows fit, or that contradicts itself: a person may decide. */
export interface UnsureTrack {
  readonly trackId: string;
  readonly title: string;
  readonly artist: string;
  readonly why: string;
  /** Ids of the rows, the highest first; at most 10. */
  readonly candidates: readonly string[];
}

/** What a run of matching came to. */
export interface MatchReport {
  /** Tracks that had no match and were looked at. */
  readonly looked: number;
  readonly matched: Readonly<Record<'mbid' | 'isrc' | 'names', number>>;
  /** In the order of their ids; at most 1,000 are listed, `unsureCount` counts all. */
  readonly unsure: readonly UnsureTrack[];
  readonly unsureCount: number;
  /** Tracks of which the snapshot knows nothing that fits. */
  readonly unknown: number;
  readonly matches: readonly TrackMatch[];
  readonly interrupted: boolean;
}

/** What matching works with. */
export interface MatchDeps {
  readonly ledger: Ledger;
  readonly candidates: CandidateSource;
  /** Whether facts are kept; without, the report tells what they would be. */
  readonly keeps: boolean;
}

const PAGE_ROWS = 500;
const MAX_UNSURE = 1000;
const MAX_CANDIDATES = 10;
/** Matches in the report: what a person may read; the ledger has all. */
const MAX_MATCHES = 1000;

/** Decides on every track without a match. The errors of the ledger, `SEARCH_INDEX_DAMAGED`. */
export async function matchTracks(deps: MatchDeps, watch: Watch): Promise<MatchReport> {
  const { ledger, candidates, keeps } = deps;
  const matched = { mbid: 0, isrc: 0, names: 0 };
  const unsure: UnsureTrack[] = [];
  const matches: TrackMatch[] = [];
  let [looked, unsureCount, unknown] = [0, 0, 0];
  let after: string | undefined;
  for (;;) {
    const page = await ledger.tracksWithoutMatch({ after, limit: PAGE_ROWS });
    const facts: Fact[] = [];
    for (const track of page) {
      if (watch.stop.aborted) break;
      const held = await heldTrack(ledger, track);
      const decision = decideMatch(held, candidates, await ledger.unmatchedFrom(track.id));
      looked += 1;
      if (decision.kind === 'matched') {
        const fact = factOf(held, decision, candidates.snapshotId);
        matched[decision.by] += 1;
        facts.push(fact);
        if (matches.length < MAX_MATCHES) matches.push(fact);
      } else if (decision.kind === 'ambiguous') {
        unsureCount += 1;
        if (unsure.length < MAX_UNSURE) unsure.push(unsureOf(held, decision));
      } else unknown += 1;
    }
    if (keeps) await ledger.commit(facts);
    watch.progress({ stage: 'match', doneItems: looked });
    if (page.length < PAGE_ROWS || watch.stop.aborted)
      return {
        ...{ looked, matched, unsure, unsureCount, unknown, matches },
        interrupted: watch.stop.aborted,
      };
    after = page.at(-1)!.id;
  }
}

async function heldTrack(ledger: Ledger, { id, description }: TrackRow): Promise<HeldTrack> {
  const holdings = await ledger.holdingsOfTrack(id);
  const technical = holdings.findLast((holding) => holding.technical !== null)?.technical;
  return { trackId: id, description, durationMs: stated(technical?.durationMs) };
}

function factOf(
  { trackId }: HeldTrack,
  { row, by, score, reason }: Extract<MatchDecision, { kind: 'matched' }>,
  snapshot: string,
): TrackMatch {
  return { kind: 'track-matched', trackId, catalogueId: row.id, by, score, reason, snapshot };
}

function unsureOf(
  { trackId, description }: HeldTrack,
  { rows, why, by }: Extract<MatchDecision, { kind: 'ambiguous' }>,
): UnsureTrack {
  return {
    trackId,
    title: description.title,
    artist: description.artist,
    why: `${by}: ${why}`,
    candidates: rows.slice(0, MAX_CANDIDATES).map(({ id }) => id),
  };
}
