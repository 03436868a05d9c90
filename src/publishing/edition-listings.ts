/**
 * The listings of an edition for people and programs that fetch: torrents.json, magnets.txt, feed.atom, README.txt and
 * SHA256SUMS. Input: the volumes as the edition lists them. Output: texts, the same for the same input.
 */
import { compareBytes } from '../base/safe-path.ts';
import { formatSize } from '../base/sizes.ts';
import { encodeAtomFeed } from '../formats/feed-atom.ts';
import { buildMagnet } from '../formats/magnet.ts';
import {
  documentText,
  type EditionFile,
  type EditionVolume,
  editionFilePath,
  editionFolderName,
} from '../model/edition.ts';
import { type Announce, volumeAddresses } from './announce-torrent.ts';

/** What the listings tell of. */
export interface ListingSource {
  readonly number: number;
  readonly date: string;
  readonly archive: {
    readonly id: string;
    readonly name: string;
    readonly publicUrl?: string | undefined;
  };
  readonly announce: Announce;
  readonly volumes: readonly EditionVolume[];
  readonly tracks: number;
}

/** Most volumes a feed tells of, the newest first: readers fetch it often, and torrents.json has them all. */
const MAX_FEED_ENTRIES = 200;

/** `torrents.json`. */
export function torrentsText({ volumes, announce }: ListingSource): string {
  const torrents = volumes.map((volume) => ({
    name: volume.name,
    tier: volume.tier,
    sizeBytes: volume.sizeBytes,
    members: volume.members,
    licences: volume.licences,
    infohashV1: volume.infohashV1,
    infohashV2: volume.infohashV2,
    magnet: magnetOf(volume, announce),
    torrent: volume.torrent,
    added: volume.added.date,
  }));
  return documentText({ format: 'fonoteca-torrents/1', torrents });
}

/** `magnets.txt`: one link a line, in the order of `torrents.json`. */
export function magnetsText({ volumes, announce }: ListingSource): string {
  return volumes.map((volume) => `${magnetOf(volume, announce)}\n`).join('');
}

/** `feed.atom`: the newest volumes first. */
export function feedText(source: ListingSource): string {
  const { archive, number, date } = source;
  const newestFirst = [...source.volumes].sort(
    (a, b) => b.added.edition - a.added.edition || compareBytes(a.name, b.name),
  );
  return encodeAtomFeed({
    identity: `fonoteca archive ${archive.id}`,
    title: archive.name,
    updated: date,
    summary: `Edition ${number}: ${source.volumes.length} volumes, ${source.tracks} tracks`,
    author: archive.name,
    links: [
      { rel: 'self', href: addressOf(source, 'feed.atom'), type: 'application/atom+xml' },
      { rel: 'related', href: addressOf(source, 'edition.json'), type: 'application/json' },
    ],
    entries: newestFirst.slice(0, MAX_FEED_ENTRIES).map((volume) => ({
      identity: `fonoteca archive ${archive.id} volume ${volume.name}`,
      title: volume.name,
      updated: volume.added.date,
      summary: `${volume.members} files, ${formatSize(volume.sizeBytes)}, ${licencesOf(volume)}`,
      links: [
        {
          rel: 'enclosure' as const,
          href: addressOf(source, volume.torrent),
          type: 'application/x-bittorrent',
        },
        { rel: 'alternate' as const, href: magnetOf(volume, source.announce) },
      ],
    })),
  });
}

/** `SHA256SUMS`, as `sha256sum -c` reads it from the root of the published tree. */
export function sumsText(files: readonly EditionFile[]): string {
  return files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('');
}

/** `README.txt`: how a stranger checks the edition with common tools. */
export function readmeText(source: ListingSource, publicKey: string): string {
  const { number, archive } = source;
  const folder = `editions/${editionFolderName(number)}`;
  const bytes = source.volumes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return `${archive.name.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')}: edition ${number} of ${source.date}
${source.tracks} tracks in ${source.volumes.length} volumes, ${formatSize(bytes)}.

This is a folder of plain files. catalogue.jsonl and albums.jsonl say what there is,
rights.jsonl under which licence and by whom, torrents.json and magnets.txt where
to fetch it. Each volume is a tar file that any tar program opens; its first member
lists the others.

To check it you need the public key, best from somewhere else than this folder:

  ${publicKey}

All commands are run in the folder that holds editions/ and volumes/.

1. The edition is signed by that key (minisign):

  minisign -V -P ${publicKey} -m ${folder}/edition.json

2. The list of digests is the one that was signed (prints 1):

  grep -c "$(sha256sum ${folder}/SHA256SUMS | cut -c1-64)" ${folder}/edition.json

3. Every file is the one in the list:

  sha256sum -c ${folder}/SHA256SUMS

Or all of it at once, and the torrents and the inside of every volume as well:

  fonoteca verify .
`;
}

function magnetOf(volume: EditionVolume, announce: Announce): string {
  return buildMagnet({
    infohashV1: volume.infohashV1,
    infohashV2: volume.infohashV2,
    name: `${volume.name}.tar`,
    sizeBytes: volume.sizeBytes,
    trackers: announce.trackers,
    webSeeds: volumeAddresses(announce, volume.name),
  });
}

/** Where a published file is: below the public address, or relative to the folder of the edition. */
function addressOf({ archive, number }: ListingSource, name: string): string {
  const path = name.includes('/') ? name : editionFilePath(number, name);
  return archive.publicUrl === undefined ? `../../${path}` : `${archive.publicUrl}/${path}`;
}

function licencesOf({ licences }: EditionVolume): string {
  return licences
    .map(({ licence, members }) => `${licence ?? 'by permission'} (${members})`)
    .join(', ');
}
