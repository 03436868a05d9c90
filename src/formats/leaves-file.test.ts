import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import { mutate, seededRandom } from '../base/seeded-random.ts';
import { encodeLeaves, LEAVES_HEADER_BYTES, parseLeaves } from './leaves-file.ts';
import { LEAF_BYTES, leafHash } from './merkle.ts';

describe('the .leaves file', () => {
  for (const sizeBytes of [0, 1, LEAF_BYTES, LEAF_BYTES + 1, 10 * LEAF_BYTES])
    test(`of a volume of ${sizeBytes} bytes reads back as it was written`, () => {
      const leaves = seededRandom(sizeBytes + 1).bytes(Math.ceil(sizeBytes / LEAF_BYTES) * 32);
      const bytes = encodeLeaves({ sizeBytes, leaves });
      assert.equal(bytes.length, LEAVES_HEADER_BYTES + leaves.length);
      const read = parseLeaves(bytes);
      assert.deepEqual(
        [read.sizeBytes, Buffer.from(read.leaves)],
        [sizeBytes, Buffer.from(leaves)],
      );
    });

  const good = encodeLeaves({ sizeBytes: 20_000, leaves: seededRandom(1).bytes(64) });
  const edited = (at: number, byte: number): Uint8Array =>
    Uint8Array.from(good).fill(byte, at, at + 1);
  const bad: [string, Uint8Array, RegExp][] = [
    ['an empty file', good.subarray(0, 0), /no fonoteca-leaves1 header/],
    ['another magic', edited(15, 0x32), /no fonoteca-leaves1 header/],
    ['a cut header', good.subarray(0, 23), /no fonoteca-leaves1 header/],
    ['a missing hash', good.subarray(0, -32), /56 bytes where a volume of 20000 calls for 88/],
    ['a cut hash', good.subarray(0, -1), /87 bytes/],
    ['a byte more', Buffer.concat([good, Buffer.alloc(1)]), /89 bytes/],
    ['a size beyond 2^53', edited(17, 0x20), /a volume of 9007199254760992 bytes/],
  ];
  for (const [what, bytes, message] of bad)
    test(`refuses ${what}`, () =>
      assert.throws(() => parseLeaves(bytes), { code: 'LEAVES_INVALID', message }));

  test('mutated files are refused under the code or encode to the same bytes (seeds 1 to 500)', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const input = mutate(good, seededRandom(seed));
      try {
        assert.deepEqual(
          Buffer.from(encodeLeaves(parseLeaves(input))),
          Buffer.from(input),
          `seed ${seed}`,
        );
      } catch (error) {
        if (!(error instanceof FonotecaError)) throw error;
        assert.equal(error.code, 'LEAVES_INVALID');
      }
    }
  });

  test('the worked bytes of the format page are what the code writes', () => {
    const bytes = encodeLeaves({ sizeBytes: 5, leaves: leafHash(Buffer.from('hello')) });
    const hex = Buffer.from(bytes)
      .toString('hex')
      .match(/.{1,32}/g)!
      .join('\n');
    const page = fs.readFileSync(
      path.resolve(import.meta.dirname, '../../docs/formats/leaves.md'),
      'utf8',
    );
    assert(page.includes(`\`\`\`\n${hex}\n\`\`\``), hex);
  });
});
