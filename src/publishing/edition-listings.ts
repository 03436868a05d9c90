/**
 * The listings of an edition for people and programs that fetch: torrents.json, magnets.txt, README.txt and
 * SHA256SUMS. Input: the volumes and metadata as the edition lists them. Output: texts, the same for the same input.
 */
import path from 'node:path';
import { formatSize } from '../base/sizes.ts';
import { buildMagnet } from '../formats/magnet.ts';
import {
  documentText,
  type EditionFile,
  type EditionMetadata,
  type EditionVolume,
  editionFolderName,
} from '../model/edition.ts';
import { type Announce, volumeAddresses } from './announce-torrent.ts';
import { metadataAddresses } from './metadata-files.ts';

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
  readonly metadata: readonly EditionMetadata[];
  /** Size of each torrent by its path. */
  readonly torrentBytes: ReadonlyMap<string, number>;
  readonly tracks: number;
  /** Path of the verifier that is shipped. */
  readonly verifier: string;
}

/** `torrents.json`. */
export function torrentsText({ volumes, metadata, announce }: ListingSource): string {
  const torrents = volumes.map((volume) => ({
    name: volume.name,
    tier: volume.tier,
    sizeBytes: volume.sizeBytes,
    members: volume.members,
    withdrawn: volume.withdrawn,
    order: volume.order,
    licences: volume.licences,
    infohashV1: volume.infohashV1,
    infohashV2: volume.infohashV2,
    magnet: volumeMagnet(volume, announce),
    torrent: volume.torrent,
    added: volume.added.date,
    superseded: volume.superseded,
    seeders: null,
  }));
  return documentText({
    format: 'fonoteca-torrents/1',
    metadata: metadata.map((file) => ({
      path: file.path,
      sizeBytes: file.sizeBytes,
      infohashV1: file.infohashV1,
      infohashV2: file.infohashV2,
      magnet: metadataMagnet(file, announce),
      torrent: file.torrent,
      sources: file.sources,
    })),
    torrents,
  });
}

/** `magnets.txt`: one link a line, in the order of `torrents.json`, metadata first. */
export function magnetsText({ volumes, metadata, announce }: ListingSource): string {
  const magnets = [
    ...metadata.map((file) => metadataMagnet(file, announce)),
    ...volumes.map((volume) => volumeMagnet(volume, announce)),
  ];
  return magnets.map((magnet) => `${magnet}\n`).join('');
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

Or all of it at once, with the log, the torrents and the inside of every volume, by a
program that is part of this edition and needs nothing but Python:

  python3 ${source.verifier} . --key ${publicKey}

or by the program that made it:

  fonoteca verify . --key ${publicKey}
`;
}

/** The magnet link of `volume`. */
export function volumeMagnet(volume: EditionVolume, announce: Announce): string {
  return buildMagnet({
    infohashV1: volume.infohashV1,
    infohashV2: volume.infohashV2,
    name: `${volume.name}.tar`,
    sizeBytes: volume.sizeBytes,
    trackers: announce.trackers,
    webSeeds: volumeAddresses(announce, volume.name),
  });
}

/** The magnet link of a file of metadata. */
export function metadataMagnet(file: EditionMetadata, announce: Announce): string {
  return buildMagnet({
    infohashV1: file.infohashV1,
    infohashV2: file.infohashV2,
    name: path.posix.basename(file.path),
    sizeBytes: file.sizeBytes,
    trackers: announce.trackers,
    webSeeds: metadataAddresses(announce, file.path),
  });
}
