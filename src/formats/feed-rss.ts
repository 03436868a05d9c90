/** An RSS 2.0 feed: value → text. No clock, no generator, items in the order given. */
import { atomId } from './feed-atom.ts';
import { xmlAttribute, xmlText } from './feed-text.ts';

/** An item. */
export interface RssItem {
  /** Any text that stays the same for the thing this item tells of; made into a `urn:uuid:`. */
  readonly identity: string;
  readonly title: string;
  readonly link: string;
  /** An instant in UTC as ISO 8601 writes it. */
  readonly published: string;
  readonly description: string;
  readonly enclosure: { readonly href: string; readonly sizeBytes: number; readonly type: string };
}

/** A channel. */
export interface RssChannel {
  readonly title: string;
  readonly link: string;
  readonly description: string;
  readonly published: string;
  readonly items: readonly RssItem[];
}

/** The channel as XML, UTF-8. */
export function encodeRssFeed(channel: RssChannel): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0">',
    '<channel>',
    `<title>${xmlText(channel.title)}</title>`,
    `<link>${xmlText(channel.link)}</link>`,
    `<description>${xmlText(channel.description)}</description>`,
    `<pubDate>${rssDate(channel.published)}</pubDate>`,
    ...channel.items.flatMap(itemOf),
    '</channel>',
    '</rss>',
    '',
  ].join('\n');
}

function itemOf({ identity, title, link, published, description, enclosure }: RssItem): string[] {
  const { href, sizeBytes, type } = enclosure;
  return [
    '<item>',
    `<guid isPermaLink="false">${atomId(identity)}</guid>`,
    `<title>${xmlText(title)}</title>`,
    `<link>${xmlText(link)}</link>`,
    `<pubDate>${rssDate(published)}</pubDate>`,
    `<description>${xmlText(description)}</description>`,
    `<enclosure url="${xmlAttribute(href)}" length="${sizeBytes}" type="${xmlAttribute(type)}"/>`,
    '</item>',
  ];
}

/** RFC 822 with a year of four digits, as RSS wants it. */
function rssDate(iso: string): string {
  return new Date(Date.parse(iso)).toUTCString();
}
