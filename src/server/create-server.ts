/**
 * The server: an archive's port in, a Fastify instance out. It listens to nothing until asked, reads no environment
 * and writes no log; faults go to the function it was given.
 */
import path from 'node:path';
import rateLimit from '@fastify/rate-limit';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { FonotecaError } from '../base/errors.ts';
import { addArtRoutes } from './art-routes.ts';
import { addFileRoutes } from './file-routes.ts';
import { createHostGuard } from './host-guard.ts';
import { clientKey, HTTP_LIMITS } from './http-limits.ts';
import { createListener, type ListenerLimits, refuseConnection } from './listener.ts';
import { addLookUpRoutes } from './look-up-routes.ts';
import { addPages } from './pages.ts';
import { COMMON_HEADERS } from './security-headers.ts';
import { sendError } from './send-error.ts';
import type { SitePort } from './site-port.ts';
import { addTwinRoutes } from './twin-routes.ts';

/** How a server is made. */
export interface ServerOptions {
  /** Host names without port it answers to beside the loopback names: the archive's own, and the LAN address of `--host`. */
  readonly hosts?: readonly string[];
  /** Addresses of web servers in front, whose `X-Forwarded-For` is believed and whose sockets are many clients'; none by default. */
  readonly trustedProxies?: readonly string[];
  /** Where the built web interface is; `null` serves JSON and bytes alone. */
  readonly webBuildDirectory?: string | null;
  readonly limits?: ListenerLimits;
  /** Told of every request that failed by our own fault, with the address asked for. */
  readonly onFault?: (error: unknown, address: string) => void;
}

/** Where `npm run build -w web` puts the interface. */
export const WEB_BUILD_DIRECTORY: string = path.resolve(import.meta.dirname, '../../web/build');

/** The longest id of the catalogue is 232 characters, each of which may be spelled in three. */
const MAX_PARAM_CHARS = 3 * 232;
const healthSchema = z.object({ status: z.string() });

/** A server for `site`. `ready()` and `listen()` reject with `SITE_NOT_BUILT` when pages are wanted and not built. */
export function createServer(site: SitePort, options: ServerOptions = {}): FastifyInstance {
  const { limits = HTTP_LIMITS, trustedProxies: proxies = [] } = options;
  const app = Fastify({
    serverFactory: (handler) => createListener(handler, { limits, proxies }),
    clientErrorHandler: refuseConnection,
    // An address that cannot be decoded reaches no hook and no route.
    frameworkErrors: (error, _request, reply) => {
      const status = error.statusCode ?? 400;
      sendError(reply.headers(COMMON_HEADERS), status, 'refused', shortReason(status));
    },
    bodyLimit: limits.maxBodyBytes,
    trustProxy: proxies.length > 0 ? [...proxies] : false,
    exposeHeadRoutes: true,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAM_CHARS },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  guardHosts(app, options.hosts ?? []);
  app.decorate('tellFault', tellOnce(options.onFault ?? (() => undefined)));
  app.setErrorHandler(answerError);
  app.register(rateLimit, {
    max: limits.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => clientKey(request.ip),
  });
  app.register(async (routes) => {
    await addTwinRoutes(routes, site);
    addFileRoutes(routes, site);
    addArtRoutes(routes, site);
    addLookUpRoutes(routes, site);
    const schema = { summary: 'Whether the server answers', response: { 200: healthSchema } };
    routes.get('/healthz', { schema }, async () => ({ status: 'ok' }));
  });
  const build =
    options.webBuildDirectory === undefined ? WEB_BUILD_DIRECTORY : options.webBuildDirectory;
  app.after(async () => {
    if (build !== null) await addPages(app, site, build, (error) => app.tellFault(error, 'a page'));
    app.setNotFoundHandler({ preHandler: app.rateLimit() }, answerUnrouted);
  });
  return app;
}

/** Checks the host before anything else looks at the request, and gives every answer the common headers. */
function guardHosts(app: FastifyInstance, hosts: readonly string[]): void {
  const guard = createHostGuard(hosts);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(COMMON_HEADERS);
    const refusal = guard(request.raw.rawHeaders);
    // The absolute form is for proxies, and would name a second host.
    if (!refusal && !request.raw.url?.startsWith('/'))
      await sendError(reply.header('connection', 'close'), 400, 'refused', shortReason(400));
    if (refusal)
      await sendError(
        reply.header('connection', 'close'),
        refusal.status,
        'wrong-host',
        refusal.message,
      );
  });
}

/** What no route took: a page, or an honest 404 in the form that was asked for. */
async function answerUnrouted(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendError(reply.header('allow', 'GET, HEAD'), 405, 'method', 'only GET and HEAD here');
  if (reply.sendPage === undefined || isForMachines(request.url))
    return sendError(reply, 404, 'not-found', 'there is no such thing here');
  return reply.sendPage();
}

/** Whether an address is one that programs ask for: its 404 is JSON, and no page is rendered for it. */
function isForMachines(url: string): boolean {
  const path = url.split('?')[0]!;
  // An id may have a dot, and only the twin of its page an ending.
  if (/^\/(?:artist|album|recording|track)\/[^/]+$/i.test(path)) return path.endsWith('.json');
  return /\.[a-z0-9]{1,12}$|^\/(?:stream|file|art|spectrogram|volumes)\//i.test(path);
}

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = error.statusCode ?? 500;
  // An id that does not fit the pattern names nothing, which is all the asker needs to know.
  if (error.validationContext === 'params')
    return sendError(reply, 404, 'not-found', 'there is no such thing here');
  if (status < 500) return sendError(reply, status, 'refused', shortReason(status));
  request.server.tellFault(error, request.url);
  // The code is public; what was seen may hold local paths and stays here.
  const code = error instanceof FonotecaError ? error.code : 'failed';
  return sendError(reply, 500, code, 'this failed here; the operator has been told');
}

/** `tell` for each error once, with the address as far as the question mark: behind it may be words of a search. */
function tellOnce(
  tell: (error: unknown, address: string) => void,
): (error: unknown, address: string) => void {
  const told = new WeakSet<object>();
  return (error, address) => {
    if (typeof error === 'object' && error !== null) {
      if (told.has(error)) return;
      told.add(error);
    }
    tell(error, address.split('?')[0]!);
  };
}

function shortReason(status: number): string {
  if (status === 429) return 'too many requests; wait a minute';
  if (status === 413) return 'no body is taken here';
  return 'the request does not fit this address';
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Tells the operator of what failed by our own fault, at an address of this server: once, whoever met it. */
    tellFault: (error: unknown, address: string) => void;
  }
}
