/**
 * Whether a typed address lies inside, so that the mirrors its editions name may be its neighbours. Only what was typed
 * says so: the names of an archive are answered by the archive itself, which could then lead anywhere in this network.
 */
import { isPublicAddress, literalAddress } from '../base/outbound-address.ts';

/** Whether the host of `address` is written as an address that is not public, or is this machine by name (RFC 6761 6.3). */
export function isInnerAddress(address: string): boolean {
  const host = URL.parse(address)?.hostname ?? '';
  const literal = literalAddress(host);
  if (literal !== undefined) return !isPublicAddress(literal);
  return /^(?:.+\.)?localhost\.?$/.test(host);
}
