/** `fonoteca add PATH…`: reads music and holds it, with its rights and what was found wrong. */
import { formatSize } from '../base/sizes.ts';
import type { AddPlan } from '../ingest/add-plan.ts';
import type { AddReport } from '../ingest/add-report.ts';
import { countPlan } from '../ingest/plan-add.ts';
import type { MatchReport } from '../matching/match-tracks.ts';
import { runAdd, runAddPreview } from '../stages.ts';
import type { CliContext } from './context.ts';
import { printable, type Reporter, rateText, stageLine } from './reporter.ts';
import { exitCodeOf, runInArchive, verb } from './verb.ts';

/** Dark files named in text before the rest is counted. */
const SHOWN_DARK = 20;

/** The verb `add`. */
export function addVerb(context: CliContext) {
  return verb('add', 'read music from folders and hold it, bit-exact, with its rights')
    .argument('<paths...>', 'folders or files; a tracks.csv in a folder is its table')
    .option('--table <file>', 'a table of tracks elsewhere')
    .option(
      '--licence <id>',
      'your own statement, for files without other evidence: an SPDX id or a licence’s address',
    )
    .option('--holder <name>', 'who holds the rights, for the same files')
    .option('--evidence <url|file>', 'where the right can be read, for the same files')
    .option('--dark', 'hold everything without showing it')
    .option('--dry-run', 'list what would be read')
    .action((paths, options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        const { table, licence, holder, evidence, dark } = options;
        const wishes = { table, licence, holder, evidence, dark };
        const watch = reporter.watch('add');
        if (options.dryRun)
          return tellAddPlan(await runAddPreview(archive, paths, wishes, watch), reporter);
        const report = await runAdd(archive, paths, wishes, watch, (item) =>
          reporter.acknowledge('held', { ...item }),
        );
        const code = tellAdd(report, reporter);
        tellMatched(report.match, reporter);
        return code;
      }),
    );
}

/** Prints what was added and returns the exit code it calls for. */
export function tellAdd(report: AddReport, reporter: Reporter): number {
  reporter.findings(report.findings);
  tellDark(report, reporter);
  const counts: (readonly [number, string])[] = [
    [report.unchanged, 'unchanged'],
    [report.retagged, 're-tagged'],
    [report.copies, 'held already'],
    [report.mended, 'mended in the store'],
    [report.redescribed, 'newly described'],
    [report.rightsChanged, 'with changed rights'],
    [report.warned, 'with a warning'],
    [report.refused, 'refused'],
    [report.left, 'left'],
    [report.vanished, 'vanished from the folder, still held'],
  ];
  const rest = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const text = `${report.acceptedAudio} recordings and ${report.acceptedCompanions} companions, ${rateText(report.bytes, report.seconds * 1000)}${rest.length > 0 ? `; ${rest.join(', ')}` : ''}`;
  const { findings: _, ...json } = report;
  reporter.result('added', JSON.parse(JSON.stringify(json)), stageLine('add', text));
  return report.interrupted ? 130 : exitCodeOf(report.refused);
}

/** Says how much of it the catalogue knows, where there is one. */
function tellMatched(match: MatchReport | undefined, reporter: Reporter): void {
  if (!match) return;
  const { mbid, isrc, names } = match.matched;
  reporter.say(
    `  ${mbid + isrc + names} matched with the catalogue, ${match.unsureCount} unsure, ${match.unknown} unknown to it${match.unsureCount > 0 ? ' (fonoteca match lists what is unsure)' : ''}`,
  );
}

/** Names what is dark and was not named among the findings. */
function tellDark(report: AddReport, reporter: Reporter): void {
  if (report.dark.length === 0) return;
  const told = new Set(report.findings.map(({ subject }) => subject));
  const untold = report.dark.filter(({ path }) => !told.has(path));
  reporter.say(`  ${report.dark.length} dark: held, given to nobody`);
  for (const { path, because } of untold.slice(0, SHOWN_DARK))
    reporter.say(`    ${printable(path)}: ${because}`);
  if (untold.length > SHOWN_DARK)
    reporter.say(`    … and ${untold.length - SHOWN_DARK} more (--json lists all)`);
}

function tellAddPlan(plan: AddPlan, reporter: Reporter): number {
  reporter.findings(plan.findings);
  const counts = countPlan(plan);
  const lines = plan.files.map(
    (file) =>
      `  ${file.action.padEnd(8)} ${file.class.padEnd(9)} ${formatSize(file.sizeBytes).padStart(8)}  ${printable(file.path)}`,
  );
  const summary = Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
  reporter.result(
    'add-plan',
    {
      ...counts,
      totalBytes: plan.totalBytes,
      files: plan.files.map(({ path, action }) => ({ path, action })),
    },
    [`${summary}, ${formatSize(plan.totalBytes)} to read`, ...lines].join('\n'),
  );
  return 0;
}
