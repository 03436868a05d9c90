/** What goes between a search and the process it is done in: lines of JSON, a question each way one answer. */
import { z } from 'zod';
import { ERROR_CATALOGUE, type ErrorCode } from '../base/error-catalogue.ts';
import { HIT_REASONS } from './search-answer.ts';
import { SEARCH_GROUPS } from './search-documents.ts';

const rank = z.int().nonnegative();
const code = z.custom<ErrorCode>(
  (value) => typeof value === 'string' && Object.hasOwn(ERROR_CATALOGUE, value),
);

/** A question, as the process takes it. */
export const questionSchema = z.object({
  text: z.string(),
  group: z.enum(SEARCH_GROUPS),
  limit: z.int().positive(),
  cursor: z.string().nullable(),
  typing: z.boolean(),
});

const answerSchema = z.object({
  hits: z.array(z.object({ rank, reason: z.enum(HIT_REASONS) })),
  next: z.string().nullable(),
  bounds: z.array(z.enum(['phrases', 'prefixes', 'time'])),
  corrections: z.array(z.object({ word: z.string(), taken: z.array(z.string()) })),
});

/** What the process says: that it is open, an answer, or why there is none. */
export const replySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('open') }),
  z.object({ kind: z.literal('answer'), answer: answerSchema }),
  z.object({ kind: z.literal('refusal'), code, seen: z.string() }),
]);

/** What the process says. */
export type Reply = z.infer<typeof replySchema>;
