/**
 * Takes sealed copies of what is about to be zeroed or removed. Input: a redaction, or withdrawn loose objects. Output:
 * sealed copies, durable. Bytes that are damaged already cannot be kept under their digest; that is told and does not
 * keep them published.
 */

import { canonicalJson } from '../base/canonical-json.ts';
import type { Digest } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { isTombstone } from '../formats/volume-index.ts';
import type { Volume } from '../model/volume.ts';
import type { RedactionPlan } from '../store/redact-volume.ts';
import type { SealedPlace } from '../store/sealed.ts';
import type { RightsDeps } from './withdrawal-item.ts';

/** Keeps what `plan` zeroes in `volume`; the digests of which no copy could be kept. */
export async function sealMembers(
  { store, sealed }: Pick<RightsDeps, 'store' | 'sealed'>,
  volume: Volume,
  plan: RedactionPlan,
): Promise<Digest[]> {
  const unsealed: Digest[] = [];
  const identity = {
    volume: volume.name,
    volumeSizeBytes: volume.sizeBytes,
    piecesRoot: volume.piecesRoot,
  };
  const entries = new Map(plan.state.head.entries.map((entry) => [entry.line.path, entry]));
  for (const { path, digest, payloadPositionBytes: start, sizeBytes } of plan.withdrawn) {
    const line = entries.get(path)?.line;
    // A tombstone here means that a redaction was begun: what it zeroes was sealed before.
    if (line === undefined || isTombstone(line) || sealed.isDestroyed(digest)) continue;
    const range = { start, end: start + sizeBytes };
    const place = { volume: volume.name, path, line: canonicalJson(line) };
    const isKept = await keep(sealed, digest, store.volumes.read(identity, range), [place]);
    if (!isKept) unsealed.push(digest);
  }
  return unsealed;
}

/** Seals and removes the loose copies of what is withdrawn. */
export async function removeLoose(
  { store, sealed, ledger }: Pick<RightsDeps, 'store' | 'sealed' | 'ledger'>,
  withdrawn: ReadonlySet<Digest>,
): Promise<{ removed: number; unsealed: Digest[] }> {
  const unsealed: Digest[] = [];
  let removed = 0;
  for (const digest of withdrawn) {
    if (store.loose.sizeOf(digest) === undefined) continue;
    const isSpare = sealed.isDestroyed(digest) || sealed.has(digest);
    if (!isSpare && !(await keep(sealed, digest, store.loose.read(digest), []))) {
      // Damaged, so kept by nobody; what lies in a volume of it is judged there.
      if ((await ledger.places(digest)).length === 0) unsealed.push(digest);
    }
    store.loose.remove(digest);
    removed += 1;
  }
  return { removed, unsealed };
}

async function keep(
  sealed: RightsDeps['sealed'],
  digest: Digest,
  payload: Iterable<Uint8Array>,
  places: readonly SealedPlace[],
): Promise<boolean> {
  try {
    await sealed.keep(digest, payload, places);
    return true;
  } catch (error) {
    if (error instanceof FonotecaError && error.code === 'STORE_OBJECT_DAMAGED') return false;
    throw error;
  }
}
