/** The cells of a statistic as people read them, by the unit of their column. */
import { formatDuration, formatSize } from '../../base/sizes.ts';
import { exactNumber } from '../../charts/number-text.ts';
import type { Cell, Column } from '../result.ts';
import { type Html, html } from './html-text.ts';

/** The inside of a table cell. What is not known is a dash; words keep to their own direction of writing. */
export function cellHtml(cell: Cell, column: Column): Html {
  if (cell === null) return html`–`;
  if (typeof cell === 'number') return html`${numberText(cell, column.unit)}`;
  const links = linksOf(cell);
  return links ?? html`<bdi>${cell}</bdi>`;
}

/** The name of a row or column; an empty one is said to be so, since each must be called something. */
export function nameHtml(text: string): Html {
  return text.trim() === '' ? html`(empty)` : html`<bdi>${text}</bdi>`;
}

/** A column title with its unit where the cells do not show it themselves. */
export function columnTitle({ title, unit }: Column): string {
  const shown = unit === null || ['ms', 's', 'bytes', '%', 'year'].includes(unit);
  return shown || title.toLowerCase().includes(unit.toLowerCase()) ? title : `${title} (${unit})`;
}

function numberText(value: number, unit: string | null): string {
  if (unit === 'ms' && value >= 0) return formatDuration(value);
  if (unit === 's' && value >= 0) return exactNumber(value, 'duration');
  if (unit === 'bytes' && value >= 0) return formatSize(value);
  if (unit === 'year') return String(value);
  const digits = exactNumber(value, 'number');
  return unit === '%' ? `${digits}\u00a0%` : digits;
}

/** Anchors when `text` is made of web addresses alone. Only https is followed from a page that names strangers. */
function linksOf(text: string): Html | undefined {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const addresses = words.map((word) => (URL.canParse(word) ? new URL(word) : undefined));
  if (words.length === 0 || !addresses.every((one) => one?.protocol === 'https:')) return undefined;
  return html`${addresses.map(
    (one) =>
      html`<a href="${one!.href}" rel="nofollow noopener noreferrer"><bdi>${one!.host}</bdi></a> `,
  )}`;
}
