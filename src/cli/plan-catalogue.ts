/** How `fonoteca plan` tells a plan over the catalogue: its statuses, its curve, and the answers to questions about it. */
import path from 'node:path';
import type { Archive } from '../archive.ts';
import type { Json } from '../base/canonical-json.ts';
import { putFile } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { formatSize, parseSize } from '../base/sizes.ts';
import { type KeptPlan, openLastCataloguePlan } from '../catalogue-planning.ts';
import { checkList, planGap } from '../plan-questions.ts';
import { pointAt } from '../planning/curve.ts';
import { type BudgetAnswer, curveCsv, curveRows, drawnSteps, planAt } from '../planning/plan-at.ts';
import type { CataloguePlan } from '../planning/plan-catalogue.ts';
import type { OpenPlan } from '../planning/plan-file.ts';
import { planPicture } from '../planning/plan-picture.ts';
import { printable, type Reporter, stageLine } from './reporter.ts';

/** Lines of the curve in a table, and in a file. */
const TABLE_STEPS = 8;
const FILE_STEPS = 1000;
/** Changes against the plan before that are shown as text. */
const SHOWN_CHANGES = 8;
const SHOWN_TRACKS = 20;
const SHOWN_SOURCES = 20;
/** Lines of a list shown as text; `--json` has all. */
const SHOWN_LINES = 1000;

/** Prints a plan over the catalogue; `kept` is undefined for one that is only shown. */
export function tellCataloguePlan(
  plan: CataloguePlan,
  kept: KeptPlan | undefined,
  reporter: Reporter,
): void {
  const { header } = plan;
  const answer = planAt(plan, pointAt(plan.curve, plan.cut).bytes);
  const rows = curveRows(plan, drawnSteps(plan, TABLE_STEPS));
  const where = keptText(kept);
  reporter.result(
    'catalogue-plan',
    {
      ...(header as unknown as { [key: string]: Json }),
      taken: { ...answer.taken },
      shares: { ...answer.shares },
      curve: rows.map((row) => ({ ...row })),
      kept: kept?.file ?? null,
      changes: (kept?.diff ?? null) as unknown as Json,
    },
    [headline(header, answer, where), ...statusLines(header.statuses), ...curveLines(rows)]
      .concat(changeLines(kept))
      .join('\n'),
  );
}

function keptText(kept: KeptPlan | undefined): string {
  if (kept === undefined) return 'not kept';
  return kept.fresh ? `kept as plans/${kept.file}` : `the same as plans/${kept.file}`;
}

function headline(
  header: OpenPlan['header'],
  { taken, shares }: BudgetAnswer,
  where: string,
): string {
  const limits = [
    header.budgetBytes === null ? 'no budget' : `a budget of ${formatSize(header.budgetBytes)}`,
    ...(header.keepBytes === null ? [] : [`${formatSize(header.keepBytes)} kept`]),
  ];
  const listens =
    header.listens === 'counts' ? 'counted listens' : 'listens as modelled from popularity';
  return stageLine(
    'catalogue',
    `${taken.tracks} of ${header.totals.tracks} tracks (${percent(shares.tracks)}), ${formatSize(taken.bytes)} within ${limits.join(' and ')}, by policy ${header.policy.name}, rights ${header.rights}: ${percent(shares.listens)} of ${listens} (${percent(shares.low)} to ${percent(shares.high)}), ${percent(shares.recordings)} of recordings, ${percent(shares.artists)} of artists [${where}]`,
  );
}

/** Tracks by status in lines, the most first. */
export function statusLines(statuses: Readonly<Record<string, number>>): string[] {
  return Object.entries(statuses)
    .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .map(([status, tracks]) => `  ${String(tracks).padStart(12)}  ${status}`);
}

function curveLines(rows: ReturnType<typeof curveRows>): string[] {
  return rows.map(
    (row) =>
      `  ${String(row.size).padStart(8)}: ${percent(Number(row.share_of_listens))} of listens, ${percent(Number(row.share_of_recordings))} of recordings, ${percent(Number(row.share_of_artists))} of artists; ${row.tracks_a_gigabyte} tracks a GB${row.mark === '' ? '' : ` (${row.mark})`}`,
  );
}

