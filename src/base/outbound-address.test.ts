import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress, literalAddress } from './outbound-address.ts';

const ROWS: readonly (readonly [string, boolean])[] = [
  ['1.1.1.1', true],
  ['93.184.216.34', true],
  ['172.15.255.255', true],
  ['172.32.0.0', true],
  ['100.63.255.255', true],
  ['223.255.255.255', true],
  ['0.0.0.0', false],
  ['10.1.2.3', false],
  ['100.64.0.1', false],
  ['127.0.0.1', false],
  ['127.255.255.254', false],
  ['169.254.169.254', false],
  ['172.16.0.1', false],
  ['172.31.255.255', false],
  ['192.0.0.8', false],
  ['192.0.2.1', false],
  ['192.88.99.1', false],
  ['192.168.1.1', false],
  ['198.19.0.1', false],
  ['203.0.113.9', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['2606:4700:4700::1111', true],
  ['2a00:1450:4001::1', true],
  ['64:ff9b::101:101', true],
  ['64:ff9b::7f00:1', false],
  ['64:ff9b::10.0.0.1', false],
  ['64:ff9b::a9fe:a9fe', false],
  ['64:ff9b::', false],
  ['64:ff9b:1::101:101', false],
  ['::', false],
  ['::1', false],
  ['::127.0.0.1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:1.1.1.1', false],
  ['::ffff:7f00:1', false],
  ['2002:7f00:1::', false],
  ['2002:101:101::', false],
  ['2001:0:4136:e378::1', false],
  ['2001:db8::1', false],
  ['3fff::1', false],
  ['fc00::1', false],
  ['fd12:3456::1', false],
  ['fe80::1', false],
  ['fe80::1%eth0', false],
  ['2606:4700::1%eth0', false],
  ['fec0::1', false],
  ['ff02::1', false],
  ['localhost', false],
  ['', false],
];

for (const [address, expected] of ROWS)
  test(`${address || 'nothing'} is ${expected ? '' : 'not '}a public address`, () => {
    assert.equal(isPublicAddress(address), expected);
  });

for (const [host, expected] of [
  ['http://0x7f000001/', '127.0.0.1'],
  ['http://2130706433/', '127.0.0.1'],
  ['http://0177.0.0.1/', '127.0.0.1'],
  ['http://127.1/', '127.0.0.1'],
  ['http://[::1]/', '::1'],
  ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
  ['http://１２７.0.0.1/', '127.0.0.1'],
  ['http://localhost/', undefined],
  ['http://127.0.0.1.example.org/', undefined],
] as const)
  test(`the host of ${host} is ${expected ?? 'a name'}`, () => {
    assert.equal(literalAddress(new URL(host).hostname), expected);
    if (expected) assert.equal(isPublicAddress(expected), false);
  });
