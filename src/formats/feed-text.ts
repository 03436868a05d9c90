/**
 * Any text as XML character data or attribute value (XML 1.0, 2.2 and 2.4).
 *
 * Titles hold control characters and lone surrogates, which no escape can carry in XML 1.0: they become U+FFFD.
 */

/** Everything outside the Char production: C0 but tab, newline and return; lone surrogates; U+FFFE and U+FFFF. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** `text` between tags. A carriage return is written as a reference, since a parser would turn it into a newline. */
export function xmlText(text: string): string {
  return text
    .replaceAll(NOT_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

/** `text` between double quotes. Tabs and newlines are references, since a parser would turn them into spaces. */
export function xmlAttribute(text: string): string {
  return xmlText(text).replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');
}
