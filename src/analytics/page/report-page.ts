/**
 * The page of a report: counters, contents, and every statistic under its heading. Input: a finished report and the
 * sizes of its pictures. Output: files of text for the folder that holds its data and pictures. docs/report.md
 */
import { exactNumber } from '../../charts/number-text.ts';
import type { Report, ReportHead, StatisticResult } from '../result.ts';
import { type Html, html, NOTHING } from './html-text.ts';
import { STYLE_FILE, wholePage } from './page-frame.ts';
import { REPORT_STYLE } from './page-style.ts';
import { pagedTables } from './paged-table.ts';
import { type PictureSizes, popularityFact, statisticPart } from './statistic-part.ts';

/** A file of the report's folder. */
export interface PageFile {
  /** Relative to the folder; a single name. */
  readonly path: string;
  readonly text: string;
}

/** `index.html`, its style sheet and the pages of long tables. The same report gives the same bytes. */
export function reportPages(report: Report, sizes: PictureSizes): PageFile[] {
  const { head, statistics } = report;
  const sections = sectionsOf(statistics);
  const body = html`<header>
<h1>What the catalogue shows</h1>
<p class="lede">A report on snapshot <bdi>${head.snapshot}</bdi>.</p>
${counters(head)}
</header>
<nav class="contents" aria-label="Contents">
<ol>
${sections.map(contentsOf)}</ol>
</nav>
<main id="main">
${sections.map(
  ({ title, id, statistics: own }) => html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${own.map((one) => statisticPart(one, head, sizes))}</section>
`,
)}${sourcesPart(head)}
</main>`;
  return [
    {
      path: 'index.html',
      text: wholePage({ title: 'What the catalogue shows', snapshot: head.snapshot, body }),
    },
    { path: STYLE_FILE, text: REPORT_STYLE },
    ...statistics.flatMap((one) => pagedTables(one, head)),
  ];
}

interface Section {
  readonly title: string;
  readonly id: string;
  readonly statistics: readonly StatisticResult[];
}

/** In the order in which their first statistics come. */
function sectionsOf(statistics: readonly StatisticResult[]): Section[] {
  const titles = [...new Set(statistics.map(({ section }) => section))];
  return titles.map((title, at) => ({
    title,
    id: `section-${at + 1}`,
    statistics: statistics.filter(({ section }) => section === title),
  }));
}

function counters({ rows }: ReportHead): Html {
  const counter = (count: number, what: string) =>
    html`<div><dt>${what}</dt><dd>${exactNumber(count, 'count')}</dd></div>\n`;
  return html`<dl class="counters">
${counter(rows.tracks, 'tracks')}${counter(rows.albums, 'albums')}${counter(rows.artists, 'artists')}</dl>`;
}

function contentsOf({ title, id, statistics }: Section): Html {
  return html`<li><a href="#${id}">${title}</a>
<ol>
${statistics.map(({ name, title: words }) => html`<li><a href="#${name}">${words}</a></li>\n`)}</ol>
</li>
`;
}

function sourcesPart({ sources, popularity }: ReportHead): Html {
  return html`<section aria-labelledby="sources-of-the-snapshot">
<h2 id="sources-of-the-snapshot">Where this comes from</h2>
<dl class="facts">
${sources.map(
  ({ source, licence, date }) =>
    html`<dt><bdi>${source}</bdi></dt><dd>${date ?? 'without a date'}; ${
      licence === null
        ? 'no licence of the data is recorded'
        : html`licence of the data: <bdi>${licence}</bdi>`
    }</dd>\n`,
)}${sources.length === 0 ? html`<dt>Sources</dt><dd>none is recorded</dd>\n` : NOTHING}${popularityFact(popularity)}</dl>
</section>`;
}
