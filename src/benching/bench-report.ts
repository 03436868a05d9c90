/** What the bench of the catalogue found, and the same as a table for people. Times in milliseconds, sizes in bytes. */
import { formatSize } from '../base/sizes.ts';
import type { GeneratedFormat } from '../generating/generated-columns.ts';
import type { Times } from './percentiles.ts';
import type { QuestionClass } from './question-classes.ts';
import type { KnownItems } from './stage-job.ts';

/** What a stage took. */
export interface StageCost {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Peak of memory, all processes of the stage together, without mapped files. */
  readonly peakOwnBytes: number;
}

/** The figures of one run. */
export interface BenchReport {
  readonly format: 'fonoteca-catalogue-bench/1';
  readonly rows: number;
  readonly seed: number;
  readonly revision: number;
  /** The id of the snapshot, which follows from what was imported. */
  readonly snapshot: string;
  readonly shape: { readonly tracks: number; readonly albums: number; readonly artists: number };
  /** The generated files, which are not part of what is measured. */
  readonly input: {
    readonly format: GeneratedFormat;
    readonly sizeBytes: number;
    readonly wallMs: number;
  };
  /** In how many runs import and build were measured: more than one when the bench was cut short. */
  readonly runs: number;
  readonly import: StageCost;
  readonly build: StageCost;
  /** The snapshot, and the most that lay on the disk beside the input. */
  readonly disk: {
    readonly servingBytes: number;
    readonly peakBytes: number;
    /** The files of the snapshot, the largest first. */
    readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  };
  readonly serving: {
    readonly openMs: number;
    readonly ownBytes: number;
    readonly byId: Times;
    readonly byIsrc: Times;
    readonly missed: number;
    readonly cutShort: number;
    readonly knownItems: KnownItems;
  };
  readonly search: readonly {
    readonly class: QuestionClass;
    /** With two questions at once. */
    readonly warm: Times;
    readonly cold: Times;
  }[];
  /** Where they were asked for. */
  readonly plan?: PlanFigures | undefined;
  readonly report?: ReportFigures | undefined;
}

/** A plan over all tracks: `fonoteca plan`, start of the program included. */
export interface PlanFigures {
  readonly budgetBytes: number;
  /** Tracks within the budget. */
  readonly tracks: number;
  /** The kept plan. */
  readonly fileBytes: number;
  readonly plan: StageCost;
  /** What the kept plan's order takes within half the budget. */
  readonly otherBudget: StageCost;
}

/** The report: `fonoteca report`, start of the program included. */
export interface ReportFigures {
  readonly statistics: number;
  readonly files: number;
  readonly sizeBytes: number;
  readonly report: StageCost;
}

/** Files that are told in the table; the JSON has them all. */
const SHOWN_FILES = 12;

/** The report as Markdown: tables of all figures, of the largest files, of the classes of questions. */
export function benchTable(report: BenchReport): string {
  const { rows, shape, serving, disk } = report;
  const stages = {
    wallMs: report.import.wallMs + report.build.wallMs,
    cpuMs: report.import.cpuMs + report.build.cpuMs,
  };
  const items = serving.knownItems;
  const lines: [string, string][] = [
    ['tracks, albums, artists', [shape.tracks, shape.albums, shape.artists].join(', ')],
    [
      report.input.format === 'parquet' ? 'input, Parquet' : 'input, gzip',
      `${perRow(report.input.sizeBytes, rows)}, made in ${seconds(report.input.wallMs)}`,
    ],
    ['import and build were measured in', report.runs === 1 ? 'one run' : `${report.runs} runs`],
    ['import', costText(report.import, rows)],
    ['build', costText(report.build, rows)],
    [
      'import and build at 256 million, by time',
      `${hours((stages.wallMs / rows) * 256e6)}, ${hours((stages.cpuMs / rows) * 256e6)} of processor`,
    ],
    ['serving set', `${formatSize(disk.servingBytes)}, ${perRow(disk.servingBytes, rows)}`],
    [
      'peak of the disk beside the input',
      `${formatSize(disk.peakBytes)}, ${perRow(disk.peakBytes, rows)}`,
    ],
    ['opening', `${serving.openMs.toFixed(1)} ms`],
    ['memory of serving', formatSize(serving.ownBytes)],
    ['look-up by id, with the row', timesText(serving.byId)],
    ['look-up by ISRC, with the row', timesText(serving.byIsrc)],
    ['looked up and not found', String(serving.missed)],
    ['answers cut short', String(serving.cutShort)],
    [
      'known items of popularity 0 in the first ten',
      `${share(items.byArtistAndTitle, items.asked)} by artist and title, ${share(items.byTitle, items.asked)} by title`,
    ],
    ...planLines(report),
  ];
  return [
    '| figure | value |',
    '|---|---|',
    ...lines.map(([name, value]) => `| ${name} | ${value} |`),
    '',
    '| file of the serving set | size |',
    '|---|---|',
    ...disk.files
      .slice(0, SHOWN_FILES)
      .map(({ path, sizeBytes }) => `| ${path} | ${perRow(sizeBytes, rows)} |`),
    '',
    '| search | warm, two at once | cold; the 99th of fewer than a hundred is the slowest |',
    '|---|---|---|',
    ...report.search.map(
      (one) => `| ${one.class} | ${timesText(one.warm)} | ${timesText(one.cold)} |`,
    ),
  ].join('\n');
}

function planLines({ rows, plan, report }: BenchReport): [string, string][] {
  const lines: [string, string][] = [];
  if (plan)
    lines.push(
      [
        `plan of ${formatSize(plan.budgetBytes)}`,
        `${costText(plan.plan, rows)}, ${plan.tracks} tracks; kept in ${formatSize(plan.fileBytes)}`,
      ],
      ['the same order within half of it', seconds(plan.otherBudget.wallMs)],
    );
  if (report)
    lines.push([
      `report of ${report.statistics} statistics`,
      `${costText(report.report, rows)}; ${report.files} files, ${formatSize(report.sizeBytes)}`,
    ]);
  return lines;
}

function costText({ wallMs, cpuMs, peakOwnBytes }: StageCost, rows: number): string {
  const each = `${((cpuMs * 1000) / rows).toFixed(1)} µs of processor a track`;
  return `${seconds(wallMs)}, ${each}, ${formatSize(peakOwnBytes)} of memory`;
}

function timesText({ count, p50Ms, p99Ms, worstMs }: Times): string {
  return `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms, worst ${worstMs.toFixed(1)} ms (${count})`;
}

function perRow(sizeBytes: number, rows: number): string {
  return `${(sizeBytes / rows).toFixed(1)} bytes a track`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function hours(ms: number): string {
  return `${(ms / 3_600_000).toFixed(2)} h`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? 'none asked' : `${((part / whole) * 100).toFixed(1)} % of ${whole}`;
}
