/** The report on the snapshot in use, as `report` keeps it in the archive: what the page shows of it, and its files. */
import { type KeptReport, readReport } from '../analytics/read-report.ts';
import type { Disk } from '../base/disk.ts';
import { reportType } from './file-types.ts';
import type { ServedFile } from './site-port.ts';
import type { StatisticsView } from './statistics-view.ts';

/** Where the report is. */
export interface StatisticsSource {
  readonly disk: Disk;
  /** The snapshot in use and the folder that its report is kept in; null when there is none. */
  readonly reported: () => { readonly snapshot: string; readonly directory: string } | null;
}

/** What `/statistics` shows: the sections of the report with the first picture of each statistic. */
export function statisticsView(source: StatisticsSource): StatisticsView {
  const { snapshot, report } = reportOf(source);
  if (!report) return { snapshot, report: null };
  const { rows, statistics } = report.about;
  const sections = Map.groupBy(statistics, ({ section }) => section);
  return {
    snapshot,
    report: {
      rows,
      sections: [...sections].map(([title, all]) => ({
        title,
        statistics: all.map(({ name, title: words, meaning, rows: count, pictures }) => ({
          ...{ name, title: words, meaning, rows: count },
          picture: pictures[0] ?? null,
        })),
      })),
    },
  };
}

/** The file `name` of the report; its bytes are those that the report lists. */
export function openStatistics(source: StatisticsSource, name: string): ServedFile | undefined {
  const found = reportOf(source).report?.file(name);
  if (!found) return undefined;
  const { bytes, digest } = found;
  return {
    sizeBytes: bytes.length,
    mimeType: reportType(name),
    fileName: name,
    identity: digest,
    async *read(start, end) {
      yield bytes.subarray(start, end);
    },
  };
}

/** A report on another snapshot than the one in use is none. */
function reportOf({ disk, reported }: StatisticsSource): {
  snapshot: string | null;
  report: KeptReport | undefined;
} {
  const place = reported();
  if (place === null) return { snapshot: null, report: undefined };
  const { snapshot, directory } = place;
  const report = readReport(disk, directory);
  return { snapshot, report: report?.about.snapshot === snapshot ? report : undefined };
}
