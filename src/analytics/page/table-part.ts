/** Tables of the page: those of a statistic's own rows, and the twins of its pictures. */
import type { Chart } from '../../charts/chart.ts';
import { chartTable } from '../../charts/chart-table.ts';
import type { Cell, Column } from '../result.ts';
import { cellHtml, columnTitle, nameHtml } from './cell-text.ts';
import { type Html, html } from './html-text.ts';

/** A table that a reader can scroll sideways by finger and by key. `caption` is unlike any other of the page. */
export function rowsTable(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): Html {
  return scrolled(
    caption,
    columns.map((column) => html`<th scope="col"${numeric(column)}>${columnTitle(column)}</th>`),
    rows.map((row) =>
      columns.map((column, at) => {
        const inside = cellHtml(row[at] ?? null, column);
        return at === 0
          ? html`<th scope="row"${numeric(column)}>${row[at] === '' ? nameHtml('') : inside}</th>`
          : html`<td${numeric(column)}>${inside}</td>`;
      }),
    ),
  );
}

/** A curve of thousands of points would make the page heavier than its pictures; the CSV has them all. */
const MOST_TWIN_ROWS = 300;

/** The numbers of `chart`, as the picture shows them; of very many only one in some, as the caption says. */
export function twinTable(caption: string, chart: Chart): Html {
  const { columns, rows: all } = chartTable(chart);
  const step = Math.ceil(all.length / MOST_TWIN_ROWS);
  const rows = all.filter((_, at) => at % step === 0 || at === all.length - 1);
  return scrolled(
    step > 1 ? `${caption} (one row in ${step}, and the last; the CSV has all)` : caption,
    columns.map((title) => html`<th scope="col">${nameHtml(title)}</th>`),
    rows.map((row) =>
      row.map((text, at) =>
        at === 0 ? html`<th scope="row">${nameHtml(text)}</th>` : html`<td><bdi>${text}</bdi></td>`,
      ),
    ),
  );
}

/** Charts of `charts` whose tables differ: a linear and a logarithmic picture share one. */
export function differing<Named extends { readonly chart: Chart }>(
  charts: readonly Named[],
): Named[] {
  const seen = new Set<string>();
  return charts.filter(({ chart }) => {
    const table = JSON.stringify(chartTable(chart));
    if (seen.has(table)) return false;
    seen.add(table);
    return true;
  });
}

function scrolled(
  caption: string,
  head: readonly Html[],
  body: readonly (readonly Html[])[],
): Html {
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${caption}">
<table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.map((row) => html`<tr>${row}</tr>\n`)}</tbody>
</table>
</div>`;
}

function numeric({ kind }: Column): Html {
  return kind === 'text' ? html`` : html` class="number"`;
}
