import assert from 'node:assert/strict';
import test from 'node:test';
import { clientKey } from './http-limits.ts';

const CASES: readonly (readonly [string | undefined, string])[] = [
  ['192.0.2.9', '192.0.2.9'],
  ['::ffff:192.0.2.9', '192.0.2.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::9', '2001:db8:1:2'],
  ['2001:0db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  [undefined, 'unknown'],
];

for (const [address, expected] of CASES)
  test(`the client at ${address} is counted as ${expected}`, () => {
    assert.equal(clientKey(address), expected);
  });
