/** Every hostile file that comes as bytes, and the codes each has to meet. */
import fs from 'node:fs';
import path from 'node:path';
import { BOMBS } from './bombs.ts';
import { DAMAGE } from './damage.ts';
import { HEADERS } from './headers.ts';
import type { HostileItem } from './item.ts';
import { POINTING_FILES } from './pointing-files.ts';
import { TAGS } from './tags.ts';

/** All of them. */
export const CORPUS: readonly HostileItem[] = [
  ...POINTING_FILES,
  ...BOMBS,
  ...HEADERS,
  ...DAMAGE,
  ...TAGS,
];

/** Where the expected codes are; `node test/hostile/corpus/write-codes.ts` writes them anew, to be read before they are kept. */
export const CODES_FILE = path.join(import.meta.dirname, 'codes.json');

/** What each item meets: verdict, its code, what was noted, `→` what encoding it came to. */
export function expectedCodes(): Readonly<Record<string, string>> {
  return JSON.parse(fs.readFileSync(CODES_FILE, 'utf8'));
}
