/**
 * Addresses in torrents and magnet links: which ones could be spoken to at all.
 *
 * Only the form is judged here. Whether an address may be called (loopback, private networks) is for the one outbound
 * client to decide.
 */

/** `text` without spaces round it when it is a tracker address (http, https, udp, ws, wss), or undefined. */
export function trackerAddress(text: string): string | undefined {
  return addressOf(text, ['http:', 'https:', 'udp:', 'ws:', 'wss:']);
}

/** `text` without spaces round it when it is a web seed address (http, https), or undefined. */
export function webSeedAddress(text: string): string | undefined {
  return addressOf(text, ['http:', 'https:']);
}

/** Longest address kept. */
const MAX_ADDRESS_LENGTH = 2048;

function addressOf(text: string, schemes: readonly string[]): string | undefined {
  const trimmed = text.trim();
  // URL takes spaces, tabs and newlines inside an address and drops them: an address written so is not one.
  if (trimmed.length > MAX_ADDRESS_LENGTH || !trimmed.isWellFormed()) return undefined;
  if (/[\s\p{Cc}]/u.test(trimmed)) return undefined;
  const url = URL.parse(trimmed);
  return url !== null && url.hostname !== '' && schemes.includes(url.protocol)
    ? trimmed
    : undefined;
}
