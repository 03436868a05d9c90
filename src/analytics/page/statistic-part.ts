/** One statistic on the page: what it says, its pictures, what it was counted over, its files and its numbers. */
import type { Chart } from '../../charts/chart.ts';
import { exactNumber, shortNumber } from '../../charts/number-text.ts';
import type { Account, NamedChart, ReportHead, StatisticResult } from '../result.ts';
import { type Html, html, NOTHING } from './html-text.ts';
import { isPaged, pageName } from './paged-table.ts';
import { differing, rowsTable, twinTable } from './table-part.ts';

/** Width and height of each picture in pixels, by its name. */
export type PictureSizes = ReadonlyMap<string, { readonly width: number; readonly height: number }>;

/** Tables with more rows than this are not opened on the page itself. */
const MOST_OPEN_ROWS = 30;
/** Rows of a paged table that the page shows. */
const SAMPLE_ROWS = 10;
/** A picture wider than this cannot be shrunk to a telephone and still be read. */
const USUAL_WIDTH = 520;

/** The article of `statistic`. */
export function statisticPart(
  statistic: StatisticResult,
  { popularity }: ReportHead,
  sizes: PictureSizes,
): Html {
  const { name, title, meaning, notes, charts, usesPopularity } = statistic;
  return html`<article id="${name}">
<h3>${title}</h3>
<p>${meaning}</p>
${charts.length > 0 ? html`<div class="pictures">${charts.map((one) => figure(one, sizes))}</div>` : NOTHING}
${notes.map((note) => html`<p class="note">${note}</p>\n`)}
${saysMore(statistic) ? ownRows(statistic) : twins(statistic)}
<dl class="facts">
${accountFacts(statistic)}${usesPopularity ? popularityFact(popularity) : NOTHING}
<dt>Files</dt><dd class="files">${files(statistic)}</dd>
</dl>
</article>
`;
}

/** What the numbers of popularity are, when, and whose. */
export function popularityFact(popularity: ReportHead['popularity']): Html {
  if (popularity === null)
    return html`<dt>Popularity</dt><dd>No source gives the popularity of any track.</dd>\n`;
  const { origin, method, date } = popularity;
  return html`<dt>Popularity</dt><dd><bdi>${origin}</bdi>, <bdi>${method}</bdi>; ${date ?? 'without a date'}</dd>\n`;
}

function figure({ name, chart }: NamedChart, sizes: PictureSizes): Html {
  const size = sizes.get(name);
  const measures = size ? html` width="${size.width}" height="${size.height}"` : NOTHING;
  const image = html`<img src="${name}.svg" alt="${alternative(chart)}"${measures}>`;
  const wide = size !== undefined && size.width > USUAL_WIDTH;
  // What is too wide for a telephone is moved from side to side there.
  const region = html`<div class="wide" role="group" tabindex="0" aria-label="Picture: ${chart.title}">${image}</div>`;
  return html`<figure>
${wide ? region : image}
<figcaption>${chart.description}</figcaption>
</figure>
`;
}

/** The caption beside the picture has the description: the alternative names the picture and its axes. */
function alternative(chart: Chart): string {
  const across = chart.kind === 'histogram' || chart.kind === 'curve';
  const axes = across ? ` ${chart.y.title} by ${lowerFirst(chart.x.title)}.` : '';
  return `${chart.title}.${axes} The numbers are in the table below.`;
}

function lowerFirst(text: string): string {
  return /^.\p{Lu}/u.test(text) ? text : text.slice(0, 1).toLowerCase() + text.slice(1);
}

function accountFacts({ accounts }: StatisticResult): Html[] {
  return alikeTogether(accounts).map(({ of, counted, missing }) => {
    const gaps = missing.filter(({ count }) => count > 0);
    const all = counted + gaps.reduce((sum, { count }) => sum + count, 0);
    const share = all > 0 && counted < all ? ` (${shortNumber(counted / all, 'share')})` : '';
    const left = gaps.map(
      ({ what, count }, at) =>
        html`${at > 0 ? '; ' : ''}${exactNumber(count, 'count')}: <bdi>${what}</bdi>`,
    );
    return html`<dt>Counted</dt><dd>${exactNumber(counted, 'count')} ${of}${share}</dd>
<dt>Missing</dt><dd>${left.length > 0 ? left : 'none'}</dd>
`;
  });
}

/** Accounts that differ in nothing but what they count are told as one: nine features of the same tracks are one line. */
function alikeTogether(accounts: readonly Account[]): Account[] {
  const groups = Map.groupBy(accounts, ({ counted, missing }) =>
    JSON.stringify([counted, missing.map(({ what, count }) => [what, count])]),
  );
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    of: group.map(({ of }) => of).join(', '),
  }));
}

function files({ name, title, charts }: StatisticResult): Html {
  const suffix = (picture: string) => picture.slice(name.length).replace(/^-/, ' ');
  const link = (file: string, words: string, what: string) =>
    html`<a href="${file}">${words}<span class="unseen"> of ${what}</span></a> `;
  return html`${link(`${name}.csv`, 'CSV', title)}${link(`${name}.json`, 'JSON', title)}${link(`${name}.sql`, 'SQL', title)}${charts.map(
    ({ name: picture, chart }) =>
      html`${link(`${picture}.svg`, `SVG${suffix(picture)}`, chart.title)}${link(`${picture}.vl.json`, `Vega-Lite${suffix(picture)}`, chart.title)}`,
  )}`;
}

/** Whether the rows say more than the pictures: there is none, or its names have words of their own beside them. */
function saysMore({ columns, charts }: StatisticResult): boolean {
  const words = columns.filter(({ kind }) => kind === 'text').length;
  return charts.every(({ chart }) => chart.kind === 'ranked' && words > 1);
}

function twins({ charts }: StatisticResult): Html[] {
  return differing(charts).map(
    ({ chart }) => html`<details>
<summary>Numbers: ${chart.title}</summary>
${twinTable(chart.title, chart)}
</details>
`,
  );
}

function ownRows(statistic: StatisticResult): Html {
  const { name, title, columns, rows } = statistic;
  if (rows.length === 0) return html`<p class="note">There is none.</p>\n`;
  if (isPaged(statistic))
    return html`${rowsTable(`${title}: the first ${SAMPLE_ROWS}`, columns, rows.slice(0, SAMPLE_ROWS))}
<p><a href="${pageName(name, 1)}">All ${exactNumber(rows.length, 'count')} rows</a></p>
`;
  if (rows.length <= MOST_OPEN_ROWS) return rowsTable(title, columns, rows);
  return html`<details>
<summary>${title}: ${exactNumber(rows.length, 'count')} rows</summary>
${rowsTable(title, columns, rows)}
</details>
`;
}
