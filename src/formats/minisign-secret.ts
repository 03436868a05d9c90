/**
 * Minisign's secret key file without a password (`minisign -G -W`): value ⇄ text.
 *
 * Layout of the base64: `Ed`, key derivation (two zero bytes: none), `B2`, 48 zero bytes of salt and limits, key id,
 * seed, public key, and 32 bytes that hold a checksum only where there is a password. The file is the archive's
 * `keys/edition.key`, mode 0600.
 * Spec: jedisct1.github.io/minisign, docs/formats/keys.md.
 */
import { FonotecaError } from '../base/errors.ts';
import { type MinisignSecretKey, publicBytesOf } from './minisign.ts';

/** Minisign's own words, which it writes over keys without a password too. */
const COMMENT = 'untrusted comment: minisign encrypted secret key';
const FILE_BYTES = 158;
const AT = { derivation: 2, checksum: 4, keyId: 54, seed: 62, publicKey: 94, check: 126 };

/** The text of the secret key file of `key`. */
export function formatSecretKey(key: MinisignSecretKey): string {
  const bytes = Buffer.alloc(FILE_BYTES);
  bytes.write('Ed', 0, 'latin1');
  bytes.write('B2', AT.checksum, 'latin1');
  bytes.set(key.publicKey.keyId, AT.keyId);
  bytes.set(key.seed, AT.seed);
  bytes.set(key.publicKey.bytes, AT.publicKey);
  return `${COMMENT}\n${bytes.toString('base64')}\n`;
}

/**
 * The secret key in `text`. Throws `KEY_ENCRYPTED` when it wants a password, `KEY_INVALID` when it is damaged: the
 * public key grown again from the seed must fit. The text itself is never part of an error.
 */
export function parseSecretKey(text: string): MinisignSecretKey {
  const lines = text.split('\n');
  if (lines.length !== 3 || lines[2] !== '' || !lines[0]!.startsWith('untrusted comment: '))
    throw new FonotecaError('KEY_INVALID', 'not the two lines of a minisign secret key');
  const bytes = Buffer.from(lines[1]!, 'base64');
  if (bytes.length !== FILE_BYTES || bytes.toString('base64') !== lines[1])
    throw new FonotecaError('KEY_INVALID', `no canonical base64 of ${FILE_BYTES} bytes`);
  const derivation = bytes.toString('latin1', AT.derivation, AT.derivation + 2);
  if (derivation === 'Sc') throw new FonotecaError('KEY_ENCRYPTED', 'a key with a password');
  if (bytes.toString('latin1', 0, 2) !== 'Ed' || derivation !== '\0\0')
    throw new FonotecaError('KEY_INVALID', 'a key of another algorithm');
  const key = {
    publicKey: {
      keyId: bytes.subarray(AT.keyId, AT.seed),
      bytes: bytes.subarray(AT.publicKey, AT.check),
    },
    seed: bytes.subarray(AT.seed, AT.publicKey),
  };
  if (!Buffer.from(publicBytesOf(key.seed)).equals(key.publicKey.bytes))
    throw new FonotecaError('KEY_INVALID', 'a public key that is not of this secret');
  return key;
}
