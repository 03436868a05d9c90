/** `fonoteca catalogue show ID`: what the catalogue knows of an id, an ISRC or a UPC. */

import type { Json } from '../base/canonical-json.ts';
import { FonotecaError } from '../base/errors.ts';
import type { FoundRow, Snapshot } from '../catalogue/snapshot-look-up.ts';
import { openCatalogue } from '../catalogue-snapshots.ts';
import { parseIsrc } from '../model/ids.ts';
import { albumLine, foundText, trackLine } from './catalogue-text.ts';
import type { CliContext } from './context.ts';
import { countOption, runInArchive, verb } from './verb.ts';

const UPC = /^\d{8,14}$/;

/** The verb `catalogue show`. */
export function catalogueShowVerb(context: CliContext) {
  return verb('show', 'all that is known under an id, an ISRC or a UPC')
    .argument('<id>', 'such as mbid:…, discogs:…, QZABC2600001 or 036000291452')
    .option('--snapshot <id>', 'another than the one in use')
    .option('--limit <n>', 'tracks or albums listed at most', countOption(1, 1000), 20)
    .option(
      '--after <rank>',
      'where the next page starts, as the page before told',
      countOption(0, 2 ** 32 - 1),
    )
    .action((id, options) =>
      runInArchive(context, options, { write: false }, async (archive, reporter) => {
        using snapshot = openCatalogue(archive, options.snapshot);
        const page = { limit: options.limit, after: options.after };
        const { found, rows, next, lines } = lookUp(snapshot, id, page);
        if (!found && rows.length === 0) throw new FonotecaError('CATALOGUE_UNKNOWN_ID', id);
        const text = [
          ...(found ? [foundText(found)] : []),
          ...lines,
          ...(next === null ? [] : [`more with --after ${next}`]),
        ].join('\n');
        const links = found ? snapshot.linksOf(id) : [];
        const json = { found: found ?? null, rows, next, links } as unknown as {
          [key: string]: Json;
        };
        reporter.result(
          'catalogue-show',
          json,
          [text, ...links.map(({ kind, url }) => `${kind.padEnd(11)} ${url}`)].join('\n'),
        );
        return 0;
      }),
    );
}

interface Answer {
  readonly found: FoundRow | undefined;
  /** What belongs to it: tracks of an album, albums of an artist, all that carry the number. */
  readonly rows: readonly unknown[];
  readonly next: number | null;
  readonly lines: readonly string[];
}

function lookUp(
  snapshot: Snapshot,
  id: string,
  page: { limit: number; after: number | undefined },
): Answer {
  const isrc = parseIsrc(id);
  if (isrc !== undefined) {
    const { rows, next } = snapshot.tracksByIsrc(isrc, page);
    return { found: undefined, rows, next, lines: rows.map(trackLine) };
  }
  if (UPC.test(id)) {
    const { rows, next } = snapshot.albumsByUpc(id, page);
    return { found: undefined, rows, next, lines: rows.map(albumLine) };
  }
  const found = snapshot.find(id);
  if (found?.kind === 'album') {
    const { rows, next } = snapshot.tracksOfAlbum(found.album.id, page);
    return { found, rows, next, lines: rows.map(trackLine) };
  }
  if (found?.kind === 'artist') {
    const { rows, next } = snapshot.albumsOfArtist(found.artist.id, page);
    return { found, rows, next, lines: rows.map(albumLine) };
  }
  return { found, rows: [], next: null, lines: [] };
}
