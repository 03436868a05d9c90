import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import test from 'node:test';
import { hostName, reachedAt } from './host-name.ts';

const SPELLINGS: readonly (readonly [string, string])[] = [
  ['::1', '[::1]'],
  ['[::1]', '[::1]'],
  ['2001:DB8:0:0:0:0:0:1', '[2001:db8::1]'],
  ['fe80::1%eth0', '[fe80::1]'],
  ['192.168.1.7', '192.168.1.7'],
  ['Music.Home.arpa', 'music.home.arpa'],
];
for (const [host, wanted] of SPELLINGS)
  test(`${host} is spelled ${wanted} in an address`, () => {
    assert.equal(hostName(host), wanted);
  });

function info(address: string, told: { internal?: boolean; scopeid?: number } = {}) {
  const { internal = false, scopeid = 0 } = told;
  const rest = { address, internal, netmask: '', mac: '', cidr: null };
  return (
    address.includes(':') ? { ...rest, family: 'IPv6', scopeid } : { ...rest, family: 'IPv4' }
  ) as NetworkInterfaceInfo;
}
const INTERFACES = {
  lo: [info('127.0.0.1', { internal: true }), info('::1', { internal: true })],
  eth0: [info('fe80::2', { scopeid: 2 }), info('2001:db8::7'), info('192.168.1.7')],
};

const LISTENERS: readonly (readonly [string, readonly string[]])[] = [
  ['0.0.0.0', ['192.168.1.7', '127.0.0.1']],
  ['::', ['192.168.1.7', '[2001:db8::7]', '127.0.0.1']],
  ['0:0:0:0:0:0:0:0', ['192.168.1.7', '[2001:db8::7]', '127.0.0.1']],
  ['::1', ['[::1]']],
  ['2001:db8::7', ['[2001:db8::7]']],
  ['127.0.0.1', ['127.0.0.1']],
];
for (const [host, wanted] of LISTENERS)
  test(`a listener on ${host} is reached at ${wanted.join(' and ')}`, () => {
    assert.deepEqual(reachedAt(host, INTERFACES), wanted);
  });
