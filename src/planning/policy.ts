/**
 * A policy: by which rules tracks are chosen. A small TOML file in; a checked value out, in which every number stands.
 * What is not written in the file has the value that docs/planning.md gives. Spec: docs/planning.md.
 */
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { FonotecaError } from '../base/errors.ts';

const MOST_WORDS = 1000;
const words = z.array(z.string().min(1).max(256)).max(MOST_WORDS).default([]);
const popularity = z.int().min(0).max(100);
const year = z.int().min(1).max(9999);

/** A policy as its file has it, each rule with its default. */
const policySchema = z.strictObject({
  format: z.literal('fonoteca-policy/1').default('fonoteca-policy/1'),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  /** What comes first: the most popular, the most listens a byte, one of everything, or what has the fewest copies. */
  order: z.enum(['popularity', 'knapsack', 'coverage', 'rarity']).default('popularity'),
  /** Shares of listening from real counts, from the model, or from counts where the snapshot has any. */
  listens: z.enum(['auto', 'counts', 'model']).default('auto'),
  /** What popularity 0 is kept as. */
  tail: z.enum(['opus', 'original']).default('opus'),
  /** What of unknown popularity is kept as when it is not held; what is held stays original. */
  unknown: z.enum(['original', 'opus', 'skip']).default('original'),
  /** At popularity 0, one copy of each recording (ISRC): the most popular, then the first by rank. */
  one_copy_per_recording: z.boolean().default(true),
  score: z
    .strictObject({
      artist_weight: z.number().min(0).max(10).default(1),
      album_weight: z.number().min(0).max(10).default(1),
      /** The decimal logarithm of the followers is divided by this. */
      followers_divisor: z.number().min(0.1).max(1000).default(8),
      followers_cap: z.int().min(1).max(1e10).default(100_000_000),
      /** Popularity 0 below this score is passed over. */
      cutoff: z.number().min(0).max(5).default(0.351),
    })
    .prefault({}),
  reserve: z
    .strictObject({
      /** Share of the bytes that goes to what is rare, 0 is none. */
      share: z.number().min(0).max(0.9).default(0),
    })
    .prefault({}),
  sizes: z
    .strictObject({
      original_kbps: z.number().min(1).max(20_000).default(160),
      opus_kbps: z.number().min(6).max(510).default(75),
      /** Container and tags beyond the packets; a variable rate mostly takes away what they add. */
      overhead: z.number().min(0.5).max(2).default(1),
      /** Stands for a duration that is not known. */
      mean_duration_s: z.number().min(1).max(36_000).default(207),
    })
    .prefault({}),
  filter: z
    .strictObject({
      licence: words,
      /** Of the first artist, ISO 3166-1 alpha-2. */
      place: words,
      /** Of the first artist, as the source words it. */
      genre: words,
      /** Of the album. */
      label: words,
      /** Of the album, ISO 639-3. */
      language: z
        .array(z.string().regex(/^[a-z]{3}$/))
        .max(MOST_WORDS)
        .default([]),
      year_from: year.optional(),
      year_to: year.optional(),
      popularity_from: popularity.optional(),
      popularity_to: popularity.optional(),
    })
    .prefault({}),
  rights: z
    .strictObject({
      /** Licences as the catalogue words them that may not even be held here. */
      refuse: words,
    })
    .prefault({}),
});
/** A policy, checked. */
export type Policy = z.infer<typeof policySchema>;

/** The policies that have a name, as their files. */
const NAMED: Readonly<Record<string, string>> = {
  'popularity-2025': `# The choice of the 2025 archive: popularity first, popularity 0 by a second score, no reserve.
name = "popularity-2025"
`,
  default: `# The same, with a tenth of the bytes for what is rare.
name = "default"
reserve.share = 0.10
`,
};

/** The names of the policies that need no file. */
export const POLICY_NAMES: readonly string[] = Object.keys(NAMED);

/** The policy of that name. Undefined when none has it. */
export function namedPolicy(name: string): Policy | undefined {
  return Object.hasOwn(NAMED, name) ? readPolicy(NAMED[name]!) : undefined;
}

/** The policy in the TOML `text`. `POLICY_INVALID` and `POLICY_CONTRADICTION` name the key. */
export function readPolicy(text: string): Policy {
  const result = policySchema.safeParse(parseToml(text));
  if (!result.success) {
    const [issue] = result.error.issues;
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys : [];
    const key = [...(issue?.path ?? []), ...unknown.slice(0, 1)].join('.');
    throw new FonotecaError('POLICY_INVALID', `${key || 'the file'}: ${issue?.message}`);
  }
  const contradiction = contradictionOf(result.data);
  if (contradiction) throw new FonotecaError('POLICY_CONTRADICTION', contradiction);
  return result.data;
}

/** Every rule of `policy` with its value, as a TOML file that reads as the same policy. */
export function policyText(policy: Policy): string {
  const lines: string[] = [];
  const put = (prefix: string, value: unknown) => {
    if (value === undefined) return;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [key, part] of Object.entries(value)) put(`${prefix}.${key}`, part);
    else lines.push(`${prefix} = ${JSON.stringify(value)}`);
  };
  for (const [key, value] of Object.entries(policy)) put(key, value);
  return `${lines.join('\n')}\n`;
}

function parseToml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = `line ${error.line}: ${error.message.split('\n')[0]}`;
    throw new FonotecaError('POLICY_INVALID', what, { cause: error });
  }
}

/** Two rules of `policy` that cannot both hold, in words. */
function contradictionOf({ order, tail, unknown, reserve, sizes, filter }: Policy): string | null {
  const { year_from: yearFrom, year_to: yearTo } = filter;
  const { popularity_from: from, popularity_to: to } = filter;
  if (yearFrom !== undefined && yearTo !== undefined && yearFrom > yearTo)
    return `filter.year_from ${yearFrom} is after filter.year_to ${yearTo}`;
  if (from !== undefined && to !== undefined && from > to)
    return `filter.popularity_from ${from} is above filter.popularity_to ${to}`;
  if (order === 'rarity' && reserve.share > 0)
    return 'reserve.share: order = "rarity" spends all bytes on what is rare already';
  if (tail === 'original' && unknown === 'opus')
    return 'unknown = "opus" while tail = "original" turns re-encoding off';
  if (tail === 'opus' && sizes.opus_kbps >= sizes.original_kbps)
    return `sizes.opus_kbps ${sizes.opus_kbps} saves nothing against sizes.original_kbps ${sizes.original_kbps}`;
  return null;
}
