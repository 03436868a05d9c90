/** `fonoteca search QUERY`: finds tracks, albums and artists that are held. */
import { openHeldSearch } from '../catalogue/held-search.ts';
import type { CliContext } from './context.ts';
import { printable } from './reporter.ts';
import { countOption, runInArchive, verb } from './verb.ts';

/** The verb `search`. */
export function searchVerb(context: CliContext) {
  return verb('search', 'find tracks, albums and artists by words of their names')
    .argument('<query...>', 'words; the last may be half typed')
    .option('--limit <n>', 'tracks at most', countOption(1, 1000), 20)
    .option('--cursor <cursor>', 'where the next page starts, as the page before told')
    .action((words, options) =>
      runInArchive(context, options, { write: false }, async (archive, reporter) => {
        using search = openHeldSearch(archive.ledger);
        const page = await search.search(words.join(' '), {
          cursor: options.cursor ?? null,
          limit: options.limit,
        });
        const lines: string[] = [];
        for (const id of page.artists)
          lines.push(`artist  ${id}  ${(await archive.ledger.artist(id))?.name}`);
        for (const id of page.albums) {
          const album = await archive.ledger.album(id);
          lines.push(`album   ${id}  ${album?.artist} – ${album?.title}`);
        }
        for (const id of page.tracks) {
          const description = (await archive.ledger.track(id))?.description;
          lines.push(`track   ${id}  ${description?.artist} – ${description?.title}`);
        }
        if (page.next !== null) lines.push(`more with --cursor ${page.next}`);
        reporter.result(
          'results',
          { ...page },
          lines.length === 0 ? 'nothing found' : lines.map(printable).join('\n'),
        );
        return 0;
      }),
    );
}
