/** A held sound drawn as a spectrogram into a file: from what a person types to a PNG. */
import type { AudioDoor } from './audio/door.ts';
import type { Digest } from './base/digest.ts';
import { type Disk, readWhole } from './base/disk.ts';
import { putFile } from './base/durable.ts';
import { FonotecaError } from './base/errors.ts';
import type { Ledger } from './ledger/ledger.ts';
import { findHolding } from './look-up.ts';
import type { Store } from './store/store.ts';

/** What drawing needs. */
export interface DrawDeps {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly disk: Disk;
  audio(): Promise<AudioDoor>;
}

/**
 * Draws what `id` names, or a derivative of it where the original was dropped, into `file`, where nothing else may be.
 * Returns the digest of what was drawn. Throws `NOT_HELD`, `FILE_EXISTS`, and what the sound was refused with.
 */
export async function drawSpectrogram(
  { id, file }: { readonly id: string; readonly file: string },
  deps: DrawDeps,
): Promise<Digest> {
  const holding = await findHolding(deps.ledger, id);
  const derivatives = await deps.ledger.derivativesOf(holding.digest);
  const drawn = holding.dropped ? derivatives[0] : holding;
  // What is withdrawn is sealed or gone.
  if (!drawn || holding.withdrawn) throw new FonotecaError('NOT_HELD', JSON.stringify(id));
  const { digest, sizeBytes } = drawn;
  const door = await deps.audio();
  const source = { sizeBytes, chunks: () => deps.store.read(digest) };
  const attempt = await door.spectrogram(source, { subject: digest });
  if (!attempt.ok) throw new FonotecaError(attempt.finding.code, attempt.finding.seen);
  if (
    !putFile(deps.disk, file, attempt.value, { replace: false }) &&
    !readWhole(deps.disk, file).equals(attempt.value)
  )
    throw new FonotecaError('FILE_EXISTS', file);
  return digest;
}
