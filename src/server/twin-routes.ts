/** The twins as Fastify routes, and the OpenAPI 3.1 description of all of them at `/openapi.json`. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { CACHE_ASK_AGAIN, FILE_POLICY } from './security-headers.ts';
import { errorViewSchema } from './send-error.ts';
import type { SitePort } from './site-port.ts';
import { TWINS, type Twin } from './twins.ts';

/** With what a path of OpenAPI cannot say, since its parts hold no slash. */
const DESCRIPTION = `Every page of the site as JSON, and the bytes of what is held.
\`/editions/current.json\` names the newest edition; tiles of the log lie deeper, below \`/editions/log/tile/\`.`;

/** Adds the description first (it collects what is registered after it), then every twin, to `app`. */
export async function addTwinRoutes(app: FastifyInstance, site: SitePort): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Fonoteca archive',
        description: DESCRIPTION,
        version: '1',
      },
    },
    transform: jsonSchemaTransform,
  });
  for (const twin of TWINS) addTwin(app, site, twin);
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    reply.headers({ 'cache-control': CACHE_ASK_AGAIN, 'content-security-policy': FILE_POLICY });
    return app.swagger();
  });
}

function addTwin(app: FastifyInstance, site: SitePort, twin: Twin): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    twin.url,
    {
      schema: {
        summary: twin.summary,
        tags: ['pages'],
        ...(twin.params ? { params: twin.params } : {}),
        ...(twin.query ? { querystring: twin.query } : {}),
        response: { 200: twin.view, '4xx': errorViewSchema, '5xx': errorViewSchema },
      },
    },
    async (request, reply) => {
      const input = { ...(request.params as object), ...(request.query as object) };
      const view = await twin.read(site, input as unknown as Parameters<Twin['read']>[1]);
      if (view === undefined) return reply.callNotFound();
      reply.headers({ 'cache-control': CACHE_ASK_AGAIN, 'content-security-policy': FILE_POLICY });
      return reply.send(view);
    },
  );
}
