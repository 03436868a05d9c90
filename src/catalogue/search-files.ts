/** The names of the files of an index and the small one that says what the others hold. Layout: docs/formats/search-index.md. */
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Disk } from '../base/disk.ts';
import { type CheckedFile, damagedFile, startChecked } from './checked-file.ts';
import type { SearchGroup } from './search-documents.ts';

/** What this version of the index calls itself; raised as well when names are folded in another way. */
export const SEARCH_FORMAT = 'fonoteca-search-3';

const summarySchema = z.object({
  format: z.literal(SEARCH_FORMAT),
  group: z.enum(['tracks', 'albums', 'artists']),
  documents: z.int().nonnegative(),
  postings: z.int().nonnegative(),
  words: z.int().nonnegative(),
  /** First document and number of documents of each segment. */
  segments: z.array(z.object({ first: z.int(), documents: z.int() })),
  alphabets: z.record(z.string(), z.string()),
});

/** An index of whatever version. */
const otherFormat = z.object({ format: z.string().regex(/^fonoteca-search-\d{1,4}$/) });

/** What an index says of itself. */
export type SearchSummary = z.infer<typeof summarySchema>;

/** The parts of an index beside its segments. */
export type SearchPart = 'index' | 'marks' | 'whole' | 'words' | 'filter';

/** The name of a part of an index. */
export function partName(group: SearchGroup, part: SearchPart): string {
  return `search-${group}.${part}`;
}

/** The name of the set of what is held of a group, which is written anew whenever that changes. */
export function heldName(group: SearchGroup): string {
  return `held-${group}.bitmap`;
}

/** The name of the set of tracks with the flag `name`; `any` is that of tracks with one or more. */
export function flagName(name: string): string {
  return `flag-${name}.bitmap`;
}

/** The names of the two files of segment `number`. */
export function segmentNames(
  group: SearchGroup,
  number: number,
): { readonly terms: string; readonly postings: string } {
  const stem = `search-${group}-${String(number).padStart(2, '0')}`;
  return { terms: `${stem}.terms`, postings: `${stem}.postings` };
}

/** Writes the summary of an index, which comes last. */
export function writeSummary(
  disk: Disk,
  { directory, temporary }: { directory: string; temporary: string },
  summary: SearchSummary,
): void {
  const name = partName(summary.group, 'index');
  const file = startChecked(disk, path.join(temporary, name), 'index');
  file.write(Buffer.from(canonicalJson(summary)));
  file.finish(path.join(directory, name));
}

/** The summary in `file`. `SEARCH_INDEX_DAMAGED`. */
export function readSummary(file: CheckedFile, name: string): SearchSummary {
  try {
    const summary: unknown = JSON.parse(file.read(0, file.sizeBytes).toString());
    const { data: other } = otherFormat.safeParse(summary);
    if (other && other.format !== SEARCH_FORMAT)
      throw damagedFile(name, `an index of version ${other.format}, not ${SEARCH_FORMAT}`);
    return summarySchema.parse(summary);
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError)
      throw damagedFile(name, 'no summary of an index');
    throw error;
  }
}
