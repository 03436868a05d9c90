/**
 * The pages: the built web interface (`web/build`), rendered here and served from memory.
 * Input: a path; output: HTML with its own nonce policy, or a static file of the build. Everything is read once at
 * the start, so that no request names a file on disk.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import type { PagePlatform, PageServer } from './page-platform.ts';
import { COMMON_HEADERS } from './security-headers.ts';
import type { SitePort } from './site-port.ts';
import { readTwin } from './twins.ts';

interface Asset {
  readonly mimeType: string;
  readonly etag: string;
  readonly immutable: boolean;
  readonly bodies: { readonly identity: Buffer; readonly br?: Buffer; readonly gzip?: Buffer };
}

const ASSET_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/** Adds the pages and assets built in `buildDirectory` to `app`; throws `SITE_NOT_BUILT` when they are not there. */
export async function addPages(
  app: FastifyInstance,
  site: SitePort,
  buildDirectory: string,
  fault: (error: unknown) => void,
): Promise<void> {
  const pages = await loadPages(buildDirectory);
  for (const [url, asset] of await loadAssets(path.join(buildDirectory, 'client')))
    app.route({
      method: ['GET', 'HEAD'],
      url,
      config: { rateLimit: false },
      schema: { hide: true },
      handler: (request, reply) => sendAsset(request, reply, asset),
    });
  const platform: PagePlatform = {
    twin: async (address) => {
      const { status, body } = await readTwin(site, address);
      return Response.json(body, { status });
    },
    fault,
  };
  app.decorateReply('sendPage', async function (this: FastifyReply) {
    const { request } = this;
    const response = await pages.respond(
      new Request(`http://${request.headers.host}${request.raw.url}`),
      { platform, getClientAddress: () => request.ip },
    );
    await sendPage(this, response);
    return this;
  });
}

/** The file of the interface built in `buildDirectory` that serving begins with. */
export function pagesEntry(buildDirectory: string): string {
  return path.join(buildDirectory, 'server', 'server.js');
}

async function loadPages(buildDirectory: string): Promise<PageServer> {
  const entry = pagesEntry(buildDirectory);
  if (!fs.existsSync(entry)) throw new FonotecaError('SITE_NOT_BUILT', `nothing at ${entry}`);
  const { server } = (await import(pathToFileURL(entry).href)) as { server: PageServer };
  // An empty environment: pages are given what they may know by the port alone.
  await server.init({ env: {} });
  return server;
}

/** The files below `directory` by their address, small ones also compressed. */
async function loadAssets(directory: string): Promise<Map<string, Asset>> {
  const assets = new Map<string, Asset>();
  const names = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const name of names) {
    const mimeType = ASSET_TYPES[path.extname(name)];
    if (mimeType === undefined) continue;
    const identity = fs.readFileSync(path.join(directory, name));
    const url = `/${name.split(path.sep).join('/')}`;
    const compressible = !/image\/(png|x-icon)|font/.test(mimeType) && identity.length > 512;
    assets.set(url, {
      mimeType,
      etag: `"${sha256(identity)}"`,
      immutable: url.includes('/immutable/'),
      bodies: compressible
        ? { identity, br: await compressBrotli(identity), gzip: await compressGzip(identity) }
        : { identity },
    });
  }
  return assets;
}

function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  const encoding = (['br', 'gzip'] as const).find(
    (name) => asset.bodies[name] && accepts(request, name),
  );
  // A strong tag names one representation, so each encoding has its own.
  const etag = encoding ? asset.etag.replace(/"$/, `-${encoding}"`) : asset.etag;
  reply.headers({
    etag,
    vary: 'accept-encoding',
    'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': "default-src 'none'",
  });
  if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
  if (encoding) reply.header('content-encoding', encoding);
  reply.header('content-type', asset.mimeType);
  return reply.send(asset.bodies[encoding ?? 'identity']);
}

async function sendPage(reply: FastifyReply, response: Response): Promise<void> {
  const html = Buffer.from(await response.arrayBuffer());
  const location = response.headers.get('location');
  reply.code(response.status).headers({
    ...COMMON_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    // The nonce is new each time, so an older body must not be shown under a newer header.
    'cache-control': 'no-cache, private',
    vary: 'accept-encoding',
    'content-security-policy':
      response.headers.get('content-security-policy') ?? "default-src 'none'",
    ...(location ? { location } : {}),
  });
  if (!accepts(reply.request, 'gzip')) {
    await reply.send(html);
    return;
  }
  await reply.header('content-encoding', 'gzip').send(await compressGzip(html));
}

function accepts(request: FastifyRequest, encoding: 'br' | 'gzip'): boolean {
  const header = String(request.headers['accept-encoding'] ?? '');
  return new RegExp(
    `(?:^|[,\\s])${encoding}(?:\\s*(?:,|$)|\\s*;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$)))`,
  ).test(header);
}

declare module 'fastify' {
  interface FastifyReply {
    /** Sends the page at the request's path; present when the server was made with pages. */
    sendPage?: () => Promise<FastifyReply>;
  }
}
