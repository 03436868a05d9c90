/**
 * The one door to other machines: HTTP(S) requests under an address policy, a size cap and a slowest speed.
 *
 * Input: an address that the operator typed (`typed`) or that was found in data (`public`). Output: status, headers and
 * a body that ends early when it grows or crawls. It keeps no cookie, follows no redirect to another origin, asks for
 * no compression, and connects to the very address it has checked.
 */
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { type Clock, systemClock } from './clock.ts';
import { errnoOf, FonotecaError, messageOf } from './errors.ts';
import { literalAddress, type Resolve, requirePublic, systemResolve } from './outbound-address.ts';

/** What is asked of another machine. */
export interface OutboundRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Bytes `start` up to but without `end`. */
  readonly range?: { readonly start: number; readonly end: number };
  /** More body than this ends the request with `OUTBOUND_TOO_LARGE`. */
  readonly maxBytes: number;
  /** Longest wait for the headers, and between two parts of the body; 30 s when absent. */
  readonly timeoutMs?: number;
  readonly stop?: AbortSignal | undefined;
}

/** What another machine answered. */
export interface OutboundAnswer {
  readonly status: number;
  /** By name in lower case; several of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends with `OUTBOUND_TOO_LARGE`, `OUTBOUND_TIMEOUT`, `OUTBOUND_FAILED` or `INTERRUPTED` when it does not end well. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets the connection go; needed when the body is not read to its end. */
  close(): void;
}

/** A door to other machines. */
export interface Outbound {
  request(url: string, request: OutboundRequest): Promise<OutboundAnswer>;
  /** The answer with its whole body, which is held in memory: `maxBytes` is its bound. */
  readWhole(
    url: string,
    request: OutboundRequest,
  ): Promise<{ status: number; headers: Readonly<Record<string, string>>; bytes: Buffer }>;
}

/** How a door is opened. */
export interface OutboundOptions {
  /** `typed`: any host. `public`: only hosts all of whose addresses are public unicast. */
  readonly allow: 'typed' | 'public';
  readonly resolve?: Resolve;
  readonly clock?: Clock;
  /** The slowest body that is waited for. */
  readonly floor?: TransferFloor;
}

/** A body must bring `bytes` in each `windowMs` of waiting. */
export interface TransferFloor {
  readonly windowMs: number;
  readonly bytes: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;
/** 1 KiB/s over half a minute: slower than any line worth waiting for, and endless drips end. */
const DEFAULT_FLOOR: TransferFloor = { windowMs: 30_000, bytes: 30 * 1024 };
const MAX_REDIRECTS = 3;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** Connections kept to one host: enough to hide the way there and back, few enough to be a good guest. */
const MAX_SOCKETS = 4;

/** A door to other machines under `options.allow`. */
export function openOutbound(options: OutboundOptions): Outbound {
  const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: MAX_SOCKETS };
  const door: Door = {
    allow: options.allow,
    resolve: options.resolve ?? systemResolve,
    clock: options.clock ?? systemClock,
    floor: options.floor ?? DEFAULT_FLOOR,
    http: new http.Agent(agentOptions),
    https: new https.Agent(agentOptions),
  };
  const request = (url: string, asked: OutboundRequest) => follow(door, url, asked);
  return {
    request,
    async readWhole(url, asked) {
      const { status, headers, body } = await request(url, asked);
      const parts: Uint8Array[] = [];
      for await (const part of body) parts.push(part);
      return { status, headers, bytes: Buffer.concat(parts) };
    },
  };
}

interface Door extends Required<OutboundOptions> {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

async function follow(door: Door, typed: string, asked: OutboundRequest): Promise<OutboundAnswer> {
  let url = parseAddress(door, typed);
  for (let hops = 0; ; hops += 1) {
    const response = await sendTwice(door, url, asked);
    const target = REDIRECTS.includes(response.statusCode ?? 0) && response.headers.location;
    if (typeof target !== 'string') return answerOf(door, url, asked, response);
    response.destroy();
    const next = parseAddress(door, target, url);
    const refusal =
      next.origin !== url.origin
        ? 'to another origin'
        : asked.method === 'POST'
          ? 'of a POST'
          : hops >= MAX_REDIRECTS
            ? `after ${MAX_REDIRECTS} others`
            : undefined;
    if (refusal !== undefined)
      throw new FonotecaError('OUTBOUND_REFUSED', `${show(url)}: a redirect ${refusal}`);
    url = next;
  }
}

function parseAddress(door: Door, text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  const refuse = (why: string): never => {
    throw new FonotecaError('OUTBOUND_REFUSED', `${text.slice(0, 200)}: ${why}`);
  };
  if (!url) return refuse('no address');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refuse('neither http nor https');
  if (url.username !== '' || url.password !== '') return refuse('a name and password inside');
  if (door.allow === 'public') {
    const literal = literalAddress(url.hostname);
    if (literal !== undefined) requirePublic(url.hostname, [literal]);
    // Low ports belong to other protocols, which a crafted request could be made to speak.
    const port = Number(url.port || 443);
    if (port < 1024 && port !== 80 && port !== 443) return refuse(`port ${port}`);
  }
  url.hash = '';
  return url;
}

/** A kept connection may be closed by the other side just as it is used again: then, and only then, once more. */
async function sendTwice(
  door: Door,
  url: URL,
  asked: OutboundRequest,
): Promise<http.IncomingMessage> {
  const first = await send(door, url, asked);
  if (first !== 'stale') return first;
  const second = await send(door, url, asked);
  if (second !== 'stale') return second;
  throw new FonotecaError('OUTBOUND_FAILED', `${show(url)}: the connection was closed`);
}

function send(
  door: Door,
  url: URL,
  asked: OutboundRequest,
): Promise<http.IncomingMessage | 'stale'> {
  const { method = 'GET', headers, body, range, timeoutMs = DEFAULT_TIMEOUT_MS, stop } = asked;
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(url, {
      method,
      headers: {
        'user-agent': 'fonoteca',
        accept: '*/*',
        'accept-encoding': 'identity',
        ...(body ? { 'content-length': String(body.length) } : {}),
        ...(range ? { range: `bytes=${range.start}-${range.end - 1}` } : {}),
        ...headers,
      },
      agent: secure ? door.https : door.http,
      lookup: checkedLookup(door),
      ...(stop ? { signal: stop } : {}),
    });
    // From the look-up of the name to the last header: a server that drips its headers does not put it off.
    const timer = setTimeout(() => request.destroy(timedOut(url, timeoutMs)), timeoutMs);
    request.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      if (request.reusedSocket && errnoOf(error) === 'ECONNRESET' && !stop?.aborted)
        resolve('stale');
      else reject(failure(url, error, stop));
    });
    request.end(body);
  });
}

