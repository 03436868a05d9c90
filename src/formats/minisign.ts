/**
 * Minisign keys and signatures: values ⇄ text, by Ed25519 and BLAKE2b of Node's own crypto.
 *
 * Only prehashed signatures (`ED`, over the BLAKE2b-512 of the message) with a trusted comment, in one canonical form:
 * fixed untrusted comment, base64 equal to its re-encoding, four lines, final newline. So two different texts are never
 * the same signature. Spec: jedisct1.github.io/minisign, docs/formats/keys.md.
 */
import crypto from 'node:crypto';
import type { Random } from '../base/clock.ts';
import { FonotecaError } from '../base/errors.ts';

/** A public key. */
export interface MinisignPublicKey {
  /** Eight bytes that name the key; not proof of anything. */
  readonly keyId: Uint8Array;
  /** The 32 bytes of the Ed25519 public key. */
  readonly bytes: Uint8Array;
}

/** A secret key. */
export interface MinisignSecretKey {
  readonly publicKey: MinisignPublicKey;
  /** The 32 bytes the Ed25519 key grows from. */
  readonly seed: Uint8Array;
}

/** A signature read back. */
export interface MinisignSignature {
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
  /** Signed together with the signature. */
  readonly trustedComment: string;
  readonly globalSignature: Uint8Array;
}

/** The first line of every signature: minisign's own default, so that a signature made with it is canonical too. */
export const UNTRUSTED_COMMENT = 'untrusted comment: signature from minisign secret key';
/** Longest trusted comment in bytes, below minisign's own limit of 8192. */
export const MAX_TRUSTED_COMMENT_BYTES = 1024;
/** Longest text of a key or signature that is looked at. */
const MAX_MINISIGN_TEXT_BYTES = 4096;

const TRUSTED = 'trusted comment: ';
const PREHASHED = 'ED';
const KEY_ALGORITHM = 'Ed';
/** DER in front of a raw Ed25519 seed (RFC 8410, 7) and of a raw public key (RFC 8410, 4). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** A new key; its id is the first eight bytes of the SHA-256 of the public key. */
export function makeMinisignKey(random: Random): MinisignSecretKey {
  const seed = Buffer.from(random.bytes(32));
  const bytes = publicBytesOf(seed);
  const keyId = crypto.createHash('sha256').update(bytes).digest().subarray(0, 8);
  return { publicKey: { keyId, bytes }, seed };
}

/** The public key that grows from `seed`, 32 bytes. */
export function publicBytesOf(seed: Uint8Array): Uint8Array {
  const secret = ed25519PrivateKey({ seed });
  const spki = crypto.createPublicKey(secret).export({ type: 'spki', format: 'der' });
  return new Uint8Array(spki.subarray(SPKI_PREFIX.length));
}

/**
 * The id of a key: sixteen upper-case hex digits, as minisign prints it but for leading zeros, which that leaves away.
 * It is also the id of the archive signed with it.
 */
export function keyIdText({ keyId }: MinisignPublicKey): string {
  return Buffer.from(keyId).reverse().toString('hex').toUpperCase();
}

/** The signature of `message` as text, the same for the same input. `trustedComment` must be one line of printable text. */
export function signMinisign(
  key: MinisignSecretKey,
  message: Uint8Array | string,
  trustedComment: string,
): string {
  requireComment(trustedComment);
  const secret = ed25519PrivateKey(key);
  const signature = crypto.sign(null, prehash(message), secret);
  const global = crypto.sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), secret);
  const packed = Buffer.concat([Buffer.from(PREHASHED), key.publicKey.keyId, signature]);
  return `${UNTRUSTED_COMMENT}\n${packed.toString('base64')}\n${TRUSTED}${trustedComment}\n${global.toString('base64')}\n`;
}

/** The signature in `text`. Throws `SIGNATURE_INVALID` on anything but the canonical form. Proves nothing by itself. */
export function parseMinisignature(text: string): MinisignSignature {
  const lines = linesOf(text, 4, 'SIGNATURE_INVALID');
  const [untrusted, packed, trusted, global] = lines as [string, string, string, string];
  if (untrusted !== UNTRUSTED_COMMENT) throw bad('another untrusted comment');
  if (!trusted.startsWith(TRUSTED)) throw bad('no trusted comment');
  const trustedComment = trusted.slice(TRUSTED.length);
  requireComment(trustedComment);
  const bytes = fromBase64(packed, 74, 'SIGNATURE_INVALID');
  if (bytes.toString('latin1', 0, 2) !== PREHASHED) throw bad('a signature that is not prehashed');
  return {
    keyId: bytes.subarray(2, 10),
    signature: bytes.subarray(10),
    trustedComment,
    globalSignature: fromBase64(global, 64, 'SIGNATURE_INVALID'),
  };
}

