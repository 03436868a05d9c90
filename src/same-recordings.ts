/** Which other holdings are the same recording by their sound: evidence for a person, on which nothing acts. */
import type { Digest } from './base/digest.ts';
import { compareFingerprints, type Likeness } from './fingerprints/compare.ts';
import { parseRecordedText } from './fingerprints/fingerprint-text.ts';
import { findCandidates, type IndexPart } from './fingerprints/recording-index.ts';
import type { HeldHolding, Ledger } from './ledger/ledger.ts';

/** A holding that sounds the same. */
export interface SameRecording {
  readonly digest: Digest;
  readonly trackId: string | null;
  readonly title: string | null;
  readonly artist: string | null;
  readonly likeness: Likeness;
}

/** The other holdings in `parts` of the index that are the same recording as `holding`, the surest first. */
export async function sameRecordings(
  ledger: Ledger,
  parts: readonly IndexPart[],
  holding: HeldHolding,
): Promise<SameRecording[]> {
  const fingerprint = holding.technical?.fingerprint;
  if (fingerprint === undefined || holding.withdrawn) return [];
  const words = parseRecordedText(fingerprint);
  const found: SameRecording[] = [];
  for (const { name, offsetWords } of findCandidates(parts, words)) {
    if (name === holding.digest) continue;
    const other = sameAs(words, await ledger.holding(name as Digest), offsetWords);
    if (other) found.push(other);
  }
  return found.sort((a, b) => b.likeness.confidence - a.likeness.confidence);
}

function sameAs(
  words: Uint32Array,
  other: HeldHolding | undefined,
  offsetWords: number,
): SameRecording | undefined {
  const fingerprint = other?.technical?.fingerprint;
  if (!other || other.withdrawn || fingerprint === undefined) return undefined;
  const likeness = compareFingerprints(words, parseRecordedText(fingerprint), offsetWords);
  if (!likeness?.same) return undefined;
  const { digest, trackId, description } = other;
  const { title = null, artist = null } = description ?? {};
  return { digest, trackId, title, artist, likeness };
}
