/** The limits of every listener, each with its reason: a slow, loud or malformed client costs little and harms no other. */

/** Numbers a hostile client runs into. Times in milliseconds. */
export const HTTP_LIMITS = {
  /** A browser's headers take 1–2 KB; more is refused with 431. */
  maxHeaderBytes: 16_384,
  /** A body that no route takes is read no further than this. */
  maxBodyBytes: 16_384,
  /** A thousand ids of the longest kind, with their quotes. */
  maxLookUpBytes: 250_000,
  /** A whole request must arrive in this time, its headers in half of it: slow senders are closed with 408. */
  requestTimeoutMs: 20_000,
  headersTimeoutMs: 10_000,
  /** A socket on which nothing moves, a reader that stopped reading included, is closed. A paused player asks again by range. */
  idleTimeoutMs: 120_000,
  keepAliveTimeoutMs: 10_000,
  /** How often the two request timeouts are looked at; Node's own default is 30 s. */
  timeoutCheckMs: 2_000,
  /** Sockets of all clients together. */
  maxConnections: 2_000,
  /** Sockets of one address (IPv6: one /64): ten browsers behind one router, or a mirror's web-seed clients. */
  maxConnectionsPerAddress: 100,
  /** Requests on one socket, pipelined or not, before it is closed. */
  maxRequestsPerSocket: 1_000,
  /** Requests of one address in a minute for pages and their JSON; file bytes are bound by connections instead. */
  requestsPerMinute: 1_200,
  /** Spectrograms one address may ask for in a minute: each new one costs seconds of a core. */
  spectrogramsPerMinute: 240,
  /** Look-ups of one address in a minute: each may be a thousand ids, some 0.3 s of a core. */
  lookUpsPerMinute: 60,
  /** Longest search text in bytes of UTF-8. */
  maxQueryBytes: 256,
} as const;

/** The part of an address that is counted as one client: an IPv4 address, or the first 64 bits of an IPv6 one. */
export function clientKey(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const missing = address.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0;
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
