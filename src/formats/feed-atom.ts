/** An Atom feed: value → text (RFC 4287). No clock, no generator, entries in the order given. */
import { sha256 } from '../base/digest.ts';
import { xmlAttribute, xmlText } from './feed-text.ts';

/** A link of a feed or entry. */
export interface AtomLink {
  readonly rel: 'self' | 'alternate' | 'enclosure' | 'related';
  readonly href: string;
  readonly type?: string;
  readonly sizeBytes?: number;
}

/** An entry. */
export interface AtomEntry {
  /** Any text that stays the same for the thing this entry tells of; made into a `urn:uuid:`. */
  readonly identity: string;
  readonly title: string;
  /** An instant in UTC. */
  readonly updated: string;
  readonly summary: string;
  readonly links: readonly AtomLink[];
}

/** A feed. */
export interface AtomFeed extends AtomEntry {
  readonly author: string;
  readonly entries: readonly AtomEntry[];
}

/** The feed as XML, UTF-8. */
export function encodeAtomFeed(feed: AtomFeed): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    ...partsOf(feed, 'subtitle'),
    `<author><name>${xmlText(feed.author)}</name></author>`,
    ...feed.entries.flatMap((entry) => ['<entry>', ...partsOf(entry, 'summary'), '</entry>']),
    '</feed>',
    '',
  ].join('\n');
}

/** `identity` as an address that names it for good: a UUID of version 8 from its SHA-256 (RFC 9562, 5.8). */
export function atomId(identity: string): string {
  const hex = sha256(identity);
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) % 4]!;
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`];
  return `urn:uuid:${[...groups, `${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')}`;
}

function partsOf(entry: AtomEntry, summary: 'summary' | 'subtitle'): string[] {
  return [
    `<id>${atomId(entry.identity)}</id>`,
    `<title>${xmlText(entry.title)}</title>`,
    `<updated>${xmlText(entry.updated)}</updated>`,
    `<${summary}>${xmlText(entry.summary)}</${summary}>`,
    ...entry.links.map(linkOf),
  ];
}

function linkOf({ rel, href, type, sizeBytes }: AtomLink): string {
  const parts = [`rel="${rel}"`, `href="${xmlAttribute(href)}"`];
  if (type !== undefined) parts.push(`type="${xmlAttribute(type)}"`);
  if (sizeBytes !== undefined) parts.push(`length="${sizeBytes}"`);
  return `<link ${parts.join(' ')}/>`;
}
