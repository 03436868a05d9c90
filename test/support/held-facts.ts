/** Facts of audio that is held, as `add` writes them, for tests of what comes after. */
import { sha256 } from '../../src/base/digest.ts';
import type { Description } from '../../src/model/description.ts';
import type { Fact } from '../../src/model/fact.ts';
import type { Holding } from '../../src/model/holding.ts';
import { trackIdOf } from '../../src/model/ids.ts';
import { type Rights, UNKNOWN_RIGHTS } from '../../src/model/rights.ts';

/** What a test says of a recording. */
export interface HeldSample extends Partial<Description> {
  readonly title: string;
  readonly artist: string;
  readonly durationMs: number;
  readonly rights?: Rights;
}

/** The accession of the recording that `key` names, with its track's id. */
export function heldFact(
  key: string,
  { durationMs, rights = UNKNOWN_RIGHTS, ...description }: HeldSample,
): { readonly trackId: string; readonly fact: Fact } {
  const digest = sha256(key);
  const trackId = trackIdOf(digest);
  const holding: Holding = {
    digest,
    sizeBytes: 1,
    kind: 'audio',
    extension: 'flac',
    mimeType: 'audio/flac',
    trackId,
    albumId: null,
    role: null,
    verdict: { state: 'intact' },
    technical: {
      ...{ format: 'flac', channels: 2, sampleRateHz: 44_100, bitrateKbps: 700 },
      durationMs,
      audioDigest: sha256(`sound ${key}`),
    },
    description: { popularity: null, from: 'tags', ...description },
    rights,
  };
  return { trackId, fact: { kind: 'holding-added', holding } };
}
