/** The one form of every refusal: a status, and JSON with a code for programs and a sentence for people. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { FILE_POLICY } from './security-headers.ts';

/** What a refused or failed request answers. */
export const errorViewSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
});

/** What was said of a file before it could not be sent, and is not true of what is sent in its place. */
const FILE_HEADERS = [
  'accept-ranges',
  'content-disposition',
  'content-length',
  'content-range',
  'etag',
] as const;

/** Answers `status` and `code` with `message`. */
export function sendError(
  reply: FastifyReply,
  status: number,
  code: string,
  message: string,
): FastifyReply {
  for (const name of FILE_HEADERS) reply.removeHeader(name);
  return reply
    .code(status)
    .headers({ 'content-security-policy': FILE_POLICY, 'cache-control': 'no-store' })
    .type('application/json')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send({ error: { code, message } });
}
