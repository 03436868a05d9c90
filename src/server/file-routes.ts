/** The addresses of bytes: streams, downloads, covers, volumes (the web seed of their torrents) and published files. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type SafeRelPath, unsafePathReason } from '../base/safe-path.ts';
import { VOLUME_NAME } from '../model/volume.ts';
import { CACHE_ASK_AGAIN, CACHE_BY_DIGEST } from './security-headers.ts';
import {
  AUDIO_TYPES,
  type FileSending,
  PICTURE_TYPES,
  PUBLISHED_TYPES,
  serveFile,
} from './serve-file.ts';
import type { ServedFile, SitePort } from './site-port.ts';
import { digestText } from './views.ts';

const STREAM = {
  cacheControl: CACHE_BY_DIGEST,
  disposition: 'inline',
  types: AUDIO_TYPES,
} as const;
const DOWNLOAD = {
  cacheControl: CACHE_BY_DIGEST,
  disposition: 'attachment',
  types: new Set([...AUDIO_TYPES, ...PICTURE_TYPES, 'application/pdf', 'text/plain']),
} as const;
const ART = { cacheControl: CACHE_BY_DIGEST, disposition: 'inline', types: PICTURE_TYPES } as const;
/** A volume keeps its name when a member is redacted, so its tag is compared each time. */
const VOLUME = {
  cacheControl: CACHE_ASK_AGAIN,
  disposition: 'attachment',
  types: PUBLISHED_TYPES,
} as const;
const PUBLISHED = { ...VOLUME, disposition: 'inline' } as const;

const VOLUME_FILE = /^(.+)\.(tar|torrent|leaves)$/;

/** Published files that stand beside the editions and lead to the newest. */
export const PUBLISHED_ROOT_FILES = [
  'keys.json',
  'timestamp.json',
  'timestamp.json.minisig',
  'torrents.json',
  'feed.atom',
  'feed.rss',
] as const;

/** Adds the byte addresses of `site` to `app`. File bytes are bound by connections, not by requests a minute: a web seed asks often. */
export function addFileRoutes(app: FastifyInstance, site: SitePort): void {
  const add = (
    url: string,
    sending: FileSending,
    summary: string,
    open: (name: string) => Promise<ServedFile | undefined>,
  ): void => {
    app.route({
      method: ['GET', 'HEAD'],
      url,
      config: { rateLimit: false },
      schema: { summary, tags: ['files'] },
      handler: async (request, reply) =>
        sendOrNotFound(request, reply, await open(nameIn(request)), sending),
    });
  };
  const byDigest =
    (open: (digest: string) => Promise<ServedFile | undefined>) => async (name: string) =>
      digestText.safeParse(name).success ? open(name) : undefined;
  const published = async (path: string) =>
    unsafePathReason(path) === undefined ? site.openPublished(path as SafeRelPath) : undefined;

  add('/stream/:name', STREAM, 'Audio to play, by SHA-256, with ranges', byDigest(site.openFile));
  add('/file/:name', DOWNLOAD, 'A file to keep, by SHA-256, with ranges', byDigest(site.openFile));
  add('/art/:name', ART, 'A cover, by SHA-256', byDigest(site.openArt));
  add(
    '/volumes/:name',
    VOLUME,
    'A volume, its torrent or its leaf hashes, with ranges',
    async (name) => {
      const volume = VOLUME_FILE.exec(name)?.[1];
      return volume !== undefined && VOLUME_NAME.test(volume) ? site.openVolume(name) : undefined;
    },
  );
  add('/editions/:number/*', PUBLISHED, 'A file of an edition', async (path) =>
    published(`editions/${path}`),
  );
  for (const name of PUBLISHED_ROOT_FILES)
    add(`/${name}`, PUBLISHED, 'What leads to the newest edition', () => published(name));
}

/** The part of a request that names the file: `name`, or `number` and the rest of the path. */
function nameIn(request: FastifyRequest): string {
  const params = request.params as { name?: string; number?: string; '*'?: string };
  return params.name ?? `${params.number}/${params['*']}`;
}

function sendOrNotFound(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ServedFile | undefined,
  sending: FileSending,
): FastifyReply {
  if (file) return serveFile(request, reply, file, sending);
  reply.callNotFound();
  return reply;
}
