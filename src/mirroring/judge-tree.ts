/**
 * The separate verifier's verdict on a tree without volumes. Input: a tree being built. Output: nothing, or the first
 * finding as an error.
 */
import { FonotecaError } from '../base/errors.ts';
import { editionFilePath } from '../model/edition.ts';
import type { VerifyFinding } from '../verifier/codes.ts';
import { listDirectory, Problem, readWhole } from '../verifier/files.ts';
import { checkSignature, MAX_SIGNATURE_BYTES, readPublicKey } from '../verifier/signature.ts';
import { verifyArchive } from '../verifier/verify-archive.ts';
import { MAX_EDITION_BYTES, stagedTree } from './fetch-editions.ts';
import type { Staging } from './staging.ts';

const SIGNATURE = /^edition\.json(?:\.[0-9A-F]{16})?\.minisig$/;

/** Throws the verifier's first finding that is not for want of torrents, which come with their volumes later. */
export async function judgeTree(staging: Staging, publicKey: string): Promise<void> {
  let first: VerifyFinding | undefined;
  const onFinding = (finding: VerifyFinding) => {
    if (!isAbsentTorrent(finding)) first ??= finding;
  };
  await verifyArchive(staging.root, { publicKey, depth: 'metadata', onFinding });
  if (first) throw new FonotecaError(first.code, `${first.subject}: ${first.seen}`);
}

/**
 * Throws `VERIFY_KEY_OTHER` unless `publicKey` has signed the `edition.json` of one of the editions up to `newest`: that
 * binds all before it by their digests, and all behind it by their keys.
 */
export function requireSigner(staging: Staging, newest: number, publicKey: string): void {
  const keys = new Map([keyOf(publicKey)]);
  for (let number = 1; number <= newest; number += 1) if (hasSigned(staging, number, keys)) return;
  throw new FonotecaError('VERIFY_KEY_OTHER', 'no edition is signed with it');
}

function hasSigned(staging: Staging, number: number, keys: ReadonlyMap<string, Buffer>): boolean {
  const file = staging.place(editionFilePath(number, 'edition.json'));
  const folder = `${stagedTree(staging).editions}/${editionFilePath(number, '').split('/')[1]}`;
  const bytes = readWhole(file, MAX_EDITION_BYTES);
  return listDirectory(folder)
    .filter(({ name }) => SIGNATURE.test(name))
    .some(({ name }) => {
      const signature = readWhole(`${folder}/${name}`, MAX_SIGNATURE_BYTES);
      try {
        checkSignature(keys, bytes, signature, `fonoteca-edition/1 number ${number}`);
        return true;
      } catch (error) {
        if (error instanceof Problem) return false;
        throw error;
      }
    });
}

function keyOf(publicKey: string): [string, Buffer] {
  try {
    const { id, raw } = readPublicKey(publicKey);
    return [id, raw];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new FonotecaError('VERIFY_KEY_OTHER', error.seen, { cause: error });
  }
}

function isAbsentTorrent({ code, subject }: VerifyFinding): boolean {
  return code === 'VERIFY_FILE_MISSING' && /^(?:volumes|editions\/torrents)\//.test(subject);
}
