import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRssFeed } from './feed-rss.ts';
import { encodeMetalink } from './metalink.ts';

test('a channel holds its items in the order given, every text escaped and every date as RFC 822', () => {
  const published = '2026-01-02T03:04:05Z';
  const feed = encodeRssFeed({
    ...{ title: 'A & B', link: 'https://a.example/?a&b', description: '\u0001', published },
    items: ['one', 'two'].map((title) => ({
      ...{ identity: title, title, link: 'magnet:?xt=1&tr=<', published, description: 'd' },
      enclosure: { href: 'x?a&"b', sizeBytes: 3, type: 'application/x-bittorrent' },
    })),
  });
  assert.match(feed, /^<\?xml version="1.0" encoding="UTF-8"\?>\n<rss version="2.0">\n<channel>\n/);
  assert.ok(feed.indexOf('<title>one<') < feed.indexOf('<title>two<'));
  for (const part of [
    '<title>A &amp; B</title>',
    '<link>https://a.example/?a&amp;b</link>',
    '<description>\ufffd</description>',
    '<link>magnet:?xt=1&amp;tr=&lt;</link>',
    '<pubDate>Fri, 02 Jan 2026 03:04:05 GMT</pubDate>',
    '<enclosure url="x?a&amp;&quot;b" length="3" type="application/x-bittorrent"/>',
  ])
    assert.ok(feed.includes(part), part);
});

test('a Metalink tells size, digest, torrent and addresses in the order to ask them', () => {
  const file = {
    name: 'a.tar',
    sizeBytes: 5,
    sha256: 'ab'.repeat(32) as never,
    torrent: 'a.torrent',
  };
  const text = encodeMetalink([
    { ...file, addresses: ['https://a.example/?a&b', 'https://b.example/a'] },
  ]);
  assert.equal(
    text,
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<metalink xmlns="urn:ietf:params:xml:ns:metalink">',
      '<file name="a.tar">',
      '<size>5</size>',
      `<hash type="sha-256">${'ab'.repeat(32)}</hash>`,
      '<metaurl mediatype="torrent">a.torrent</metaurl>',
      '<url priority="1">https://a.example/?a&amp;b</url>',
      '<url priority="2">https://b.example/a</url>',
      '</file>',
      '</metalink>',
      '',
    ].join('\n'),
  );
});
