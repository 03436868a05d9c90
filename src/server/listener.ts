/** The HTTP listener with every limit of `http-limits.ts` set: what Fastify gets as its server. */
import http from 'node:http';
import type { Socket } from 'node:net';
import { clientKey, type HTTP_LIMITS } from './http-limits.ts';

/** The limits a listener takes; tests pass smaller ones. */
export type ListenerLimits = { readonly [Name in keyof typeof HTTP_LIMITS]: number };

/** A strict HTTP/1.1 server that passes requests to `handler`. Sockets of `proxies` count towards the total alone: each carries many clients. */
export function createListener(
  handler: http.RequestListener,
  { limits, proxies }: { limits: ListenerLimits; proxies: readonly string[] },
): http.Server {
  const server = http.createServer(
    {
      insecureHTTPParser: false,
      requireHostHeader: true,
      maxHeaderSize: limits.maxHeaderBytes,
      requestTimeout: limits.requestTimeoutMs,
      headersTimeout: limits.headersTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: limits.timeoutCheckMs,
    },
    handler,
  );
  server.maxConnections = limits.maxConnections;
  server.maxRequestsPerSocket = limits.maxRequestsPerSocket;
  server.timeout = limits.idleTimeoutMs;
  server.on('connection', capConnections(limits.maxConnectionsPerAddress, proxies));
  server.on('request', closeAfter(limits.maxRequestsPerSocket));
  return server;
}

/** Answers a request that is no HTTP with its status and closes the connection, since what follows on it cannot be trusted. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = statusOf(error.code);
  const body = JSON.stringify({
    error: { code: 'bad-request', message: http.STATUS_CODES[status] },
  });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  socket.destroySoon();
}

function statusOf(code: string | undefined): 400 | 408 | 431 {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

/**
 * Closes a socket once its last allowed request is answered. Node only says `Connection: close` then, and goes on to
 * answer 503 to whatever a client that does not care has pipelined.
 */
function closeAfter(most: number): http.RequestListener {
  const counts = new WeakMap<Socket, number>();
  return ({ socket }, response) => {
    const count = (counts.get(socket) ?? 0) + 1;
    counts.set(socket, count);
    if (count === most) response.once('finish', () => socket.destroySoon());
  };
}

/** Drops the sockets of one address beyond `most`, without a reply: an answer would cost more than the flood. */
function capConnections(most: number, proxies: readonly string[]): (socket: Socket) => void {
  const uncapped = new Set(proxies.map(clientKey));
  const open = new Map<string, number>();
  return (socket) => {
    const key = clientKey(socket.remoteAddress);
    if (uncapped.has(key)) return;
    const count = (open.get(key) ?? 0) + 1;
    open.set(key, count);
    socket.once('close', () => {
      const left = open.get(key)! - 1;
      if (left === 0) open.delete(key);
      else open.set(key, left);
    });
    if (count > most) socket.destroy();
  };
}
