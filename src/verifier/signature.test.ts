import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonical, type Fields } from './documents.ts';
import { Problem } from './files.ts';
import { MAX_KEYS, MAX_KEYS_BYTES, printedId, readKeyRoles } from './signature.ts';

/** Key `number`, its 32 bytes made of `body`. */
function key(number: number, body = number): { id: string; publicKey: string } {
  const bytes = Buffer.alloc(42, body);
  bytes.write('Ed');
  bytes.writeBigUInt64LE(BigInt(number), 2);
  return { id: printedId(bytes.toString('hex', 2, 10)), publicKey: bytes.toString('base64') };
}

function list(keys: readonly { id: string }[], change: Fields = {}): Fields {
  const ids = keys.map(({ id }) => id);
  const roles = { edition: ids, timestamp: ids };
  return { format: 'fonoteca-keys/1', keys, roles, threshold: 1, ...change };
}

const many = (count: number) => Array.from({ length: count }, (_, at) => key(at + 1));

describe('a list of keys', () => {
  test('is read by id, and fits its bound at its longest', () => {
    const longest = list(many(MAX_KEYS), { threshold: MAX_KEYS });
    const { ids, edition, timestamp, threshold } = readKeyRoles(longest);
    assert.deepEqual([ids.length, edition.size, timestamp.size, threshold], [32, 32, 32, 32]);
    assert.ok(Buffer.byteLength(canonical(longest)) < MAX_KEYS_BYTES);
  });

  for (const [what, document] of [
    ['more keys than anybody needs', list(many(MAX_KEYS + 1))],
    ['a key twice', list([key(1), key(1)], { roles: undefined })],
    ['one key under two ids', list([key(1), key(2, 1)])],
    ['a key of another id', list([{ ...key(1), id: key(2).id }])],
    ['a key without a role', list(many(2), { roles: list(many(1)).roles })],
    ['a role for a key that is not there', list(many(1), { roles: list(many(2)).roles })],
    ['a role twice', list(many(1), { roles: list([key(1), key(1)]).roles })],
    ['a threshold that cannot be met', list(many(2), { threshold: 3 })],
    ['no key', list([])],
  ] as const)
    test(`is refused with ${what}`, () => {
      assert.throws(
        () => readKeyRoles(document),
        (error) => error instanceof Problem && error.code === 'VERIFY_DOCUMENT',
      );
    });
});
