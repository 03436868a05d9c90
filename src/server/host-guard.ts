/**
 * The Host allow-list: a request that names another host is none of ours (DNS rebinding, a misdirected proxy), and
 * Node by itself answers it with 200. Input: a request's raw headers; output: undefined or the refusal.
 */
import { hostName } from './host-name.ts';

/** Names every listener answers to. */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'] as const;

const MAX_PORT = 65_535;

/** A refused request: its status and a sentence for the client. */
export interface Refusal {
  readonly status: 400 | 403 | 421;
  readonly message: string;
}

/** A check of raw headers (as in `IncomingMessage.rawHeaders`) against the loopback names and `hosts` (names without port, IPv6 with brackets or without). */
export function createHostGuard(
  hosts: readonly string[],
): (rawHeaders: readonly string[]) => Refusal | undefined {
  const allowed = new Set([...LOOPBACK_NAMES, ...hosts.map(hostName)]);
  return (rawHeaders) => {
    const named = valuesOf(rawHeaders, 'host');
    if (named.length !== 1) return { status: 400, message: 'one Host header, please' };
    const host = hostOf(named[0]!);
    if (host === undefined) return { status: 400, message: 'the Host header is not a host' };
    if (!allowed.has(host)) return { status: 421, message: 'this archive has another address' };
    const origins = valuesOf(rawHeaders, 'origin');
    if (origins.length > 0 && !origins.every((origin) => allowed.has(originHost(origin) ?? '')))
      return { status: 403, message: 'requests come from the archive’s own pages' };
    return undefined;
  };
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    if (rawHeaders[index]!.toLowerCase() === name) values.push(rawHeaders[index + 1]!);
  return values;
}

/** The name in `host:port` as addresses spell it, or undefined when the text is no such thing. */
function hostOf(text: string): string | undefined {
  const match = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::(\d{1,5}))?$/i.exec(text);
  if (!match || Number(match[2] ?? 0) > MAX_PORT) return undefined;
  const isNoAddress = match[1]!.startsWith('[') && !URL.canParse(`http://${match[1]}/`);
  return isNoAddress ? undefined : hostName(match[1]!);
}

function originHost(text: string): string | undefined {
  const match = /^https?:\/\/(.+)$/i.exec(text);
  return match ? hostOf(match[1]!) : undefined;
}
