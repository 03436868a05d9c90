/**
 * One way to send a file: conditional requests, one range, HEAD, fixed content types, and headers under which hostile
 * bytes stay bytes. Input: a `ServedFile` and the request; output: the reply.
 */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerRange } from './byte-range.ts';
import { FILE_POLICY } from './security-headers.ts';
import type { ServedFile } from './site-port.ts';

/** How a file is sent. */
export interface FileSending {
  readonly cacheControl: string;
  /** `attachment` makes the browser save it. */
  readonly disposition: 'inline' | 'attachment';
  /** The types that may be sent as they are; any other goes as `application/octet-stream`. */
  readonly types: ReadonlySet<string>;
  /** The content policy, where it is not that of what is no page. */
  readonly policy?: string;
}

/** Types of sound; whether browsers play them is told by the page. */
export const AUDIO_TYPES: ReadonlySet<string> = new Set([
  'audio/aac',
  'audio/aiff',
  'audio/flac',
  'audio/mp4',
  'audio/mpeg',
  'audio/ogg',
  'audio/opus',
  'audio/wav',
  'audio/webm',
]);
/** Pictures that cannot carry script. */
export const PICTURE_TYPES: ReadonlySet<string> = new Set([
  'image/avif',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/webp',
]);
/** Sends what `request` asks of `file`: 200, 206, 304, 412 or 416. */
export function serveFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: ServedFile,
  sending: FileSending,
): FastifyReply {
  const etag = `"${file.identity}"`;
  const { headers } = request;
  const answer = answerRange(
    {
      range: request.method === 'GET' ? headers.range : undefined,
      ifRange: one(headers['if-range']),
      ifNoneMatch: headers['if-none-match'],
      ifMatch: headers['if-match'],
    },
    etag,
    file.sizeBytes,
  );
  reply.code(answer.status).headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': sending.cacheControl,
    'content-security-policy': sending.policy ?? FILE_POLICY,
  });
  if (answer.status === 416) reply.header('content-range', `bytes */${file.sizeBytes}`);
  if (!('start' in answer)) return reply.send();
  const { start, end } = answer;
  reply.headers({
    'content-type': sending.types.has(file.mimeType) ? file.mimeType : 'application/octet-stream',
    'content-disposition': disposition(sending.disposition, file.fileName),
    'content-length': String(end - start),
  });
  if (answer.status === 206)
    reply.header('content-range', `bytes ${start}-${end - 1}/${file.sizeBytes}`);
  if (request.method === 'HEAD') return reply.send();
  const bytes = told(file.read(start, end), (error) =>
    request.server.tellFault(error, request.url),
  );
  return reply.send(Readable.from(bytes, { objectMode: false }));
}

/** `chunks`, and what ends them: once headers are out no error handler hears of it, and the client has a file cut short. */
async function* told(
  chunks: AsyncIterable<Uint8Array>,
  tell: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    tell(error);
    throw error;
  }
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Content-Disposition with an ASCII name for old clients and the true one beside it (RFC 6266, RFC 8187). */
function disposition(kind: 'inline' | 'attachment', fileName: string): string {
  const ascii = fileName.replaceAll(/[^ !#-[\]-~]/g, '_');
  const encoded = encodeURIComponent(fileName.toWellFormed()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
