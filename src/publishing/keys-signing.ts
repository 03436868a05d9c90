/**
 * Who signs what of an edition, and the signature files that come of it.
 *
 * Input: the secret keys at hand, the keys.json of the edition and of the one before. Output: texts of signature files, or
 * what is missing. Spec: docs/formats/keys.md.
 */
import { FonotecaError } from '../base/errors.ts';
import {
  keyIdText,
  type MinisignSecretKey,
  publicKeyBase64,
  signMinisign,
} from '../formats/minisign.ts';
import type { EditionKeys } from '../model/edition.ts';
import { mayBe } from './keys-document.ts';

/** The keys that sign each document of an edition; the first of each writes the plain `.minisig`. */
export interface EditionSigners {
  readonly edition: readonly MinisignSecretKey[];
  readonly keys: readonly MinisignSecretKey[];
  /** What a threshold still wants, or undefined. */
  readonly missing: string | undefined;
}

/** Who of `available` signs an edition with `keys`, the edition before having had `before`. */
export function editionSigners(
  available: readonly MinisignSecretKey[],
  keys: EditionKeys,
  before: EditionKeys | undefined,
): EditionSigners {
  const distinct = distinctKeys(available);
  const edition = withRole(distinct, keys);
  const older = before ? withRole(distinct, before) : [];
  const missing =
    missingOf(edition, keys, 'edition.json') ??
    (before && missingOf(older, before, 'keys.json, as of the edition before,')) ??
    (timestampKey(available, keys) ? undefined : missingTimestamp(keys));
  return { edition, keys: distinctKeys([...edition, ...older]), missing };
}

/** The key of `available` that signs timestamps and the log of an edition with `keys`. Throws `KEYS_TOO_FEW`. */
export function timestampSigner(
  available: readonly MinisignSecretKey[],
  keys: EditionKeys,
): MinisignSecretKey {
  const found = timestampKey(available, keys);
  if (found) return found;
  throw new FonotecaError('KEYS_TOO_FEW', missingTimestamp(keys));
}

/** The signature files of document `name` with `text`, by file name: NAME.minisig, and NAME.KEYID.minisig of each further key. */
export function signatureFiles(
  { name, text, comment }: { name: string; text: string; comment: string },
  signers: readonly MinisignSecretKey[],
): Map<string, string> {
  return new Map(
    signers.map((key, at) => {
      const id = at === 0 ? '' : `.${keyIdText(key.publicKey)}`;
      return [`${name}${id}.minisig`, signMinisign(key, text, comment)];
    }),
  );
}

function timestampKey(
  available: readonly MinisignSecretKey[],
  keys: EditionKeys,
): MinisignSecretKey | undefined {
  return available.find(({ publicKey }) => mayBe(keys, 'timestamp', publicKey));
}

function missingTimestamp({ roles }: EditionKeys): string {
  return `the timestamp wants one of ${roles.timestamp.join(', ')}`;
}

function withRole(available: readonly MinisignSecretKey[], keys: EditionKeys): MinisignSecretKey[] {
  return available.filter(({ publicKey }) => mayBe(keys, 'edition', publicKey));
}

function missingOf(
  signers: readonly MinisignSecretKey[],
  { roles, threshold }: EditionKeys,
  what: string,
): string | undefined {
  if (signers.length >= threshold) return undefined;
  const there = signers.map(({ publicKey }) => keyIdText(publicKey));
  const others = roles.edition.filter((id) => !there.includes(id)).join(', ');
  return `${what} wants ${threshold} signatures, ${signers.length} of its keys are here; the others are ${others}`;
}

function distinctKeys(keys: readonly MinisignSecretKey[]): MinisignSecretKey[] {
  return [...new Map(keys.map((key) => [publicKeyBase64(key.publicKey), key])).values()];
}
