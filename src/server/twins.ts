/**
 * The `.json` twin of every page: one table of address, schemas and the site's answer. Fastify serves it, the pages
 * themselves are rendered from it (in the server through `readTwin`, in the browser over HTTP), and OpenAPI describes it.
 */
import { z } from 'zod';
import { editionsViewSchema, editionViewSchema, withdrawalsViewSchema } from './edition-views.ts';
import { HTTP_LIMITS } from './http-limits.ts';
import type { SitePort } from './site-port.ts';
import { statisticsViewSchema } from './statistics-view.ts';
import {
  albumViewSchema,
  archiveViewSchema,
  artistViewSchema,
  homeViewSchema,
  idText,
  recordingViewSchema,
  searchViewSchema,
  trackTagsViewSchema,
  trackViewSchema,
} from './views.ts';

/** One twin: where it is, what it takes, what it answers. */
export interface Twin {
  /** Address in Fastify's form: `:name` is one part of the path, with its pattern in brackets where it needs one. */
  readonly url: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly view: z.ZodType;
  /** The view, or undefined when there is no such thing; `input` has the fields of `params` and `query`. */
  readonly read: (site: SitePort, input: Input) => Promise<unknown>;
}

interface Input {
  readonly id: string;
  readonly number: number;
  readonly q: string;
  readonly cursor?: string | undefined;
}

const byId = z.object({ id: idText });
const searchQuery = z.object({
  q: z
    .string()
    .default('')
    .describe('Words of a title, artist or album; the first 256 bytes count'),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9._:~-]{1,200}$/)
    .optional(),
});
/** A page of a list that is counted by numbers. */
const byPage = z.object({
  cursor: z
    .string()
    .regex(/^\d{1,12}$/)
    .optional(),
});
const byNumber = z.object({
  number: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
});

/** The twins by address. */
export const TWINS: readonly Twin[] = [
  {
    url: '/archive.json',
    summary: 'The archive: its name, operator, contact and public key',
    view: archiveViewSchema,
    read: (site) => site.archive(),
  },
  {
    url: '/index.json',
    summary: 'What is held, the latest albums and the latest edition',
    view: homeViewSchema,
    read: (site) => site.home(),
  },
  {
    url: '/search.json',
    summary: 'Artists, albums and tracks for a query, a page at a time',
    query: searchQuery,
    view: searchViewSchema,
    read: (site, { q, cursor }) => site.search(clipText(q), cursor ?? null),
  },
  {
    url: '/artist/:id.json',
    summary: 'An artist with albums, a page at a time, and tracks',
    params: byId,
    query: byPage,
    view: artistViewSchema,
    read: (site, { id, cursor }) => site.artist(id, cursor),
  },
  {
    url: '/album/:id.json',
    summary: 'An album with its tracks, a page at a time, and licences',
    params: byId,
    query: byPage,
    view: albumViewSchema,
    read: (site, { id, cursor }) => site.album(id, cursor),
  },
  {
    url: '/recording/:id.json',
    summary: 'A recording with the tracks that are it, a page at a time',
    params: byId,
    query: byPage,
    view: recordingViewSchema,
    read: (site, { id, cursor }) => site.recording(id, cursor),
  },
  {
    url: '/track/:id.json',
    summary: 'A track with its files, rights and provenance',
    params: byId,
    view: trackViewSchema,
    read: (site, { id }) => site.track(id),
  },
  {
    url: '/track/:id/tags.json',
    summary: 'The tags of a track’s files in their own words, as they were when taken in',
    params: byId,
    view: trackTagsViewSchema,
    read: (site, { id }) => site.trackTags(id),
  },
  {
    url: '/editions.json',
    summary: 'Every published edition, newest first, a page at a time',
    query: byPage,
    view: editionsViewSchema,
    read: (site, { cursor }) => site.editions(cursor ?? null),
  },
  {
    url: '/editions/:number(\\d{1,9}).json',
    summary: 'An edition with its files, and its volumes with their infohashes, a page at a time',
    params: byNumber,
    query: byPage,
    view: editionViewSchema,
    read: (site, { number, cursor }) => site.edition(number, cursor ?? null),
  },
  {
    url: '/statistics.json',
    summary: 'The report on the snapshot of the catalogue that is in use',
    view: statisticsViewSchema,
    read: (site) => site.statistics(),
  },
  {
    url: '/withdrawals.json',
    summary: 'What was withdrawn and restored, newest first, a page at a time',
    query: byPage,
    view: withdrawalsViewSchema,
    read: (site, { cursor }) => site.withdrawals(cursor ?? null),
  },
];

/** The answer of the twin at `address` (a path with query): its status and its view, undeclared fields left out. */
export async function readTwin(
  site: SitePort,
  address: string,
): Promise<{ status: 200 | 400 | 404; body: unknown }> {
  const url = new URL(address, 'http://archive.invalid');
  for (const twin of TWINS) {
    const match = patternOf(twin.url).exec(url.pathname);
    if (!match) continue;
    const params = (twin.params ?? z.object({})).safeParse(decoded(match.groups));
    if (!params.success) return { status: 404, body: null };
    const query = (twin.query ?? z.object({})).safeParse(queryOf(url.searchParams));
    if (!query.success) return { status: 400, body: null };
    const view = await twin.read(site, { ...params.data, ...query.data } as unknown as Input);
    return view === undefined
      ? { status: 404, body: null }
      : { status: 200, body: twin.view.parse(view) };
  }
  return { status: 404, body: null };
}

/** `text` cut to the longest search text without splitting a character. */
export function clipText(text: string): string {
  const bytes = Buffer.from(text.toWellFormed());
  if (bytes.length <= HTTP_LIMITS.maxQueryBytes) return text.toWellFormed();
  let end: number = HTTP_LIMITS.maxQueryBytes;
  // UTF-8 continuation bytes are 10xxxxxx: stepping back over them ends before the cut character.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString();
}

/** A query as Fastify gives it to a route: what is said twice is a list, which no twin takes. */
function queryOf(said: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(said.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = said.getAll(name);
      return [name, values.length === 1 ? values[0]! : values];
    }),
  );
}

/** The parts of a path as Fastify gives them to a route: decoded once. */
function decoded(groups: Record<string, string> | undefined): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]),
    );
  } catch {
    return {};
  }
}

function patternOf(url: string): RegExp {
  const source = url.replaceAll('.', '\\.').replace(/:(\w+)(?:\(.*\))?/, '(?<$1>[^/]+)');
  return new RegExp(`^${source}$`);
}
