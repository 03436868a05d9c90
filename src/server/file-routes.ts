/** The addresses of bytes: streams, downloads, volumes (the web seed of their torrents) and published files. */
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import { type SafeRelPath, unsafePathReason } from '../base/safe-path.ts';
import { FILE_ANSWERS, WITHDRAWABLE_ANSWERS } from './file-answers.ts';
import { PUBLISHED_TYPES, REPORT_TYPES } from './file-types.ts';
import { CACHE_ASK_AGAIN, CACHE_BY_DIGEST, REPORT_POLICY } from './security-headers.ts';
import { sendError } from './send-error.ts';
import { AUDIO_TYPES, type FileSending, PICTURE_TYPES, serveFile } from './serve-file.ts';
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
/** Published files keep their names when a member is redacted or a pointer moves, so their tags are compared each time. */
const PUBLISHED = {
  cacheControl: CACHE_ASK_AGAIN,
  disposition: 'inline',
  types: PUBLISHED_TYPES,
} as const;

/** The next report takes the names of the last one. */
const REPORT = {
  cacheControl: CACHE_ASK_AGAIN,
  disposition: 'inline',
  types: REPORT_TYPES,
  policy: REPORT_POLICY,
} as const;

/** Adds the byte addresses of `site` to `app`. File bytes are bound by connections, not by requests a minute: a web seed asks often. */
export function addFileRoutes(app: FastifyInstance, site: SitePort): void {
  const add = (
    url: string,
    sending: FileSending,
    schema: FastifySchema,
    open: (name: string) => Promise<ServedFile | 'withdrawn' | undefined>,
  ): void => {
    app.route({
      method: ['GET', 'HEAD'],
      url,
      config: { rateLimit: false },
      schema: { tags: ['files'], response: FILE_ANSWERS, ...schema },
      handler: async (request, reply) =>
        sendOrNotFound(request, reply, await open(nameIn(request)), sending),
    });
  };
  const byDigest =
    (open: (digest: string) => Promise<ServedFile | undefined>) => async (name: string) => {
      if (!digestText.safeParse(name).success) return undefined;
      return (await open(name)) ?? ((await site.isWithdrawn(name)) ? 'withdrawn' : undefined);
    };
  const below = (folder: string) => async (name: string) => {
    const path = `${folder}/${name}`;
    return unsafePathReason(path) === undefined
      ? site.openPublished(path as SafeRelPath)
      : undefined;
  };

  add(
    '/stream/:name',
    STREAM,
    { summary: 'Audio to play, by SHA-256, with ranges', response: WITHDRAWABLE_ANSWERS },
    byDigest((digest) => site.openFile(digest, 'stream')),
  );
  add(
    '/file/:name',
    DOWNLOAD,
    { summary: 'A file to keep, by SHA-256, with ranges', response: WITHDRAWABLE_ANSWERS },
    byDigest((digest) => site.openFile(digest, 'distribute')),
  );
  add(
    '/volumes/:name',
    PUBLISHED,
    { summary: 'A volume, its torrent or its leaf hashes, with ranges' },
    below('volumes'),
  );
  add(
    '/statistics/:name',
    REPORT,
    { summary: 'A file of the report on the snapshot in use' },
    (name) => site.openStatistics(name),
  );
  const edition = below('editions');
  add(
    '/editions/:folder/:name',
    PUBLISHED,
    { summary: 'A file of an edition, or one of `log`, `timestamps` and `tools`' },
    edition,
  );
  add('/editions/*', PUBLISHED, { hide: true }, edition);
}

/** The part of a request that names the file. */
function nameIn(request: FastifyRequest): string {
  const { folder, name, '*': rest = '' } = request.params as Record<string, string | undefined>;
  if (name === undefined) return rest;
  return folder === undefined ? name : `${folder}/${name}`;
}

/** Sends `file`, or says that it is gone or was never there. */
export function sendOrNotFound(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ServedFile | 'withdrawn' | undefined,
  sending: FileSending,
): FastifyReply {
  if (file === 'withdrawn') return sendGone(reply);
  if (file) return serveFile(request, reply, file, sending);
  reply.callNotFound();
  return reply;
}

/** Says that there is too much to do just now (RFC 9110 15.6.4). */
export function sendBusy(reply: FastifyReply): FastifyReply {
  return sendError(
    reply.header('retry-after', '5'),
    503,
    'busy',
    'too many pictures at once; ask again',
  );
}

/** RFC 9110 15.5.11: it was here, it is not any more, and nobody need ask again. */
function sendGone(reply: FastifyReply): FastifyReply {
  return sendError(reply, 410, 'withdrawn', 'this was withdrawn');
}
