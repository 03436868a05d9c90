/**
 * Minisign signatures read and checked on Node's crypto alone (docs/formats/keys.md), and the keys of `keys.json`.
 */
import crypto from 'node:crypto';
import {
  countField,
  type Fields,
  listField,
  objectField,
  requireFields,
  textField,
  wrong,
} from './documents.ts';
import { Problem } from './files.ts';

/** Public keys by the hex of their key id; each is the 32 bytes of Ed25519. */
export type KeySet = ReadonlyMap<string, Buffer>;

/** A public key: the hex of its id, and the 32 bytes of Ed25519. */
interface PublicKey {
  readonly id: string;
  readonly raw: Buffer;
}

/** The keys that `keys.json` trusts for each role. */
export interface KeyRoles {
  readonly edition: KeySet;
  readonly timestamp: KeySet;
  /** Printed ids of all keys. */
  readonly ids: readonly string[];
  /** How many edition keys must sign. */
  readonly threshold: number;
}

const UNTRUSTED = 'untrusted comment: signature from minisign secret key';
const TRUSTED = 'trusted comment: ';
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
/** Most keys of one keys.json. */
export const MAX_KEYS = 32;
/** Largest keys.json: so many keys take some five thousand bytes. */
export const MAX_KEYS_BYTES: number = 16 << 10;
/** Longest signature file looked at. */
export const MAX_SIGNATURE_BYTES = 4096;

/**
 * Checks that `signatureBytes` sign `message` by one of `keys` with `comment` as their trusted comment: exactly this text,
 * or one that matches. Throws a `Problem`; returns the hex id of the key.
 */
export function checkSignature(
  keys: KeySet,
  message: Uint8Array,
  signatureBytes: Uint8Array,
  comment: string | RegExp,
): string {
  const text = Buffer.from(signatureBytes).toString('utf8');
  const lines = text.split('\n');
  const [first, packed = '', trusted = '', global = '', last] = lines;
  if (lines.length !== 5 || last !== '' || first !== UNTRUSTED)
    throw new Problem('VERIFY_SIGNATURE_FORM', 'not the four lines of a signature');
  const told = trusted.slice(TRUSTED.length);
  const fits = typeof comment === 'string' ? told === comment : comment.test(told);
  if (!trusted.startsWith(TRUSTED) || !fits)
    throw new Problem('VERIFY_SIGNATURE_FORM', `${trusted}, not ${comment}`);
  const bytes = exactBase64(packed, 74);
  if (bytes.toString('latin1', 0, 2) !== 'ED')
    throw new Problem('VERIFY_SIGNATURE_FORM', 'not prehashed');
  const keyId = bytes.toString('hex', 2, 10);
  const raw = keys.get(keyId);
  if (!raw) throw new Problem('VERIFY_KEY_UNKNOWN', `key ${printedId(keyId)}`);
  const signature = bytes.subarray(10);
  const digest = crypto.createHash('blake2b512').update(message).digest();
  const commented = Buffer.concat([signature, Buffer.from(told)]);
  const holds =
    checkEd25519(raw, digest, signature) && checkEd25519(raw, commented, exactBase64(global, 64));
  if (!holds) throw new Problem('VERIFY_SIGNATURE_WRONG', `by key ${printedId(keyId)}`);
  return keyId;
}

/** Whether `signature` is one of `message` by the 32 bytes of the public key `raw`. */
export function checkEd25519(raw: Buffer, message: Uint8Array, signature: Uint8Array): boolean {
  const key = crypto.createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, raw]),
    format: 'der',
    type: 'spki',
  });
  return crypto.verify(null, message, key, signature);
}

/** Throws a `Problem` unless at least `threshold` of `signers` (hex key ids, each once) are among `keys`, those of `whom`. */
export function requireThreshold(
  signers: ReadonlySet<string>,
  keys: KeySet,
  threshold: number,
  whom: string,
): void {
  const count = [...signers].filter((id) => keys.has(id)).length;
  if (count === 0) throw new Problem('VERIFY_KEY_UNKNOWN', `signed by no key of ${whom}`);
  if (count < threshold)
    throw new Problem('VERIFY_THRESHOLD', `${count} of ${threshold} signatures by keys of ${whom}`);
}

/** The keys of `keys.json`. Throws a `Problem`. */
export function readKeyRoles(document: Fields): KeyRoles {
  textField(document, 'format', /^fonoteca-keys\/1$/);
  requireFields(document, ['format', 'keys', 'roles', 'threshold']);
  const known = readKeys(listField(document, 'keys'));
  const roles = objectField(document, 'roles');
  requireFields(roles, ['edition', 'timestamp']);
  const role = (name: string): KeySet => {
    const ids = roles[name];
    if (!Array.isArray(ids) || ids.length === 0 || new Set(ids).size !== ids.length)
      throw wrong(`role ${name}`);
    return new Map(
      ids.map((printed): [string, Buffer] => {
        const key = known.get(printed);
        if (!key) throw wrong(`role ${name} names a key that is not there`);
        return [key.id, key.raw];
      }),
    );
  };
  const [edition, timestamp] = [role('edition'), role('timestamp')];
  for (const [printed, { id }] of known)
    if (!edition.has(id) && !timestamp.has(id)) throw wrong(`key ${printed} has no role`);
  const threshold = countField(document, 'threshold', 1);
  if (threshold > edition.size) throw wrong(`threshold is ${threshold} of ${edition.size} keys`);
  return { edition, timestamp, ids: [...known.keys()], threshold };
}

/** Keys by their printed ids. One key under two ids would count twice for the threshold. */
function readKeys(list: readonly Fields[]): ReadonlyMap<string, PublicKey> {
  if (list.length > MAX_KEYS) throw wrong(`${list.length} keys, more than ${MAX_KEYS}`);
  const known = new Map<string, PublicKey>();
  const bodies = new Set<string>();
  for (const fields of list) {
    requireFields(fields, ['id', 'publicKey']);
    const key = readPublicKey(textField(fields, 'publicKey'));
    const [printed, body] = [printedId(key.id), key.raw.toString('hex')];
    if (textField(fields, 'id') !== printed) throw wrong(`id of key ${printed}`);
    if (known.has(printed) || bodies.has(body)) throw wrong(`key ${printed} twice`);
    known.set(printed, key);
    bodies.add(body);
  }
  return known;
}

/** A public key in minisign's base64, with or without its comment line. Throws a `Problem`. */
export function readPublicKey(text: string): PublicKey {
  const lines = text.trim().split('\n');
  const line = lines[0]!.startsWith('untrusted comment: ') ? (lines[1] ?? '') : lines[0]!;
  const bytes = Buffer.from(line.trim(), 'base64');
  if (
    bytes.length !== 42 ||
    bytes.toString('base64') !== line.trim() ||
    bytes.toString('latin1', 0, 2) !== 'Ed'
  )
    throw wrong('no minisign public key');
  return { id: bytes.toString('hex', 2, 10), raw: bytes.subarray(10) };
}

/** A key id as minisign prints it: its bytes last first, in upper case. */
export function printedId(hex: string): string {
  return Buffer.from(hex, 'hex').reverse().toString('hex').toUpperCase();
}

function exactBase64(text: string, length: number): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === length && bytes.toString('base64') === text) return bytes;
  throw new Problem('VERIFY_SIGNATURE_FORM', `no canonical base64 of ${length} bytes`);
}
