/**
 * Which addresses of other machines may be called when the address was found in data and not typed by the operator:
 * public unicast only. Input: an address or a host name; output: whether it may be called. Ranges: RFC 6890, RFC 9637
 * and IANA's special-purpose registries.
 */
import { promises as dns } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { FonotecaError } from './errors.ts';

/** An address a name stands for. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

/** IPv4 ranges that are not public unicast. */
const CLOSED_V4: readonly string[] = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, and the metadata address of clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
];
/** Global unicast of IPv6; all else (loopback, link-local, unique local, multicast, mapped forms) lies outside. */
const OPEN_V6 = '2000::/3';
/** What lies inside global unicast and leads elsewhere. */
const CLOSED_V6: readonly string[] = [
  '2001::/23', // protocol assignments: Teredo, ORCHID, benchmarks
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: an IPv4 address in disguise
  '3fff::/20', // documentation
];
/** NAT64 (RFC 6052): what a DNS64 answers for a host that has only IPv4; the IPv4 address stands in the last 32 bits. */
const NAT64 = '64:ff9b::/96';

const closedV4 = blockList(CLOSED_V4, 'ipv4');
const openV6 = blockList([OPEN_V6], 'ipv6');
const closedV6 = blockList(CLOSED_V6, 'ipv6');
const nat64 = blockList([NAT64], 'ipv6');

/** Whether `address` is public unicast. False for what is no address, and for one with a zone. */
export function isPublicAddress(address: string): boolean {
  const family = address.includes('%') ? 0 : isIP(address);
  if (family === 4) return !closedV4.check(address, 'ipv4');
  if (family !== 6) return false;
  if (nat64.check(address, 'ipv6')) return isPublicAddress(lastFourBytes(address));
  return openV6.check(address, 'ipv6') && !closedV6.check(address, 'ipv6');
}

/** The address itself when `host` (as `URL.hostname` writes it) is one and no name. */
export function literalAddress(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

/** Every address the machine's resolver knows for `host`, hosts file included. */
export const systemResolve: Resolve = async (host) => {
  const found = await dns.lookup(host, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** Refuses `host` with `OUTBOUND_REFUSED` unless all of `addresses` are public: one that is not may be the one connected to. */
export function requirePublic(host: string, addresses: readonly string[]): void {
  const closed = addresses.find((address) => !isPublicAddress(address));
  if (closed !== undefined)
    throw new FonotecaError('OUTBOUND_REFUSED', `${host} is at ${closed}, which is not public`);
}

function blockList(ranges: readonly string[], type: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix] = range.split('/');
    list.addSubnet(network, Number(prefix), type);
  }
  return list;
}

/** The last 32 bits of an IPv6 address as IPv4; URL writes the hexadecimal form of every spelling. */
function lastFourBytes(address: string): string {
  const [high = '', low = ''] = new URL(`http://[${address}]/`).hostname
    .slice(1, -1)
    .split(':')
    .slice(-2);
  const [a, b] = [Number.parseInt(high || '0', 16), Number.parseInt(low || '0', 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}