/**
 * The trusted comment of `text`, a signature of `message` by `key`. Throws `SIGNATURE_INVALID` when the text is not
 * canonical, `SIGNATURE_KEY_UNKNOWN` when it names another key, `SIGNATURE_WRONG` when it does not fit.
 */
export function verifyMinisign(
  key: MinisignPublicKey,
  message: Uint8Array | string,
  text: string,
): string {
  const parsed = parseMinisignature(text);
  if (!Buffer.from(parsed.keyId).equals(key.keyId)) {
    const seen = keyIdText({ keyId: parsed.keyId, bytes: key.bytes });
    throw new FonotecaError(
      'SIGNATURE_KEY_UNKNOWN',
      `a signature by ${seen}, not ${keyIdText(key)}`,
    );
  }
  const publicKey = ed25519PublicKey(key);
  const signed = Buffer.concat([parsed.signature, Buffer.from(parsed.trustedComment)]);
  if (
    !crypto.verify(null, prehash(message), publicKey, parsed.signature) ||
    !crypto.verify(null, signed, publicKey, parsed.globalSignature)
  )
    throw new FonotecaError('SIGNATURE_WRONG', `by ${keyIdText(key)}`);
  return parsed.trustedComment;
}

/** The key's public file: a comment that names it, and its base64. */
export function formatPublicKey(key: MinisignPublicKey): string {
  return `untrusted comment: minisign public key ${keyIdText(key)}\n${publicKeyBase64(key)}\n`;
}

/** The key in one line, as `minisign -P` takes it. */
export function publicKeyBase64(key: MinisignPublicKey): string {
  return Buffer.concat([Buffer.from(KEY_ALGORITHM), key.keyId, key.bytes]).toString('base64');
}

/** The public key in `text`: the file with its comment line, or the base64 alone. Throws `KEY_INVALID`. */
export function parsePublicKey(text: string): MinisignPublicKey {
  const [first, second] = text.trimEnd().split('\n');
  const line = first?.startsWith('untrusted comment: ') ? second : first;
  const bytes = fromBase64((line ?? '').trim(), 42, 'KEY_INVALID');
  if (bytes.toString('latin1', 0, 2) !== KEY_ALGORITHM)
    throw new FonotecaError('KEY_INVALID', 'a key of another algorithm than Ed25519');
  return { keyId: bytes.subarray(2, 10), bytes: bytes.subarray(10) };
}

/** `message` as Ed25519 gets to see it in a prehashed signature. */
function prehash(message: Uint8Array | string): Uint8Array {
  return crypto.hash('blake2b512', message, 'buffer');
}

/** The key as Node's crypto takes it for signing. */
export function ed25519PrivateKey({ seed }: Pick<MinisignSecretKey, 'seed'>): crypto.KeyObject {
  return crypto.createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
}

/** The key as Node's crypto takes it for checking. */
export function ed25519PublicKey({ bytes }: Pick<MinisignPublicKey, 'bytes'>): crypto.KeyObject {
  return crypto.createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, bytes]),
    format: 'der',
    type: 'spki',
  });
}

/** The lines of `text`, exactly `count` with a newline after each. */
function linesOf(text: string, count: number, code: 'SIGNATURE_INVALID'): string[] {
  if (Buffer.byteLength(text) > MAX_MINISIGN_TEXT_BYTES)
    throw new FonotecaError(code, `longer than ${MAX_MINISIGN_TEXT_BYTES} bytes`);
  const lines = text.split('\n');
  if (lines.length !== count + 1 || lines[count] !== '')
    throw new FonotecaError(code, `${lines.length - 1} lines`);
  return lines;
}

/** The bytes of `text` when it is the base64 of exactly `length` bytes and of nothing else. */
function fromBase64(
  text: string,
  length: number,
  code: 'SIGNATURE_INVALID' | 'KEY_INVALID',
): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== length || bytes.toString('base64') !== text)
    throw new FonotecaError(code, `no canonical base64 of ${length} bytes`);
  return bytes;
}

function requireComment(comment: string): void {
  if (
    comment === '' ||
    !comment.isWellFormed() ||
    /[\p{Cc}\ufeff]/u.test(comment) ||
    Buffer.byteLength(comment) > MAX_TRUSTED_COMMENT_BYTES
  )
    throw bad('a trusted comment that is not one line of printable text');
}

function bad(seen: string): FonotecaError {
  return new FonotecaError('SIGNATURE_INVALID', seen);
}
