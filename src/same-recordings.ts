/** Which other holdings are the same recording by their sound: evidence for a person, on which nothing acts. */
import type { Digest } from './base/digest.ts';
import { compareFingerprints, type Likeness } from './fingerprints/compare.ts';
import { parseRecordedText } from './fingerprints/fingerprint-text.ts';
import { startPostings } from './fingerprints/postings.ts';
import { findCandidates, type IndexPart, partInMemory } from './fingerprints/recording-index.ts';
import type { HeldHolding, Ledger } from './ledger/ledger.ts';

/** A holding that sounds the same. */
export interface SameRecording {
  readonly digest: Digest;
  readonly trackId: string | null;
  readonly title: string | null;
  readonly artist: string | null;
  readonly likeness: Likeness;
}

const PAGE_ROWS = 500;

/** A function that finds the other holdings of the archive that are the same recording as one, the surest first. */
export async function openSameRecordings(
  ledger: Ledger,
): Promise<(holding: HeldHolding) => Promise<SameRecording[]>> {
  const parts = [await readPart(ledger)];
  return async (holding) => {
    const fingerprint = holding.technical?.fingerprint;
    if (fingerprint === undefined || holding.withdrawn) return [];
    const words = parseRecordedText(fingerprint);
    const found: SameRecording[] = [];
    for (const { name } of findCandidates(parts, words)) {
      if (name === holding.digest) continue;
      const other = await sameAs(words, await ledger.holding(name as Digest));
      if (other) found.push(other);
    }
    return found.sort((a, b) => b.likeness.confidence - a.likeness.confidence);
  };
}

async function sameAs(
  words: Uint32Array,
  other: HeldHolding | undefined,
): Promise<SameRecording | undefined> {
  const fingerprint = other?.technical?.fingerprint;
  if (!other || other.withdrawn || fingerprint === undefined) return undefined;
  const likeness = compareFingerprints(words, parseRecordedText(fingerprint));
  if (!likeness?.same) return undefined;
  const { digest, trackId, description } = other;
  const { title = null, artist = null } = description ?? {};
  return { digest, trackId, title, artist, likeness };
}

async function readPart(ledger: Ledger): Promise<IndexPart> {
  const postings = startPostings();
  const names: string[] = [];
  for (let after = 0; ; ) {
    const rows = await ledger.fingerprints(after, PAGE_ROWS);
    for (const { digest, fingerprint } of rows) {
      postings.add(parseRecordedText(fingerprint));
      names.push(digest);
    }
    if (rows.length < PAGE_ROWS) return partInMemory(postings.build(), names);
    after = rows.at(-1)!.seq;
  }
}
