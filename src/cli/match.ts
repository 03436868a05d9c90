/** `fonoteca match`: ties what is held to the catalogue, and takes a person's word where nothing else decides. */
import type { Json } from '../base/canonical-json.ts';
import { runMatch, tellMatch, undoMatch } from '../cataloguing.ts';
import type { MatchReport } from '../matching/match-tracks.ts';
import type { CliContext } from './context.ts';
import { printable, type Reporter } from './reporter.ts';
import { runInArchive, verb } from './verb.ts';

const INTERRUPTED = 130;
/** Unsure tracks shown as text; `--json` has more. */
const SHOWN = 20;

/** The verb `match`. */
export function matchVerb(context: CliContext) {
  return verb('match', 'tie what is held to the catalogue: by MBID, by ISRC, by names and duration')
    .argument('[track]', 'a held track (local:…) of which you say what it is')
    .argument('[id]', 'the track of the catalogue that it is')
    .option('--undo', 'the named track is not what it was matched with')
    .option('--reason <text>', 'why, for the record', 'the operator says so')
    .option('--dry-run', 'tell the matches and keep none')
    .action((track, id, options, command) => {
      if ((track === undefined) !== (id === undefined && !options.undo) || (options.undo && id))
        command.error('Wanted no track, a track and an id, or --undo and a track.', {
          exitCode: 2,
        });
      return runInArchive(
        context,
        options,
        { write: !options.dryRun },
        async (archive, reporter) => {
          const { reason } = options;
          const keeps = !options.dryRun;
          if (track === undefined)
            return tell(await runMatch(archive, { keeps }, reporter.watch('match')), reporter);
          if (id === undefined) {
            const undone = await undoMatch(archive, { trackId: track, reason }, { keeps });
            const json = { ...undone, dryRun: !keeps };
            const no = keeps ? 'is not' : 'would no longer be';
            reporter.result('unmatched', json, `${track} ${no} ${undone.catalogueId}`);
            return 0;
          }
          const told = { trackId: track, catalogueId: id, reason };
          const match = await tellMatch(archive, told, { keeps });
          const json = { ...match, dryRun: !keeps };
          const word = keeps ? 'is' : 'would be';
          reporter.result('matched', json, `${track} ${word} ${match.catalogueId}`);
          return 0;
        },
      );
    });
}

function tell(report: MatchReport, reporter: Reporter): number {
  const { looked, matched, unsure, unsureCount, unknown } = report;
  const lines = [
    `looked at ${looked} tracks without a match: ${matched.mbid} by MBID, ${matched.isrc} by ISRC, ${matched.names} by names, ${unsureCount} unsure, ${unknown} unknown to the catalogue`,
    ...unsure
      .slice(0, SHOWN)
      .flatMap(({ trackId, artist, title, why, candidates }) => [
        `  ${trackId}  ${artist} – ${title}: ${why}`,
        `    ${candidates.join(' ')}`,
      ]),
  ];
  if (unsureCount > SHOWN) lines.push(`  … and ${unsureCount - SHOWN} more (--json lists them)`);
  reporter.result(
    'match',
    report as unknown as { [key: string]: Json },
    lines.map(printable).join('\n'),
  );
  return report.interrupted ? INTERRUPTED : 0;
}
