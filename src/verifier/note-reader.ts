/**
 * The checkpoint of the log read and checked: a signed note (C2SP signed-note, tlog-checkpoint; docs/formats/log.md).
 */
import crypto from 'node:crypto';
import type { CheckedEdition } from './edition-check.ts';
import type { LogHead } from './edition-shape.ts';
import { Problem } from './files.ts';
import { checkEd25519 } from './signature.ts';

const NOTE = /^([^\n]*)\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n\n((?:[^\n]+\n)+)$/;
const MAX_SIGNATURES = 16;

/** The head in `bytes`, signed by timestamp keys of `edition`. Throws a `Problem`. */
export function checkCheckpoint(bytes: Buffer, edition: CheckedEdition): LogHead {
  const text = bytes.toString('utf8');
  const [, origin, size, packed = '', lines = ''] = NOTE.exec(text) ?? [];
  const root = Buffer.from(packed, 'base64');
  if (!Buffer.from(text).equals(bytes) || root.length !== 32 || root.toString('base64') !== packed)
    throw new Problem('VERIFY_LOG', 'no checkpoint');
  if (origin !== `fonoteca/${edition.archiveId}`)
    throw new Problem('VERIFY_LOG', `a log of ${origin}`);
  const signed = Buffer.from(text.slice(0, text.indexOf('\n\n') + 1));
  const signatures = lines.slice(0, -1).split('\n');
  const keys = [...edition.keys.timestamp.values()];
  const signers = new Set<Buffer>();
  for (const line of signatures) {
    const base64 = line.startsWith(`\u2014 ${origin} `) ? line.slice(3 + origin.length) : '';
    const signature = Buffer.from(base64, 'base64');
    if (signature.length !== 68 || signature.toString('base64') !== base64)
      throw new Problem('VERIFY_LOG', 'a signature line of another form');
    const key = keys.find((raw) => keyHash(origin, raw).equals(signature.subarray(0, 4)));
    if (!key || signers.has(key)) throw new Problem('VERIFY_LOG', 'signed by an unknown key');
    if (!checkEd25519(key, signed, signature.subarray(4)))
      throw new Problem('VERIFY_LOG', 'a signature that does not fit');
    signers.add(key);
  }
  if (signatures.length > MAX_SIGNATURES) throw new Problem('VERIFY_LOG', 'too many signatures');
  return { size: Number(size), root: root.toString('hex') };
}

function keyHash(name: string, raw: Buffer): Buffer {
  const parts = [Buffer.from(`${name}\n`), Buffer.of(1), raw];
  return crypto.hash('sha256', Buffer.concat(parts), 'buffer').subarray(0, 4);
}
