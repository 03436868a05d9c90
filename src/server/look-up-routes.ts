/** Look-up in the catalogue for programs: up to a thousand ids, ISRCs and UPCs in one request. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { HTTP_LIMITS } from './http-limits.ts';
import { lookUpAskedSchema, lookUpViewSchema } from './look-up-views.ts';
import { CACHE_ASK_AGAIN, FILE_POLICY } from './security-headers.ts';
import { errorViewSchema, sendError } from './send-error.ts';
import type { SitePort } from './site-port.ts';

/** Adds `/look-up.json` of `site` to `app`. It is asked with a body, since a thousand ids are no address, and changes nothing. */
export function addLookUpRoutes(app: FastifyInstance, site: SitePort): void {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/look-up.json',
    {
      bodyLimit: HTTP_LIMITS.maxLookUpBytes,
      config: { rateLimit: { max: HTTP_LIMITS.lookUpsPerMinute, timeWindow: 60_000 } },
      schema: {
        summary: 'What the catalogue knows under up to 1,000 ids, ISRCs and UPCs',
        tags: ['catalogue'],
        body: lookUpAskedSchema,
        response: { 200: lookUpViewSchema, '4xx': errorViewSchema },
      },
    },
    async (request, reply) => {
      const view = await site.lookUp(request.body.ids);
      if (view === undefined)
        return sendError(reply, 404, 'no-catalogue', 'this archive has no catalogue snapshot');
      reply.headers({ 'cache-control': CACHE_ASK_AGAIN, 'content-security-policy': FILE_POLICY });
      return reply.send(view);
    },
  );
}
