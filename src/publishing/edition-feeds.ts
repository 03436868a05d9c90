/**
 * The feeds of an edition for programs that fetch what is new: feed.atom, feed.rss and volumes.meta4. Input: the
 * volumes as the edition lists them. Output: texts, the same for the same input.
 */
import path from 'node:path';
import { compareBytes } from '../base/safe-path.ts';
import { formatSize } from '../base/sizes.ts';
import { encodeAtomFeed } from '../formats/feed-atom.ts';
import { encodeRssFeed } from '../formats/feed-rss.ts';
import { encodeMetalink } from '../formats/metalink.ts';
import { type EditionVolume, editionFilePath } from '../model/edition.ts';
import { volumeAddresses } from './announce-torrent.ts';
import { type ListingSource, metadataMagnet, volumeMagnet } from './edition-listings.ts';

/** Most volumes a feed tells of, the newest first: readers fetch it often, and torrents.json has them all. */
const MAX_FEED_ENTRIES = 200;
const TORRENT_TYPE = 'application/x-bittorrent';

/** `feed.atom`: the metadata of the edition and the newest volumes. */
export function atomText(source: ListingSource): string {
  const { archive, date } = source;
  return encodeAtomFeed({
    identity: `fonoteca archive ${archive.id}`,
    title: archive.name,
    updated: date,
    summary: summaryOf(source),
    author: archive.name,
    links: [
      { rel: 'self', href: addressOf(source, 'feed.atom'), type: 'application/atom+xml' },
      { rel: 'related', href: addressOf(source, 'edition.json'), type: 'application/json' },
    ],
    entries: itemsOf(source).map(({ identity, title, date, summary, torrent, magnet }) => ({
      ...{ identity, title, updated: date, summary },
      links: [
        { rel: 'enclosure' as const, href: addressOf(source, torrent), type: TORRENT_TYPE },
        { rel: 'alternate' as const, href: magnet },
      ],
    })),
  });
}

/** `feed.rss`: the metadata of the edition and the newest volumes. */
export function rssText(source: ListingSource): string {
  return encodeRssFeed({
    title: source.archive.name,
    link: source.archive.publicUrl ?? addressOf(source, 'README.txt'),
    description: summaryOf(source),
    published: source.date,
    items: itemsOf(source).map(({ identity, title, date, summary, torrent, magnet }) => ({
      ...{ identity, title, link: magnet, published: date, description: summary },
      enclosure: {
        href: addressOf(source, torrent),
        sizeBytes: source.torrentBytes.get(torrent)!,
        type: TORRENT_TYPE,
      },
    })),
  });
}

/** `volumes.meta4`: every volume in the order of packing. */
export function metalinkText(source: ListingSource): string {
  return encodeMetalink(
    [...source.volumes]
      .sort((a, b) => a.order - b.order)
      .map((volume) => ({
        name: `${volume.name}.tar`,
        sizeBytes: volume.sizeBytes,
        sha256: volume.sha256,
        addresses: volumeAddresses(source.announce, volume.name),
        torrent: addressOf(source, volume.torrent),
      })),
  );
}

/** What a feed tells of one torrent. */
interface FeedItem {
  readonly identity: string;
  readonly title: string;
  readonly date: string;
  readonly summary: string;
  readonly torrent: string;
  readonly magnet: string;
}

/** The metadata of this edition, then the newest volumes. */
function itemsOf(source: ListingSource): FeedItem[] {
  const { archive, announce, number, date } = source;
  const about = `fonoteca archive ${archive.id}`;
  const metadata = source.metadata.map((file) => ({
    identity: `${about} metadata ${file.path}`,
    title: `${path.posix.basename(file.path)}, edition ${number}`,
    date,
    summary: `${formatSize(file.sizeBytes)}, ${file.sources.map(({ licence }) => licence).join(', ')}`,
    torrent: file.torrent,
    magnet: metadataMagnet(file, announce),
  }));
  const volumes = newestOf(source).map((volume) => ({
    identity: `${about} volume ${volume.name}`,
    title: volume.name,
    date: volume.added.date,
    summary: describe(volume),
    torrent: volume.torrent,
    magnet: volumeMagnet(volume, announce),
  }));
  return [...metadata, ...volumes];
}

function newestOf({ volumes }: ListingSource): EditionVolume[] {
  return [...volumes]
    .sort((a, b) => b.added.edition - a.added.edition || compareBytes(a.name, b.name))
    .slice(0, MAX_FEED_ENTRIES);
}

function summaryOf({ number, volumes, tracks }: ListingSource): string {
  return `Edition ${number}: ${volumes.length} volumes, ${tracks} tracks`;
}

function describe(volume: EditionVolume): string {
  const licences = volume.licences
    .map(({ licence, members }) => `${licence ?? 'by permission'} (${members})`)
    .join(', ');
  const files = `${volume.members - volume.withdrawn} files, ${formatSize(volume.sizeBytes)}`;
  return licences === '' ? files : `${files}, ${licences}`;
}

/** Where a published file is: below the public address, or relative to the folder of the edition. */
function addressOf({ archive, number }: ListingSource, name: string): string {
  const path = name.includes('/') ? name : editionFilePath(number, name);
  return archive.publicUrl === undefined ? `../../${path}` : `${archive.publicUrl}/${path}`;
}