/** Resolves the name ourselves and hands out what was checked, so that a second answer of the DNS changes nothing. */
function checkedLookup(door: Door): LookupFunction {
  return (host, options, callback) => {
    const done = async () => {
      const addresses = await door.resolve(host);
      const first = addresses[0];
      if (!first) throw new FonotecaError('OUTBOUND_FAILED', `${host} has no address`);
      if (door.allow === 'public')
        requirePublic(
          host,
          addresses.map(({ address }) => address),
        );
      return { first, addresses };
    };
    done().then(
      ({ first, addresses }) =>
        options.all ? callback(null, [...addresses]) : callback(null, first.address, first.family),
      (error: Error) => callback(error, ''),
    );
  };
}

function answerOf(
  door: Door,
  url: URL,
  asked: OutboundRequest,
  response: http.IncomingMessage,
): OutboundAnswer {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const status = response.statusCode ?? 0;
  const wrong = wrongAnswer(asked, status, headers);
  if (wrong) {
    response.destroy();
    throw new FonotecaError(wrong.code, `${show(url)}: ${wrong.seen}`);
  }
  return {
    status,
    headers,
    body: bodyOf(door, url, asked, response),
    close: () => response.destroy(),
  };
}

function wrongAnswer(
  { method, range, maxBytes }: OutboundRequest,
  status: number,
  headers: Readonly<Record<string, string>>,
): { code: 'OUTBOUND_FAILED' | 'OUTBOUND_TOO_LARGE'; seen: string } | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity')
    return { code: 'OUTBOUND_FAILED', seen: `content-encoding ${encoding.slice(0, 40)}` };
  const length = headers['content-length'];
  if (method !== 'HEAD' && length !== undefined && Number(length) > maxBytes)
    return { code: 'OUTBOUND_TOO_LARGE', seen: `${length} bytes, at most ${maxBytes}` };
  if (status !== 206) return undefined;
  const told = /^bytes (\d+)-(\d+)\/(?:\d+|\*)$/.exec(headers['content-range'] ?? '');
  if (range && Number(told?.[1]) === range.start && Number(told?.[2]) < range.end) return undefined;
  return { code: 'OUTBOUND_FAILED', seen: 'another range than was asked for' };
}

async function* bodyOf(
  { clock, floor }: Door,
  url: URL,
  { maxBytes, timeoutMs = DEFAULT_TIMEOUT_MS, stop }: OutboundRequest,
  response: http.IncomingMessage,
): AsyncGenerator<Uint8Array> {
  const parts = response[Symbol.asyncIterator]();
  let takenBytes = 0;
  let window = { waitedMs: 0, bytes: 0 };
  try {
    for (;;) {
      // Only the time spent waiting counts: a slow disk on this side is not the other side's fault.
      const sinceMs = clock.elapsedMs();
      const timer = setTimeout(() => response.destroy(timedOut(url, timeoutMs)), timeoutMs);
      const part = await parts.next().finally(() => clearTimeout(timer));
      if (part.done && response.complete) return;
      if (part.done) throw new FonotecaError('OUTBOUND_FAILED', `${show(url)}: cut short`);
      const bytes: Buffer = part.value;
      takenBytes += bytes.length;
      if (takenBytes > maxBytes)
        throw new FonotecaError('OUTBOUND_TOO_LARGE', `${show(url)}: more than ${maxBytes} bytes`);
      window.waitedMs += clock.elapsedMs() - sinceMs;
      window.bytes += bytes.length;
      if (window.waitedMs >= floor.windowMs) {
        if (window.bytes < floor.bytes)
          throw new FonotecaError(
            'OUTBOUND_TIMEOUT',
            `${show(url)}: ${window.bytes} bytes in ${Math.round(window.waitedMs / 1000)} s`,
          );
        window = { waitedMs: 0, bytes: 0 };
      }
      yield bytes;
    }
  } catch (error) {
    throw failure(url, error, stop);
  } finally {
    if (!response.complete) response.destroy();
  }
}

function timedOut(url: URL, timeoutMs: number): FonotecaError {
  return new FonotecaError('OUTBOUND_TIMEOUT', `${show(url)}: nothing for ${timeoutMs} ms`);
}

function failure(url: URL, error: unknown, stop: AbortSignal | undefined): FonotecaError {
  if (error instanceof FonotecaError) return error;
  if (stop?.aborted) return new FonotecaError('INTERRUPTED', show(url), { cause: error });
  const seen = errnoOf(error) ?? messageOf(error);
  return new FonotecaError('OUTBOUND_FAILED', `${show(url)}: ${seen}`, { cause: error });
}

/** The address for a message; what stands behind `?` may be a secret of whoever typed it. */
function show(url: URL): string {
  return `${url.origin}${url.pathname}`.slice(0, 200);
}
