/** The addresses of pictures: covers in enumerated sizes, and spectrograms. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { COVER_SIZES, type CoverSize } from '../model/cover.ts';
import { PICTURE_ANSWERS } from './file-answers.ts';
import { sendBusy, sendOrNotFound } from './file-routes.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import { CACHE_BY_DIGEST } from './security-headers.ts';
import { PICTURE_TYPES } from './serve-file.ts';
import type { ServedFile, SitePort } from './site-port.ts';
import { digestText } from './views.ts';

const SENDING = {
  cacheControl: CACHE_BY_DIGEST,
  disposition: 'inline',
  types: PICTURE_TYPES,
} as const;
const byName = z.object({ name: digestText });
const bySize = z.object({
  size: z
    .enum(COVER_SIZES.map(String) as [string, ...string[]])
    .transform((text) => Number(text) as CoverSize)
    .optional(),
});

/** Adds the addresses of pictures of `site` to `app`. */
export function addArtRoutes(app: FastifyInstance, site: SitePort): void {
  const send = async (
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
    file: ServedFile | 'busy' | undefined,
  ): Promise<FastifyReply> => {
    if (file === 'busy') return sendBusy(reply);
    const found = file ?? ((await site.isWithdrawn(name)) ? 'withdrawn' : undefined);
    return sendOrNotFound(request, reply, found, SENDING);
  };
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: ['GET', 'HEAD'],
    url: '/art/:name',
    config: { rateLimit: false },
    schema: {
      summary:
        'The cover that a file is or holds, by the SHA-256 of the file, in one of five sizes',
      tags: ['files'],
      params: byName,
      querystring: bySize,
      response: PICTURE_ANSWERS,
    },
    handler: async (request, reply) => {
      const { name } = request.params;
      return send(request, reply, name, await site.openArt(name, request.query.size ?? null));
    },
  });
  typed.route({
    method: ['GET', 'HEAD'],
    url: '/spectrogram/:name',
    config: { rateLimit: { max: HTTP_LIMITS.spectrogramsPerMinute, timeWindow: 60_000 } },
    schema: {
      summary: 'A picture of the sound of a file, by its SHA-256',
      tags: ['files'],
      params: byName,
      response: PICTURE_ANSWERS,
    },
    handler: async (request, reply) => {
      const { name } = request.params;
      return send(request, reply, name, await site.openSpectrogram(name));
    },
  });
}
