import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import { mutate, seededRandom } from '../base/seeded-random.ts';
import {
  formatPublicKey,
  keyIdText,
  MAX_TRUSTED_COMMENT_BYTES,
  makeMinisignKey,
  parseMinisignature,
  parsePublicKey,
  publicKeyBase64,
  signMinisign,
  UNTRUSTED_COMMENT,
  verifyMinisign,
} from './minisign.ts';
import { formatSecretKey, parseSecretKey } from './minisign-secret.ts';

/** Made by minisign 0.11 with `minisign -G -W`. */
const THEIR_SECRET = `untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIx0MpcZP8uz0EmDlpYhUT+vdr0PlSauRIXJSggO+puroTPl8dRZFNbuQF2u5T+qbFihPWcsut8qWfrJStliYW7gXbgd96tX7AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
`;
const THEIR_PUBLIC = `untrusted comment: minisign public key ECF24FC6A50C1D23
RWQjHQylxk/y7LuQF2u5T+qbFihPWcsut8qWfrJStliYW7gXbgd96tX7
`;

const key = makeMinisignKey({ bytes: (count) => seededRandom(5).bytes(count) });
const other = makeMinisignKey({ bytes: (count) => seededRandom(6).bytes(count) });
const text = signMinisign(key, 'hello', 'fonoteca-edition/1 number 1');

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof FonotecaError, String(error));
    return error.code;
  }
  return 'accepted';
}

describe('a signature', () => {
  test('is the same text for the same key, message and comment, and gives its comment back', () => {
    assert.equal(signMinisign(key, Buffer.from('hello'), 'fonoteca-edition/1 number 1'), text);
    assert.equal(verifyMinisign(key.publicKey, 'hello', text), 'fonoteca-edition/1 number 1');
    assert.deepEqual(text.split('\n').length, 5);
  });

  test('is refused by code when it is of another message, key or comment', () => {
    const foreign = signMinisign(other, 'hello', 'fonoteca-edition/1 number 1');
    const renamed = Buffer.from(foreign.split('\n')[1]!, 'base64');
    renamed.set(key.publicKey.keyId, 2);
    const lines = foreign.split('\n');
    lines[1] = renamed.toString('base64');
    const rows: [string, () => unknown][] = [
      ['SIGNATURE_WRONG', () => verifyMinisign(key.publicKey, 'hellp', text)],
      [
        'SIGNATURE_WRONG',
        () => verifyMinisign(key.publicKey, 'hello', text.replace('number 1', 'number 2')),
      ],
      ['SIGNATURE_WRONG', () => verifyMinisign(key.publicKey, 'hello', lines.join('\n'))],
      ['SIGNATURE_KEY_UNKNOWN', () => verifyMinisign(key.publicKey, 'hello', foreign)],
    ];
    for (const [code, action] of rows) assert.equal(refusal(action), code);
  });

  test('has one form only', () => {
    const [first, packed, trusted, global] = text.split('\n') as [string, string, string, string];
    const legacy = Buffer.from(packed, 'base64');
    legacy.write('Ed', 0, 'latin1');
    const rows = [
      '',
      text.slice(0, -1),
      `${text}\n`,
      text.replaceAll('\n', '\r\n'),
      text.replace('minisign secret key', 'another secret key'),
      [first, `${packed} `, trusted, global, ''].join('\n'),
      [first, packed.replace(/=*$/, ''), trusted, global, ''].join('\n'),
      [first, packed, trusted.replace('trusted comment: ', 'trusted comment:'), global, ''].join(
        '\n',
      ),
      [first, packed, 'trusted comment: ', global, ''].join('\n'),
      [first, legacy.toString('base64'), trusted, global, ''].join('\n'),
      [first, packed, `${trusted}${'x'.repeat(MAX_TRUSTED_COMMENT_BYTES)}`, global, ''].join('\n'),
      `${UNTRUSTED_COMMENT}\n${'A'.repeat(5000)}\n`,
    ];
    for (const row of rows)
      assert.equal(
        refusal(() => parseMinisignature(row)),
        'SIGNATURE_INVALID',
        row,
      );
  });

  test('is never accepted after an edit, whatever the edit', () => {
    const random = seededRandom(20260102);
    for (let round = 0; round < 3000; round += 1) {
      const edited = Buffer.from(mutate(Buffer.from(text), random)).toString('latin1');
      if (edited === text) continue;
      assert.notEqual(
        refusal(() => verifyMinisign(key.publicKey, 'hello', edited)),
        'accepted',
        edited,
      );
    }
  });

  test('is not made with a comment that would not be one line', () => {
    for (const comment of [
      '',
      'a\nb',
      'a\rb',
      'a\u0000',
      '\ud800',
      'x'.repeat(MAX_TRUSTED_COMMENT_BYTES + 1),
    ])
      assert.equal(
        refusal(() => signMinisign(key, 'hello', comment)),
        'SIGNATURE_INVALID',
      );
  });
});

