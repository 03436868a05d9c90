/**
 * Writes a report as files: for each statistic its query, its numbers as CSV and as JSON, its pictures with their
 * specifications; and `report.json`, which names them all. The folder is written under another name and takes its place
 * when it is whole, so that there is the old report or the new one and never a half. Spec: docs/report.md.
 */
import path from 'node:path';
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { sha256 } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { drawChart, type Picture } from '../charts/draw-chart.ts';
import { reportPages } from './page/report-page.ts';
import { ABOUT, FORMAT } from './read-report.ts';
import type { Cell, Report, StatisticResult } from './result.ts';

/** What is written besides the report itself. */
export interface ReportTexts {
  /** Each query by the name of its statistic. */
  readonly queries: ReadonlyMap<string, string>;
  /** The statements before the first query. */
  readonly setup: readonly string[];
}

/** What was written. */
export interface WrittenReport {
  readonly directory: string;
  readonly statistics: number;
  readonly pictures: number;
  readonly files: number;
  readonly bytes: number;
}

/** Checks that a report may be written to `directory`. `REPORT_FOLDER`. */
export function checkReportFolder(disk: Disk, directory: string): void {
  const entry = disk.stat(directory);
  if (!entry) return;
  if (entry.kind !== 'directory')
    throw new FonotecaError('REPORT_FOLDER', `${directory} is a file`);
  const names = disk.list(directory);
  if (names.length > 0 && !names.includes(ABOUT))
    throw new FonotecaError('REPORT_FOLDER', `${directory} holds other things`);
}

/** Writes `report` to `directory`. Null when it was asked to stop; then what was there is there. `REPORT_FOLDER`, `DISK_FULL`. */
export async function writeReport(
  report: Report,
  { queries, setup }: ReportTexts,
  directory: string,
  { disk, watch }: { disk: Disk; watch: Watch },
): Promise<WrittenReport | null> {
  const { part, old } = besides(directory);
  if (disk.stat(old) && !disk.stat(directory)) disk.renameReplace(old, directory);
  checkReportFolder(disk, directory);
  removeTree(disk, part);
  ensureDirectory(disk, part);
  const files: { file: string; bytes: number; sha256: string }[] = [];
  const put = (file: string, content: string) => {
    putFile(disk, path.join(part, file), content, { replace: true });
    files.push({ file, bytes: Buffer.byteLength(content), sha256: sha256(content) });
  };
  const pictures = new Map<string, Picture>();
  put('settings.sql', `${setup.join(';\n\n')};\n`);
  for (const [at, result] of report.statistics.entries()) {
    if (watch.stop.aborted) {
      removeTree(disk, part);
      return null;
    }
    watch.progress({
      stage: 'pictures',
      doneItems: at,
      totalItems: report.statistics.length,
      item: result.name,
    });
    // Both snapshots were asked the same.
    const query = queries.get(result.name.replace(/^compared-/, ''));
    if (query !== undefined) put(`${result.name}.sql`, query);
    put(`${result.name}.csv`, csvOf(result));
    put(`${result.name}.json`, jsonOf(report, result));
    for (const { name, chart } of result.charts) {
      const picture = await drawChart(chart, name);
      pictures.set(name, picture);
      put(`${name}.svg`, picture.svg);
      put(`${name}.vl.json`, `${canonicalJson(picture.spec)}\n`);
    }
  }
  for (const { path: file, text } of reportPages(report, pictures)) put(file, text);
  putFile(disk, path.join(part, ABOUT), aboutOf(report, pictures, files), { replace: true });
  swap(disk, { directory, part, old });
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const { length } = report.statistics;
  return { directory, statistics: length, pictures: pictures.size, files: files.length + 1, bytes };
}

/** Between the two renames the old report has its other name; the next report puts it back first if that is how it ended. */
function swap(
  disk: Disk,
  { directory, part, old }: { directory: string; part: string; old: string },
): void {
  disk.syncDirectory(part);
  removeTree(disk, old);
  if (disk.stat(directory)) disk.renameReplace(directory, old);
  disk.renameReplace(part, directory);
  disk.syncDirectory(path.dirname(directory));
  removeTree(disk, old);
}

function besides(directory: string): { part: string; old: string } {
  const folder = path.dirname(directory);
  const name = path.basename(directory);
  return { part: path.join(folder, `.${name}.part`), old: path.join(folder, `.${name}.old`) };
}

function aboutOf(
  report: Report,
  pictures: ReadonlyMap<string, Picture>,
  files: readonly object[],
): string {
  const statistics = report.statistics.map(({ name, title, section, meaning, rows, charts }) => ({
    ...{ name, title, section, meaning, rows: rows.length },
    pictures: charts.map(({ name: picture, chart }) => {
      const { width, height } = pictures.get(picture)!;
      return { name: picture, title: chart.title, description: chart.description, width, height };
    }),
  }));
  const about = { format: FORMAT, ...report.head, statistics, files };
  return `${canonicalJson(about as unknown as Json)}\n`;
}

function jsonOf({ head }: Report, result: StatisticResult): string {
  const { charts: _, usesPopularity, ...fields } = result;
  const from = {
    snapshot: head.snapshot,
    ...(usesPopularity ? { popularity: head.popularity } : {}),
  };
  return `${canonicalJson({ ...from, ...fields } as unknown as Json)}\n`;
}

/** RFC 4180 with a header line. Null is an empty field. */
function csvOf({ columns, rows }: StatisticResult): string {
  const lines = [columns.map(({ name }) => name), ...rows];
  return lines.map((line) => `${line.map(csvField).join(',')}\r\n`).join('');
}

function csvField(value: Cell): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
