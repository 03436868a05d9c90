/** `fonoteca catalogue search WORDS`: finds tracks, albums and artists that are known, held or not. */
import type { Json } from '../base/canonical-json.ts';
import type { SearchAnswer } from '../catalogue/search-answer.ts';
import type { SearchGroup } from '../catalogue/search-documents.ts';
import { startSearchProcesses } from '../catalogue/search-process.ts';
import type { Snapshot } from '../catalogue/snapshot-look-up.ts';
import { openCatalogue } from '../catalogue-snapshots.ts';
import { albumLine, trackLine } from './catalogue-text.ts';
import type { CliContext } from './context.ts';
import { printable } from './reporter.ts';
import { countOption, runInArchive, verb } from './verb.ts';

/** Artists and albums told beside the tracks. */
const OTHERS = 5;
/** A machine that does much else may be slow; the site is stricter. */
const ANSWER_MS = 5000;

/** The verb `catalogue search`. */
export function catalogueSearchVerb(context: CliContext) {
  return verb('search', 'find what is known by words, phrases and fields: docs/search.md')
    .argument('<query...>', 'such as: artist:amalia "lisboa antiga" year:..1960')
    .option('--snapshot <id>', 'another than the one in use')
    .option('--limit <n>', 'tracks at most', countOption(1, 500), 20)
    .option('--cursor <cursor>', 'where the next page of tracks starts, as the page before told')
    .action((words, options) =>
      runInArchive(context, options, { write: false }, async (archive, reporter) => {
        using snapshot = openCatalogue(archive, options.snapshot);
        const { directory } = snapshot;
        await using search = startSearchProcesses({ directory, answerMs: ANSWER_MS });
        const text = words.join(' ');
        const cursor = options.cursor ?? null;
        const { limit } = options;
        const ask = (group: SearchGroup, most: number) =>
          search.search({ text, group, limit: most, cursor: group === 'tracks' ? cursor : null });
        const tracks = await ask('tracks', limit);
        const isFirst = cursor === null;
        const albums = isFirst ? await ask('albums', OTHERS) : undefined;
        const artists = isFirst ? await ask('artists', OTHERS) : undefined;
        const found = rowsOf(snapshot, { tracks, albums, artists });
        const told = [...found.lines, ...remarks(tracks)];
        reporter.result(
          'catalogue-search',
          { ...found.rows, next: tracks.next, bounds: [...tracks.bounds] },
          told.length === 0 ? 'nothing found' : told.map(printable).join('\n'),
        );
        return 0;
      }),
    );
}

interface Answers {
  readonly tracks: SearchAnswer;
  readonly albums: SearchAnswer | undefined;
  readonly artists: SearchAnswer | undefined;
}

function rowsOf(
  snapshot: Snapshot,
  { tracks, albums, artists }: Answers,
): { rows: { [group: string]: Json }; lines: string[] } {
  const ranks = (answer: SearchAnswer | undefined) => answer?.hits.map(({ rank }) => rank) ?? [];
  const found = {
    artists: snapshot.artistsAt(ranks(artists)).filter((row) => row !== undefined),
    albums: snapshot.albumsAt(ranks(albums)).filter((row) => row !== undefined),
    tracks: snapshot.tracksAt(ranks(tracks)).filter((row) => row !== undefined),
  };
  const lines = [
    ...found.artists.map(({ id, name }) => `artist  ${id}  ${name}`),
    ...found.albums.map(albumLine),
    ...found.tracks.map(trackLine),
  ];
  return { rows: found as unknown as { [group: string]: Json }, lines };
}

/** What the reader is to know of the answer beside its rows. */
function remarks({ next, bounds, corrections }: SearchAnswer): string[] {
  return [
    ...corrections.map(({ word, taken }) => `for "${word}" also: ${taken.join(', ')}`),
    ...(bounds.includes('phrases') ? ['phrases: only among the first that have the words'] : []),
    ...(bounds.includes('prefixes') ? ['half words: only their most frequent endings'] : []),
    ...(bounds.includes('time') ? ['ended early: ask with more or rarer words'] : []),
    ...(next === null ? [] : [`more with --cursor ${next}`]),
  ];
}
