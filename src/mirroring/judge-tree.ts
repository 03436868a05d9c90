/**
 * The separate verifier's verdict on a tree without volumes, and whether a key has signed. Input: a tree being built.
 * Output: nothing, or the first finding as an error.
 */
import { FonotecaError } from '../base/errors.ts';
import type { VerifyFinding } from '../verifier/codes.ts';
import type { CheckedEdition } from '../verifier/edition-check.ts';
import { Problem } from '../verifier/files.ts';
import { readPublicKey } from '../verifier/signature.ts';
import { verifyArchive } from '../verifier/verify-archive.ts';
import type { Staging } from './staging.ts';

/** Throws the verifier's first finding that is not for want of torrents, which come with their volumes later. */
export async function judgeTree(staging: Staging, publicKey: string): Promise<void> {
  let first: VerifyFinding | undefined;
  const onFinding = (finding: VerifyFinding) => {
    if (!isOfAbsentVolume(finding)) first ??= finding;
  };
  await verifyArchive(staging.root, { publicKey, depth: 'metadata', onFinding });
  if (first) throw new FonotecaError(first.code, `${first.subject}: ${first.seen}`);
}

/** Whether `publicKey` is one of those that signed `edition`. `VERIFY_KEY_OTHER` when it is no key. */
export function hasSigned({ keys, signers }: CheckedEdition, publicKey: string): boolean {
  try {
    const { id, raw } = readPublicKey(publicKey);
    return signers?.has(id) === true && keys.edition.get(id)?.equals(raw) === true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new FonotecaError('VERIFY_KEY_OTHER', error.seen, { cause: error });
  }
}

/** Whether all that was found is that a file of a volume, or its torrent, is not there: a copy without volumes has neither. */
export function isOfAbsentVolume({
  code,
  subject,
}: Pick<VerifyFinding, 'code' | 'subject'>): boolean {
  return code === 'VERIFY_FILE_MISSING' && /^(?:volumes|editions\/torrents)\//.test(subject);
}