describe('a key', () => {
  test('of minisign is read, and written back byte for byte', () => {
    const secret = parseSecretKey(THEIR_SECRET);
    assert.equal(formatSecretKey(secret), THEIR_SECRET);
    assert.equal(formatPublicKey(secret.publicKey), THEIR_PUBLIC);
    assert.equal(keyIdText(secret.publicKey), 'ECF24FC6A50C1D23');
    assert.deepEqual(
      parsePublicKey(THEIR_PUBLIC),
      parsePublicKey(publicKeyBase64(secret.publicKey)),
    );
  });

  test('of our own survives the way through its files', () => {
    assert.deepEqual(
      parsePublicKey(formatPublicKey(key.publicKey)).bytes,
      Buffer.from(key.publicKey.bytes),
    );
    const again = parseSecretKey(formatSecretKey(key));
    assert.equal(signMinisign(again, 'hello', 'fonoteca-edition/1 number 1'), text);
  });

  test('is refused by code when it is damaged, encrypted or of another kind, and never shown', () => {
    const edit = (at: number, value: number): string => {
      const [comment, packed] = THEIR_SECRET.split('\n') as [string, string];
      const bytes = Buffer.from(packed, 'base64');
      bytes[at] = value;
      return `${comment}\n${bytes.toString('base64')}\n`;
    };
    const encrypted = edit(2, 'S'.charCodeAt(0));
    const rows: [string, string][] = [
      ['KEY_INVALID', ''],
      ['KEY_INVALID', THEIR_PUBLIC],
      ['KEY_INVALID', THEIR_SECRET.slice(0, -1)],
      ['KEY_INVALID', edit(0, 0x58)],
      ['KEY_INVALID', edit(70, 1)],
      ['KEY_INVALID', edit(100, 1)],
      ['KEY_INVALID', encrypted],
      ['KEY_ENCRYPTED', withBytes(encrypted, 3, 'c'.charCodeAt(0))],
    ];
    for (const [code, row] of rows) {
      assert.equal(
        refusal(() => parseSecretKey(row)),
        code,
        row,
      );
      assert.throws(
        () => parseSecretKey(row),
        (error: Error) =>
          row.length < 100 || !error.message.includes(row.split('\n')[1]!.slice(20, 60)),
      );
    }
    assert.equal(
      refusal(() => parsePublicKey('untrusted comment: x\n')),
      'KEY_INVALID',
    );
    assert.equal(
      refusal(() => parsePublicKey(`${publicKeyBase64(key.publicKey)}A`)),
      'KEY_INVALID',
    );
  });
});

function withBytes(file: string, at: number, value: number): string {
  const [comment, packed] = file.split('\n') as [string, string];
  const bytes = Buffer.from(packed, 'base64');
  bytes[at] = value;
  return `${comment}\n${bytes.toString('base64')}\n`;
}
