import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import { mutate, seededRandom } from '../base/seeded-random.ts';
import { type MinisignSecretKey, publicBytesOf } from './minisign.ts';
import {
  checkpointText,
  noteVerifierKey,
  parseCheckpoint,
  parseNote,
  signNote,
  verifyNoteSignature,
} from './signed-note.ts';

const ORIGIN = 'fonoteca/0707070707070707';

function keyOf(byte: number): MinisignSecretKey {
  const seed = Buffer.alloc(32, byte);
  return { publicKey: { keyId: Buffer.alloc(8, byte), bytes: publicBytesOf(seed) }, seed };
}

const head = { origin: ORIGIN, size: 3, root: Buffer.alloc(32, 9) };

test('a checkpoint is three lines, signed below an empty one', () => {
  const text = checkpointText(head);
  assert.equal(text, `${ORIGIN}\n3\nCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n`);
  const note = signNote(text, { name: ORIGIN, keys: [keyOf(7), keyOf(8)] });
  const parsed = parseNote(Buffer.from(note));
  assert.equal(parsed.text, text);
  assert.deepEqual(parseCheckpoint(parsed.text), head);
  const [first, second] = parsed.signatures;
  verifyNoteSignature(parsed.text, first!, keyOf(7).publicKey);
  verifyNoteSignature(parsed.text, second!, keyOf(8).publicKey);
  assert.throws(() => verifyNoteSignature(parsed.text, first!, keyOf(8).publicKey), {
    code: 'SIGNATURE_KEY_UNKNOWN',
  });
  assert.throws(() => verifyNoteSignature(`${text}x`, first!, keyOf(7).publicKey), {
    code: 'SIGNATURE_WRONG',
  });
});

test('the verifier key is the one the Go implementation prints', () => {
  // Vector of golang.org/x/mod/sumdb/note: PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
  const packed = Buffer.from('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW', 'base64');
  const key = { keyId: Buffer.alloc(8), bytes: packed.subarray(1) };
  assert.equal(
    noteVerifierKey('PeterNeumann', key),
    'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  );
  const text =
    'If you think cryptography is the answer to your problem,\n' +
    "then you don't know what your problem is.\n";
  const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
  const parsed = parseNote(Buffer.from(note));
  assert.equal(parsed.text, text);
  verifyNoteSignature(parsed.text, parsed.signatures[0]!, key);
});

test('checkpoints of any other form are refused', () => {
  const root = 'CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=';
  for (const text of [
    '',
    `${ORIGIN}\n3\n${root}`,
    `${ORIGIN}\n3\n${root}\nmore\n`,
    `two words\n3\n${root}\n`,
    `\n3\n${root}\n`,
    `${ORIGIN}\n03\n${root}\n`,
    `${ORIGIN}\n-3\n${root}\n`,
    `${ORIGIN}\n9999999999999999\n${root}\n`,
    `${ORIGIN}\n3\n${root.slice(0, -1)}\n`,
    `${ORIGIN}\n3\n${root.replace('k=', 'l=')}\n`,
  ])
    assert.throws(() => parseCheckpoint(text), { code: 'LOG_CHECKPOINT_INVALID' }, text);
});

test('notes of any other form are refused', () => {
  const note = signNote(checkpointText(head), { name: ORIGIN, keys: [keyOf(7)] });
  const line = note.slice(note.lastIndexOf('\n\n') + 2);
  for (const text of [
    '',
    note.slice(0, -1),
    note.replace('\n\n', '\n'),
    note.replace('— ', '- '),
    `${note}\n`,
    note.replaceAll('\n', '\r\n'),
    note + line.repeat(16),
    note + 'x'.repeat(5000),
  ])
    assert.throws(() => parseNote(Buffer.from(text)), { code: 'LOG_CHECKPOINT_INVALID' }, text);
  assert.throws(() => parseNote(Buffer.from([0xff, 0x0a])), { code: 'LOG_CHECKPOINT_INVALID' });
});

test('no changed note holds', () => {
  const random = seededRandom(11);
  const key = keyOf(7);
  const note = Buffer.from(signNote(checkpointText(head), { name: ORIGIN, keys: [key] }));
  for (let round = 0; round < 500; round += 1) {
    const changed = Buffer.from(mutate(note, random));
    if (changed.equals(note)) continue;
    assert.throws(
      () => {
        const { text, signatures } = parseNote(changed);
        for (const signature of signatures) verifyNoteSignature(text, signature, key.publicKey);
      },
      (error) => error instanceof FonotecaError,
      JSON.stringify(changed.toString('latin1')),
    );
  }
});
