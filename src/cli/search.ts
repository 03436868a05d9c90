/** `fonoteca search QUERY`: finds tracks, albums and artists, of the catalogue where there is one; what is held is marked. */
import type { Archive } from '../archive.ts';
import type { SearchPage } from '../catalogue/search.ts';
import type { Snapshot } from '../catalogue/snapshot-look-up.ts';
import { type ArchiveSearch, openArchiveSearch } from '../catalogue-search.ts';
import type { CliContext } from './context.ts';
import { printable } from './reporter.ts';
import { countOption, runInArchive, verb } from './verb.ts';

/** The verb `search`. */
export function searchVerb(context: CliContext) {
  return verb('search', 'find tracks, albums and artists by words of their names')
    .argument(
      '<query...>',
      'words, "phrases" and fields (docs/search.md); the last word may be half typed',
    )
    .option('--limit <n>', 'tracks at most', countOption(1, 500), 20)
    .option('--cursor <cursor>', 'where the next page starts, as the page before told')
    .action((words, options) =>
      runInArchive(context, options, { write: false }, async (archive, reporter) => {
        await using search = openArchiveSearch(archive);
        const { limit, cursor = null } = options;
        const page = await search.search(words.join(' '), { cursor, limit });
        const { lines, held } = await linesOf(archive, search, page);
        if (page.next !== null) lines.push(`more with --cursor ${page.next}`);
        if (page.bounds.length > 0)
          lines.push(`not all: ${page.bounds.join(', ')} (docs/search.md)`);
        reporter.result(
          'results',
          { ...page, held },
          lines.length === 0 ? 'nothing found' : lines.map(printable).join('\n'),
        );
        return 0;
      }),
    );
}

interface Told {
  readonly lines: string[];
  /** Of the tracks found, those that are held: the id found, and the ids of what is held of it. */
  readonly held: { readonly [id: string]: readonly string[] };
}

async function linesOf(archive: Archive, search: ArchiveSearch, page: SearchPage): Promise<Told> {
  return await search.look(async (snapshot) => {
    const lines: string[] = [];
    const held: Record<string, readonly string[]> = {};
    for (const id of page.artists)
      lines.push(`artist  ${id}  ${await artistName(archive, snapshot, id)}`);
    for (const id of page.albums)
      lines.push(`album   ${id}  ${await albumName(archive, snapshot, id)}`);
    for (const id of page.tracks) {
      const known = (await archive.ledger.track(id))?.description ?? snapshot?.track(id);
      const matches = await archive.ledger.matchesWith(id);
      const own = id.startsWith('local:') ? [id] : matches.map(({ trackId }) => trackId);
      if (own.length > 0) held[id] = own;
      const mark = own.length > 0 && snapshot ? `  [held${own[0] === id ? '' : ` ${own[0]}`}]` : '';
      lines.push(`track   ${id}  ${known?.artist} – ${known?.title}${mark}`);
    }
    return { lines, held };
  });
}

async function artistName(
  { ledger }: Archive,
  snapshot: Snapshot | undefined,
  id: string,
): Promise<string | undefined> {
  return (await ledger.artist(id))?.name ?? snapshot?.artist(id)?.name;
}

async function albumName(
  { ledger }: Archive,
  snapshot: Snapshot | undefined,
  id: string,
): Promise<string> {
  const album = (await ledger.album(id)) ?? snapshot?.album(id);
  return `${album?.artist} – ${album?.title}`;
}
