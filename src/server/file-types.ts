/** The media types of published files and of a report's, by the endings of their names: what is sent as it is. */

/** Of what nothing else is known, or nothing else may be said. */
const BYTES = 'application/octet-stream';
const TEXT = 'text/plain; charset=utf-8';

const PUBLISHED: ReadonlyMap<string, string> = new Map([
  ['atom', 'application/atom+xml'],
  ['json', 'application/json'],
  ['jsonl', 'application/x-ndjson'],
  ['meta4', 'application/metalink4+xml'],
  ['minisig', TEXT],
  ['py', 'text/x-python; charset=utf-8'],
  ['rss', 'application/rss+xml'],
  ['tar', 'application/x-tar'],
  ['torrent', 'application/x-bittorrent'],
  ['txt', TEXT],
  // Without an ending, and text all the same.
  ['SHA256SUMS', TEXT],
  ['checkpoint', TEXT],
]);
const REPORT: ReadonlyMap<string, string> = new Map([
  ['css', 'text/css'],
  ['csv', 'text/csv'],
  ['html', 'text/html; charset=utf-8'],
  ['json', 'application/json'],
  ['sql', TEXT],
  ['svg', 'image/svg+xml'],
]);

/** The types of published files; none of them runs where it is sent. */
export const PUBLISHED_TYPES: ReadonlySet<string> = new Set([...PUBLISHED.values(), BYTES]);
/** The types of a report's files, its pages among them. */
export const REPORT_TYPES: ReadonlySet<string> = new Set([...REPORT.values(), BYTES]);

/** The type of the published file called `name`. */
export function publishedType(name: string): string {
  return PUBLISHED.get(endingOf(name)) ?? BYTES;
}

/** The type of the file of a report called `name`. */
export function reportType(name: string): string {
  return REPORT.get(endingOf(name)) ?? BYTES;
}

/** What stands behind the last dot, or the whole of a name without one. */
function endingOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
