/** How hosts are spelled in addresses and `Host` headers, and where a listener is reached. */
import type { NetworkInterfaceInfo } from 'node:os';

/** What to listen on for every IPv4 address of the machine, the local network's among them. */
export const EVERYWHERE = '0.0.0.0';
/** What to listen on when nothing is said. */
export const LOOPBACK = '127.0.0.1';
/** Every address of the machine, IPv4 and IPv6. */
const EVERYWHERE_TOO = '[::]';

/** `host` as an address spells it: IPv6 in brackets and its shortest form (RFC 3986 3.2.2), all else in lower case. */
export function hostName(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  return URL.parse(`http://[${bare}]/`)?.hostname ?? host.toLowerCase();
}

/**
 * The hosts that a listener on `host` is reached at, the best first: itself, or for a listener everywhere the addresses
 * that others have for this machine with `interfaces`, then loopback. What leads no further than one wire is left out.
 */
export function reachedAt(
  host: string,
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): string[] {
  const name = hostName(host);
  if (name !== EVERYWHERE && name !== EVERYWHERE_TOO) return [name];
  const outside = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter((info) => !info.internal && (info.family === 'IPv4' || info.scopeid === 0));
  const kept = outside.filter(({ family }) => family === 'IPv4' || name === EVERYWHERE_TOO);
  // IPv4 first: fewer keys to type on a phone.
  kept.sort((a, b) => Number(a.family === 'IPv6') - Number(b.family === 'IPv6'));
  return [...kept.map(({ address }) => hostName(address)), LOOPBACK];
}
