/** Long tables as pages of their own, each linked to the next: they are read without a script. */
import { exactNumber } from '../../charts/number-text.ts';
import type { ReportHead, StatisticResult } from '../result.ts';
import { type Html, html, NOTHING } from './html-text.ts';
import { wholePage } from './page-frame.ts';
import { rowsTable } from './table-part.ts';

const ROWS_PER_PAGE = 500;

/** Whether `statistic` has more rows than belong on the page of the report. Pictures show theirs. */
export function isPaged({ rows, charts }: StatisticResult): boolean {
  return charts.length === 0 && rows.length > ROWS_PER_PAGE;
}

/** The file of page `number`, from 1, of the rows of statistic `name`. */
export function pageName(name: string, number: number): string {
  return `${name}-${number}.html`;
}

/** The pages of `statistic`, by their file names. */
export function pagedTables(
  statistic: StatisticResult,
  head: ReportHead,
): { readonly path: string; readonly text: string }[] {
  if (!isPaged(statistic)) return [];
  const { name, title, meaning, columns, rows } = statistic;
  const count = Math.ceil(rows.length / ROWS_PER_PAGE);
  return Array.from({ length: count }, (_, at) => {
    const start = at * ROWS_PER_PAGE;
    const part = rows.slice(start, start + ROWS_PER_PAGE);
    const caption = `${title}, rows ${grouped(start + 1)} to ${grouped(start + part.length)} of ${grouped(rows.length)}`;
    const body = html`<header>
<p><a href="index.html#${name}">Report of the catalogue</a></p>
<h1>${title}</h1>
<p class="lede">${meaning}</p>
</header>
<main id="main">
${pages(name, at + 1, count, 'Pages')}
${rowsTable(caption, columns, part)}
${pages(name, at + 1, count, 'Pages, again')}
</main>
`;
    return {
      path: pageName(name, at + 1),
      text: wholePage({ title: caption, snapshot: head.snapshot, body }),
    };
  });
}

function pages(name: string, current: number, count: number, label: string): Html {
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  return html`<nav class="pages" aria-label="${label}">
${current > 1 ? html`<a href="${pageName(name, current - 1)}" rel="prev">Previous</a>` : NOTHING}
${numbers.map((one) =>
  one === current
    ? html`<a href="${pageName(name, one)}" aria-current="page">${one}</a>\n`
    : html`<a href="${pageName(name, one)}">${one}</a>\n`,
)}${current < count ? html`<a href="${pageName(name, current + 1)}" rel="next">Next</a>` : NOTHING}
</nav>`;
}

function grouped(count: number): string {
  return exactNumber(count, 'count');
}
