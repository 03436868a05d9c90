/** How drivers speak to a torrent client: the address and name from the settings, answers whole, parsed and bounded. */
import type { z } from 'zod';
import { FonotecaError, messageOf } from '../base/errors.ts';
import type { Outbound, OutboundRequest } from '../base/outbound.ts';

/** A client's address and the operator's name there. */
export interface ClientAccess {
  /** Without a slash at the end. */
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** The door for addresses that the operator typed. */
  readonly outbound: Outbound;
}

/** What a client answered, its body whole. */
export type ClientAnswer = Awaited<ReturnType<Outbound['readWhole']>>;

/** Answers about ten thousand torrents are some megabytes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** The client's answer to one request. Throws `SEED_UNREACHABLE`. */
export async function askClient(
  { outbound }: ClientAccess,
  url: string,
  request: Pick<OutboundRequest, 'method' | 'headers' | 'body'>,
): Promise<ClientAnswer> {
  try {
    return await outbound.readWhole(url, {
      ...request,
      maxBytes: MAX_ANSWER_BYTES,
      timeoutMs: TIMEOUT_MS,
    });
  } catch (cause) {
    throw new FonotecaError('SEED_UNREACHABLE', `${url}: ${messageOf(cause)}`, { cause });
  }
}

/** The JSON of `answer` as `schema` has it. Throws `SEED_ANSWER`. */
export function parseAnswer<T>(schema: z.ZodType<T>, answer: ClientAnswer, url: string): T {
  const text = answer.bytes.toString('utf8');
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const seen = `${url}: status ${answer.status}, ${text.slice(0, 100)}`;
    throw new FonotecaError('SEED_ANSWER', seen, { cause });
  }
}
