/**
 * Which torrent file an edition lists for each volume: the one beside the volume wherever that can be right, else one
 * below editions/torrents/.
 *
 * Addresses come from the settings. A torrent that no edition has listed is rewritten in its place; one that an
 * edition lists must keep its bytes, or readers of that edition would find it damaged, so the torrent with the new
 * addresses goes under a name made from them.
 */
import path from 'node:path';
import type { Edition, EditionFile } from '../model/edition.ts';
import type { Volume } from '../model/volume.ts';
import { type Announce, announceName, announceTorrent } from './announce-torrent.ts';
import type { PublishDeps } from './publish-deps.ts';
import { digestText, readWholeFile } from './small-files.ts';

/** A torrent as an edition lists it. */
export interface PlannedTorrent {
  readonly volume: string;
  readonly infohashV2: string;
  readonly file: EditionFile;
  /** Whether another file, or none, lies there yet. */
  readonly toWrite: boolean;
  readonly announce: Announce;
}

type TorrentDeps = Pick<PublishDeps, 'disk' | 'directories'>;

/**
 * The torrents of `volumes` with the addresses of `announce`; `last` is the edition before. Reads each torrent, but
 * those that `last` lists for the same volume and addresses: of these only the size of the file is looked at.
 */
export function planTorrents(
  deps: TorrentDeps,
  source: { volumes: readonly Volume[]; announce: Announce; last: Edition | undefined },
): PlannedTorrent[] {
  const { announce, last } = source;
  const listed = new Map(last?.files.map((file) => [file.path, file]));
  const published = new Map(last?.volumes.map((volume) => [volume.name, volume]));
  const listedFor = ({ name, infohashV2 }: Volume): EditionFile | undefined => {
    const was = published.get(name);
    // After a withdrawal the torrent is another one, and no reader of an older edition could use it.
    return was?.infohashV2 === infohashV2 ? listed.get(was.torrent) : undefined;
  };
  // All torrents of an edition have the same addresses, so one of them speaks for the others.
  let isAnnounced: boolean | undefined;
  return source.volumes.map((volume) => {
    const { name, infohashV2 } = volume;
    const known = listedFor(volume);
    const planned = (file: EditionFile, toWrite: boolean): PlannedTorrent => {
      return { volume: name, infohashV2, file, toWrite, announce };
    };
    if (known && isAnnounced)
      return planned(known, sizeOnDisk(deps, { file: known }) !== known.sizeBytes);
    const packed = readWholeFile(deps.disk, path.join(deps.directories.volumes, `${name}.torrent`));
    const wanted = digestText(announceTorrent(packed, { name, infohashV2, announce }));
    if (known) isAnnounced ??= known.sha256 === wanted.sha256;
    const beside = `volumes/${name}.torrent`;
    const own =
      known === undefined ||
      listed.get(beside)?.sha256 === wanted.sha256 ||
      digestText(packed).sha256 === wanted.sha256;
    const place = own ? beside : `editions/torrents/${announceName(announce)}/${name}.torrent`;
    const file = { path: place, ...wanted };
    return planned(file, !sameAsOnDisk(deps, { file }));
  });
}

/** The bytes of `torrent`, made again from the one beside the volume. */
export function torrentBytes(
  { disk, directories }: TorrentDeps,
  { volume, infohashV2, announce }: PlannedTorrent,
): Uint8Array {
  const packed = readWholeFile(disk, path.join(directories.volumes, `${volume}.torrent`));
  return announceTorrent(packed, { name: volume, infohashV2, announce });
}

/** Where a listed torrent lies. */
export function torrentPlace(
  { directories }: Pick<PublishDeps, 'directories'>,
  { file }: Pick<PlannedTorrent, 'file'>,
): string {
  return file.path.startsWith('volumes/')
    ? path.join(directories.volumes, file.path.slice('volumes/'.length))
    : path.join(directories.editions, file.path.slice('editions/'.length));
}

function sizeOnDisk(deps: TorrentDeps, torrent: Pick<PlannedTorrent, 'file'>): number | undefined {
  return deps.disk.stat(torrentPlace(deps, torrent))?.sizeBytes;
}

function sameAsOnDisk(deps: TorrentDeps, torrent: Pick<PlannedTorrent, 'file'>): boolean {
  if (sizeOnDisk(deps, torrent) !== torrent.file.sizeBytes) return false;
  const bytes = readWholeFile(deps.disk, torrentPlace(deps, torrent));
  return digestText(bytes).sha256 === torrent.file.sha256;
}
