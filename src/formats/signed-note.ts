/**
 * Signed notes and the checkpoints of transparency logs: text ⇄ values, signed with Ed25519.
 *
 * A note is a text, an empty line and signature lines; a checkpoint is the note whose text is origin, size and root of a
 * log. Spec: C2SP signed-note and tlog-checkpoint, docs/formats/log.md.
 */
import crypto from 'node:crypto';
import { FonotecaError } from '../base/errors.ts';
import {
  ed25519PrivateKey,
  ed25519PublicKey,
  type MinisignPublicKey,
  type MinisignSecretKey,
} from './minisign.ts';
import { LOG_HASH_BYTES } from './tlog-hash.ts';
import { MAX_LOG_SIZE, type TreeHead } from './tlog-proof.ts';

/** What a log says of itself. */
export interface Checkpoint extends TreeHead {
  /** Which log. */
  readonly origin: string;
}

/** A signature line of a note. */
export interface NoteSignature {
  /** Name of the key; for a log's own signature the origin. */
  readonly name: string;
  /** Four bytes that name the key further; no proof of anything. */
  readonly keyHash: Uint8Array;
  readonly signature: Uint8Array;
}

/** A note read back. */
export interface SignedNote {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Longest note that is looked at; a checkpoint with sixteen signatures is below. */
const MAX_NOTE_BYTES = 4096;
const MAX_NOTE_SIGNATURES = 16;
const ED25519 = Uint8Array.of(1);
const DASH = '\u2014';
const KEY_HASH_BYTES = 4;
const SIGNATURE_BYTES = 64;
const KEY_NAME = /^[^\s+\p{Cc}]{1,256}$/u;

/** The text of `checkpoint` as it is signed: origin, size and root, each on a line. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** The checkpoint in `text`, the text of a note. Throws `LOG_CHECKPOINT_INVALID` on anything but the three lines. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  if (lines.length !== 4 || lines[3] !== '') throw bad('not three lines');
  const [origin, sizeText, rootText] = lines as [string, string, string];
  if (!KEY_NAME.test(origin)) throw bad('an origin that is not one word');
  const size = Number(sizeText);
  if (!/^(?:0|[1-9]\d{0,15})$/.test(sizeText) || size > MAX_LOG_SIZE)
    throw bad(`the size ${sizeText}`);
  return { origin, size, root: fromBase64(rootText, LOG_HASH_BYTES) };
}

/** The note of `text`, signed by each of `keys` under `name`. The same for the same input. */
export function signNote(
  text: string,
  { name, keys }: { name: string; keys: readonly MinisignSecretKey[] },
): string {
  const lines = keys.map((key) => {
    const signature = crypto.sign(null, Buffer.from(text), ed25519PrivateKey(key));
    const packed = Buffer.concat([noteKeyHash(name, key.publicKey), signature]);
    return `${DASH} ${name} ${packed.toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** The note in `bytes`. Throws `LOG_CHECKPOINT_INVALID`. Proves nothing by itself. */
export function parseNote(bytes: Uint8Array): SignedNote {
  if (bytes.length > MAX_NOTE_BYTES) throw bad(`longer than ${MAX_NOTE_BYTES} bytes`);
  const whole = Buffer.from(bytes).toString('utf8');
  if (!Buffer.from(whole).equals(bytes)) throw bad('not UTF-8');
  if (/[^\n\P{Cc}]/u.test(whole)) throw bad('a control character');
  const cut = whole.lastIndexOf('\n\n');
  if (cut < 0 || !whole.endsWith('\n')) throw bad('no signatures');
  const lines = whole.slice(cut + 2, -1).split('\n');
  if (lines.length > MAX_NOTE_SIGNATURES) throw bad(`${lines.length} signatures`);
  return { text: whole.slice(0, cut + 1), signatures: lines.map(parseSignature) };
}

/**
 * Nothing, when `signature` is one of `text` by `key`. Throws `SIGNATURE_KEY_UNKNOWN` when it names another key and
 * `SIGNATURE_WRONG` when it does not fit.
 */
export function verifyNoteSignature(
  text: string,
  { name, keyHash, signature }: NoteSignature,
  key: MinisignPublicKey,
): void {
  if (Buffer.compare(noteKeyHash(name, key), keyHash) !== 0)
    throw new FonotecaError(
      'SIGNATURE_KEY_UNKNOWN',
      `a note signed by ${name}+${Buffer.from(keyHash).toString('hex')}`,
    );
  if (!crypto.verify(null, Buffer.from(text), ed25519PublicKey(key), signature))
    throw new FonotecaError('SIGNATURE_WRONG', `a note by ${name}`);
}

/** The key as other programs of transparency logs take it: name, hash and base64, with a + between. */
export function noteVerifierKey(name: string, key: MinisignPublicKey): string {
  const hash = Buffer.from(noteKeyHash(name, key)).toString('hex');
  return `${name}+${hash}+${Buffer.concat([ED25519, key.bytes]).toString('base64')}`;
}

/** The first four bytes of SHA-256 of name, newline, algorithm and public key. */
function noteKeyHash(name: string, { bytes }: MinisignPublicKey): Uint8Array {
  if (!KEY_NAME.test(name)) throw bad(`the name ${JSON.stringify(name)}`);
  const hash = crypto.createHash('sha256').update(`${name}\n`).update(ED25519).update(bytes);
  return hash.digest().subarray(0, KEY_HASH_BYTES);
}

function parseSignature(line: string): NoteSignature {
  const words = line.split(' ');
  const [dash, name, packed] = words as [string, string, string];
  if (words.length !== 3 || dash !== DASH || !KEY_NAME.test(name)) throw bad('a signature line');
  const bytes = fromBase64(packed, KEY_HASH_BYTES + SIGNATURE_BYTES);
  return {
    name,
    keyHash: bytes.subarray(0, KEY_HASH_BYTES),
    signature: bytes.subarray(KEY_HASH_BYTES),
  };
}

function fromBase64(text: string, length: number): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== length || bytes.toString('base64') !== text)
    throw bad(`no canonical base64 of ${length} bytes`);
  return bytes;
}

function bad(seen: string): FonotecaError {
  return new FonotecaError('LOG_CHECKPOINT_INVALID', seen);
}
