/**
 * The frame of every page of a report: no script, nothing from elsewhere, and a policy that says so (CSP 3). The
 * policy stands in the page, since the folder is read from a disk as well as from a server.
 */
import { type Html, html } from './html-text.ts';

/** The style sheet that all pages of the folder share. */
export const STYLE_FILE = 'report.css';

const POLICY =
  "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'";

/** A whole page as a file. `body` holds an element with the id `main`. */
export function wholePage({
  title,
  snapshot,
  body,
}: {
  readonly title: string;
  readonly snapshot: string;
  readonly body: Html;
}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} – snapshot ${snapshot}</title>
<link rel="stylesheet" href="${STYLE_FILE}">
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${body}
<footer>
<p>Every picture is drawn from the table beneath it, and every table is the answer to the query beside it. The same snapshot gives the same report, byte for byte.</p>
</footer>
</body>
</html>
`.text;
}
