/** `fonoteca catalogue show ID…`: what the catalogue knows of ids, ISRCs and UPCs. */
import path from 'node:path';
import type { Archive } from '../archive.ts';
import type { Json } from '../base/canonical-json.ts';
import { readWhole } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { type LookedUp, lookUpAny, stableIdOf } from '../catalogue/look-up-any.ts';
import type { Snapshot } from '../catalogue/snapshot-look-up.ts';
import { openCatalogue } from '../catalogue-snapshots.ts';
import { mergedId } from '../cataloguing.ts';
import { albumLine, foundText, recordingText, trackLine } from './catalogue-text.ts';
import type { CliContext } from './context.ts';
import { countOption, exitCodeOf, runInArchive, verb } from './verb.ts';

/** Rows of each of several ids. */
const BATCH_ROWS = 20;

/** The verb `catalogue show`. */
export function catalogueShowVerb(context: CliContext) {
  return verb('show', 'all that is known under ids, MBIDs, ISRCs, UPCs or ranks')
    .argument('[ids...]', 'such as mbid:…, discogs:…, QZABC2600001, 036000291452 or rank:0')
    .option('--from <file>', 'ids out of a file, one a line')
    .option('--snapshot <id>', 'another than the one in use')
    .option('--limit <n>', 'tracks or albums listed at most', countOption(1, 1000), 20)
    .option(
      '--after <rank>',
      'where the next page starts, as the page before told',
      countOption(0, 2 ** 32 - 1),
    )
    .action((given, options, command) => {
      if (given.length === 0 && options.from === undefined)
        command.error('Wanted ids, or --from and a file with them.', { exitCode: 2 });
      return runInArchive(context, options, { write: false }, async (archive, reporter) => {
        const ids = [...given, ...idsIn(archive, options.from)];
        using snapshot = openCatalogue(archive, options.snapshot);
        const isOne = ids.length === 1;
        const page = isOne ? { limit: options.limit, after: options.after } : { limit: BATCH_ROWS };
        let unknown = 0;
        for (const asked of ids) {
          const meant = await mergedId(archive.ledger, stableIdOf(asked));
          const looked = lookUpAny(snapshot, { asked, meant }, page);
          if (looked.kind === null && isOne) throw new FonotecaError('CATALOGUE_UNKNOWN_ID', asked);
          if (looked.kind === null) unknown += 1;
          const { json, text, links } = told(snapshot, looked);
          reporter.result('catalogue-show', json, isOne ? `${text}${links}` : text);
        }
        const exit = exitCodeOf(unknown);
        return exit;
      });
    });
}

function idsIn({ disk }: Archive, file: string | undefined): string[] {
  if (file === undefined) return [];
  const text = readWhole(disk, path.resolve(file)).toString('utf8');
  return text.split(/\s+/).filter((id) => id !== '');
}

function told(snapshot: Snapshot, looked: LookedUp) {
  const { asked, kind, found, tracks, albums, next } = looked;
  const links = found ? snapshot.linksOf(asked) : [];
  const json = {
    ...{ asked, kind, found: found ?? null, rows: [...tracks, ...albums], next, links },
  } as unknown as { [key: string]: Json };
  const rows = [...tracks.map(trackLine), ...albums.map(albumLine)];
  const text = [
    ...(kind === null ? [`unknown ${asked}`] : []),
    ...(kind === 'recording'
      ? [recordingText(asked, tracks)]
      : [...(found ? [foundText(found)] : []), ...rows]),
    ...(next === null ? [] : [`more with --after ${next}`]),
  ].join('\n');
  const told = links.map((link) => `\n${link.kind.padEnd(11)} ${link.url}`).join('');
  return { json, text, links: told };
}
