/** A report as a folder for the browser to open: the sample report, drawn and written as the command does it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { reportPages } from '../../src/analytics/page/report-page.ts';
import { REPORT_SAMPLE } from '../../src/analytics/page/report-samples.ts';
import { drawChart, type Picture } from '../../src/charts/draw-chart.ts';

/** A folder; disposing it removes it. */
export interface ReportFolder extends Disposable {
  /** Address with a slash at the end. */
  readonly baseUrl: string;
  /** The pictures by their names. */
  readonly pictures: ReadonlyMap<string, Picture>;
}

/** The page beside the report that holds every picture as a part of itself. */
export const INLINE_PAGE = 'inline.html';

/** Writes the report. */
export async function writeReportFolder(): Promise<ReportFolder> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-report-'));
  const put = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  const pictures = new Map<string, Picture>();
  for (const { charts } of REPORT_SAMPLE.statistics)
    for (const { name, chart } of charts) pictures.set(name, await drawChart(chart, name));
  for (const [name, { svg }] of pictures) put(`${name}.svg`, svg);
  for (const { path: name, text } of reportPages(REPORT_SAMPLE, pictures)) put(name, text);
  const inline = [...pictures].map(([name, { svg }]) => `<div id="of-${name}">${svg}</div>`);
  put(
    INLINE_PAGE,
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>Pictures</title><body style="margin:0"><main><h1>Pictures</h1>${inline.join('\n')}</main></body></html>`,
  );
  return {
    baseUrl: `${pathToFileURL(folder)}/`,
    pictures,
    [Symbol.dispose]: () => fs.rmSync(folder, { recursive: true }),
  };
}
