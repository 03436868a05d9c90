/** What was withdrawn does not come back by being added again: not the same bytes, and not the same sound with other tags. */
import type { Digest } from '../base/digest.ts';
import type { AddSession } from './add-session.ts';
import type { StagedFile } from './stage-file.ts';

/**
 * Whether `staged` is withdrawn; then it is told and let go of. It is not recorded as read, so that the next run holds
 * it when it was restored since.
 */
export async function refuseWithdrawn(
  session: AddSession,
  subject: string,
  { digest, object }: Pick<StagedFile, 'digest' | 'object'>,
  audioDigest: Digest | null,
): Promise<boolean> {
  const { ledger } = session.deps;
  const isSame = await ledger.isWithdrawn(digest);
  if (!isSame && (audioDigest === null || !(await ledger.isAudioWithdrawn(audioDigest))))
    return false;
  object.abort();
  const seen = isSame ? digest : `the sound ${audioDigest}, under other tags`;
  session.report.find({ code: 'INGEST_WITHDRAWN', subject, seen }, 'refused');
  return true;
}
