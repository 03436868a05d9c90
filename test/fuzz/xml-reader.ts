/** A strict little reader of the XML that feeds are: elements, attributes, text and the five references. */
import assert from 'node:assert/strict';

const REFERENCES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const NAME = '[A-Za-z][\\w.:-]*';
const TAG = new RegExp(`<(/?)(${NAME})((?: ${NAME}="[^"<]*")*)(/?)>|<\\?xml [^<>]*\\?>`, 'y');

/** `text` with its references resolved; fails on a bare `&` or `<` and on a reference nobody knows. */
export function unescapeXml(text: string): string {
  assert(!text.includes('<'), 'a bare <');
  return text.replaceAll(/&(?:#(\d+)|([a-z]+));|&/g, (whole, number?: string, name?: string) => {
    const known =
      number === undefined ? REFERENCES[name ?? ''] : String.fromCharCode(Number(number));
    assert(known !== undefined, `the reference ${whole}`);
    return known;
  });
}

/** Every text and attribute value of the document, in order; fails unless it is well formed. */
export function readXml(document: string): string[] {
  assert(!NOT_XML.test(document), 'a character that is not XML');
  const texts: string[] = [];
  const open: string[] = [];
  let at = 0;
  while (at < document.length) {
    TAG.lastIndex = at;
    const tag = TAG.exec(document);
    if (!tag) {
      const end = document.indexOf('<', at);
      assert(end > at || end < 0, `no tag at ${at}: ${document.slice(at, at + 60)}`);
      const text = document.slice(at, end < 0 ? document.length : end);
      texts.push(unescapeXml(text));
      at += text.length;
      continue;
    }
    at = TAG.lastIndex;
    const [, slash, name, attributes = '', ends] = tag;
    if (name === undefined) continue;
    for (const [, value] of attributes.matchAll(/="([^"]*)"/g)) texts.push(unescapeXml(value!));
    if (slash === '/') assert.equal(open.pop(), name);
    else if (ends !== '/') open.push(name);
    // An empty element says the empty text.
    if (slash === '/' && document[at - name.length - 4] === '>') texts.push('');
  }
  assert.deepEqual(open, []);
  return texts;
}
