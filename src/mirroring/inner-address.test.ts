import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInnerAddress } from './inner-address.ts';

test('an address is inner by what was typed alone, and no name is asked of anybody', () => {
  for (const [address, wanted] of [
    ['http://127.0.0.1:8484/', true],
    ['http://[::1]/', true],
    ['http://192.168.1.7/fonoteca/', true],
    ['http://[fd00::7]:8484', true],
    ['http://localhost:8484', true],
    ['http://LOCALHOST.', true],
    ['http://archive.localhost', true],
    ['http://2130706433/', true],
    ['https://archive.example.org/', false],
    ['http://nas.lan/', false],
    ['http://localhost.example.org/', false],
    ['http://notlocalhost/', false],
    ['http://93.184.216.34/', false],
    ['no address', false],
  ] as const)
    assert.equal(isInnerAddress(address), wanted, address);
});
