import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/seeded-random.ts';
import { atomId, encodeAtomFeed } from './feed-atom.ts';
import { xmlAttribute, xmlText } from './feed-text.ts';

test('text that XML cannot carry becomes U+FFFD, and marks become references', () => {
  const rows: [string, string, string][] = [
    ['Ana & Co <live>', 'Ana &amp; Co &lt;live&gt;', 'Ana &amp; Co &lt;live&gt;'],
    [']]>', ']]&gt;', ']]&gt;'],
    ['"x"', '"x"', '&quot;x&quot;'],
    ['a\u0000b\u001bc\u000b', 'a\ufffdb\ufffdc\ufffd', 'a\ufffdb\ufffdc\ufffd'],
    ['a\ud800b', 'a\ufffdb', 'a\ufffdb'],
    ['\udc00\ud800', '\ufffd\ufffd', '\ufffd\ufffd'],
    ['𝄞', '𝄞', '𝄞'],
    ['\ufffe\uffff', '\ufffd\ufffd', '\ufffd\ufffd'],
    ['a\tb\nc\rd', 'a\tb\nc&#13;d', 'a&#9;b&#10;c&#13;d'],
  ];
  for (const [input, text, attribute] of rows) {
    assert.equal(xmlText(input), text);
    assert.equal(xmlAttribute(input), attribute);
  }
});

test('any UTF-16 at all gives well-formed text without markup of its own', () => {
  const random = seededRandom(11);
  for (let round = 0; round < 2000; round += 1) {
    const units = Array.from({ length: 20 }, () => random.below(0x10000));
    const made = xmlAttribute(String.fromCharCode(...units));
    assert.ok(made.isWellFormed());
    assert.doesNotMatch(made, /[<>"\ufffe\uffff]/);
    assert.ok(
      [...made].every((character) => character >= ' '),
      made,
    );
    assert.doesNotMatch(made, /&(?!amp;|lt;|gt;|quot;|#9;|#10;|#13;)/);
  }
});

test('an id is the same for the same thing and a valid UUID', () => {
  assert.equal(atomId('a'), atomId('a'));
  assert.notEqual(atomId('a'), atomId('b'));
  for (const identity of ['a', 'b', 'c', 'd'])
    assert.match(
      atomId(identity),
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
});

test('a feed holds its entries in the order given, every text escaped', () => {
  const updated = '2026-01-02T03:04:05Z';
  const feed = encodeAtomFeed({
    ...{ identity: 'f', title: 'A & B', updated, summary: 's', author: 'C < D', links: [] },
    entries: ['one', 'two'].map((title) => ({
      ...{ identity: title, title, updated, summary: '\u0001' },
      links: [{ rel: 'enclosure', href: 'x?a&b', type: 'application/x-bittorrent', sizeBytes: 3 }],
    })),
  });
  assert.match(
    feed,
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<feed xmlns="http:\/\/www.w3.org\/2005\/Atom">\n/,
  );
  assert.ok(feed.indexOf('<title>one<') < feed.indexOf('<title>two<'));
  assert.match(feed, /<title>A &amp; B<\/title>/);
  assert.match(feed, /<name>C &lt; D<\/name>/);
  assert.match(feed, /<summary>\ufffd<\/summary>/);
  assert.match(
    feed,
    /<link rel="enclosure" href="x\?a&amp;b" type="application\/x-bittorrent" length="3"\/>/,
  );
});
