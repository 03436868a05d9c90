/** Words from anywhere as HTML: nothing of them is ever markup. HTML Living Standard, 13.1. */
import { xmlAttribute, xmlText } from '../../formats/feed-text.ts';

declare const markup: unique symbol;

/** Text that is HTML already: made by `html` alone. */
export interface Html {
  readonly [markup]: true;
  readonly text: string;
}

type Part = string | number | Html | readonly Html[];

/** HTML of a template: what is not HTML already is escaped, so that it can stand between tags and in quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((string, at) => string + (at < parts.length ? written(parts[at]!) : ''));
  return { text: text.join('') } as Html;
}

/** Nothing. */
export const NOTHING: Html = html``;

function written(part: Part): string {
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return isList(part) ? part.map(({ text }) => text).join('') : part.text;
}

/** Quotes are escaped everywhere: one rule for text and attributes. */
function escaped(text: string): string {
  return /["\t\n\r]/.test(text) ? xmlAttribute(text) : xmlText(text);
}

function isList(part: Html | readonly Html[]): part is readonly Html[] {
  return Array.isArray(part);
}
