/** What an address of bytes may answer, as its description says it (docs: `/openapi.json`). */
import { z } from 'zod';
import { errorViewSchema } from './send-error.ts';

const bytes = { '*/*': { schema: z.any() } };

/** The answers of every file that is served: RFC 9110 13 and 14. */
export const FILE_ANSWERS = {
  200: { description: 'The whole file', content: bytes },
  206: { description: 'The range that was asked for', content: bytes },
  304: z.null().describe('The client has it already'),
  404: errorViewSchema.describe('There is no such file, or it is not given out'),
  412: z.null().describe('It is not the file that the client means'),
  416: z.null().describe('No range of this file, or more than one'),
  500: errorViewSchema.describe('Its bytes are damaged here; none of them was sent'),
} as const;

/** The same where a file may have been withdrawn. */
export const WITHDRAWABLE_ANSWERS = {
  ...FILE_ANSWERS,
  410: errorViewSchema.describe('It was here and is withdrawn'),
} as const;

/** The same where the file is a picture that is made when it is asked for. */
export const PICTURE_ANSWERS = {
  ...WITHDRAWABLE_ANSWERS,
  400: errorViewSchema.describe('No such size'),
  503: errorViewSchema.describe('Too many pictures are being made; ask again'),
} as const;