function changeLines(kept: KeptPlan | undefined): string[] {
  if (kept?.diff === undefined) return [];
  if (kept.diff === null)
    return ['  the plan before is over another snapshot: fonoteca plan --diff compares them by id'];
  const { diff } = kept;
  return [
    `  against the plan before: ${diff.kept} kept, ${diff.gained} gained, ${diff.lost} lost`,
    ...diff.changes
      .slice(0, SHOWN_CHANGES)
      .map(({ was, is, tracks }) => `    ${tracks} were ${was} and are ${is}`),
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function lastPlan(archive: Archive): OpenPlan {
  const plan = openLastCataloguePlan(archive);
  if (!plan) throw new FonotecaError('PLAN_MISSING', 'no plan over the catalogue');
  return plan;
}

/** Prints what the kept plan's order takes within each of `sizes`. */
export function tellAnswers(
  archive: Archive,
  sizes: readonly string[],
  reporter: Reporter,
): number {
  using plan = lastPlan(archive);
  for (const size of sizes) {
    const answer = planAt(plan, size === 'none' ? null : parseSize(size));
    const { taken, shares, change, nextGigabyte } = answer;
    const more = `${signed(change.tracks)} tracks and ${change.bytes < 0 ? '-' : '+'}${formatSize(Math.abs(change.bytes))} against the plan`;
    reporter.result(
      'budget',
      { size, ...(answer as unknown as { [key: string]: Json }) },
      `${size}: ${taken.tracks} tracks, ${formatSize(taken.bytes)}, ${percent(shares.listens)} of listens, ${percent(shares.recordings)} of recordings, ${percent(shares.artists)} of artists; ${more}; the next GB adds ${nextGigabyte.tracks} tracks`,
    );
  }
  return 0;
}

function signed(count: number): string {
  return count < 0 ? `${count}` : `+${count}`;
}

/** Writes the curve of the kept plan to `file`, by its ending as CSV, JSON or a picture. */
export async function tellCurve(
  archive: Archive,
  file: string,
  reporter: Reporter,
): Promise<number> {
  using plan = lastPlan(archive);
  const write = CURVE_FILES.get(path.extname(file));
  if (!write) throw new FonotecaError('PLAN_CURVE_FILE', path.basename(file));
  const steps = drawnSteps(plan, FILE_STEPS);
  putFile(archive.disk, path.resolve(file), await write(plan, steps), { replace: true });
  reporter.result('curve', { file, points: steps.length }, `${steps.length} points in ${file}`);
  return 0;
}

const CURVE_FILES = new Map<
  string,
  (plan: OpenPlan, steps: readonly number[]) => string | Promise<string>
>([
  ['.csv', curveCsv],
  [
    '.json',
    (plan, steps) => `${JSON.stringify({ ...plan.header, curve: curveRows(plan, steps) })}\n`,
  ],
  ['.svg', (plan) => planPicture(plan)],
]);

/** Prints what the kept plan wants and the archive does not hold. */
export async function tellGap(
  archive: Archive,
  limit: number,
  reporter: Reporter,
): Promise<number> {
  const gap = await planGap(archive, limit);
  const lines = [
    ...statusLines(gap.byStatus),
    'of all that is planned and not held:',
    ...gap.bySource
      .slice(0, SHOWN_SOURCES)
      .map(
        ({ how, host, tracks }) =>
          `  ${String(tracks).padStart(12)}  ${how === 'none' ? 'no source known' : `${how} at ${host}`}`,
      ),
    'the first by rank:',
    ...gap.tracks
      .slice(0, SHOWN_TRACKS)
      .map(({ id, artist, title, sources }) =>
        `  ${id}  ${artist} – ${title}  ${sources[0]?.url ?? ''}`.trimEnd(),
      ),
  ];
  reporter.result(
    'gap',
    gap as unknown as { [key: string]: Json },
    lines.map(printable).join('\n'),
  );
  return 0;
}

/** Prints what is held, planned, known or unknown of the list in `file`. */
export async function tellCheck(
  archive: Archive,
  file: string,
  reporter: Reporter,
): Promise<number> {
  const entries = await checkList(archive, file);
  const counts = { held: 0, planned: 0, known: 0, unknown: 0 };
  for (const { answer } of entries) counts[answer] += 1;
  for (const entry of entries) reporter.acknowledge('checked', { ...entry });
  const lines = entries
    .slice(0, SHOWN_LINES)
    .map(({ line, asked, answer, id, status }) =>
      printable(
        `${line}: ${asked}: ${answer}${id === null ? '' : ` as ${id}`}${status === null ? '' : `, ${status}`}`,
      ),
    );
  const sum = `${entries.length} asked for: ${counts.held} held, ${counts.planned} planned, ${counts.known} known, ${counts.unknown} unknown`;
  reporter.result('check', { ...counts, asked: entries.length }, [...lines, sum].join('\n'));
  return 0;
}
