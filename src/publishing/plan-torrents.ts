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

/** The torrents of `volumes` with the addresses of `announce`; `last` is the edition before. Reads each torrent. */
export function planTorrents(
  deps: Pick<PublishDeps, 'disk' | 'directories'>,
  source: { volumes: readonly Volume[]; announce: Announce; last: Edition | undefined },
): PlannedTorrent[] {
  const listed = new Map(source.last?.files.map((file) => [file.path, file.sha256]));
  const published = new Map(source.last?.volumes.map((volume) => [volume.name, volume.infohashV2]));
  return source.volumes.map(({ name, infohashV2 }) => {
    const { announce } = source;
    const packed = readWholeFile(deps.disk, path.join(deps.directories.volumes, `${name}.torrent`));
    const wanted = digestText(announceTorrent(packed, { name, infohashV2, announce }));
    const beside = `volumes/${name}.torrent`;
    const before = listed.get(beside);
    // After a withdrawal the torrent is another one, and no reader of an older edition could use it.
    const isFixed = published.get(name) === infohashV2;
    const own = !isFixed || before === wanted.sha256 || digestText(packed).sha256 === wanted.sha256;
    const place = own ? beside : `editions/torrents/${announceName(announce)}/${name}.torrent`;
    const file = { path: place, ...wanted };
    const toWrite = !sameAsOnDisk(deps, { file });
    return { volume: name, infohashV2, file, toWrite, announce };
  });
}

/** The bytes of `torrent`, made again from the one beside the volume. */
export function torrentBytes(
  { disk, directories }: Pick<PublishDeps, 'disk' | 'directories'>,
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

function sameAsOnDisk(
  deps: Pick<PublishDeps, 'disk' | 'directories'>,
  torrent: Pick<PlannedTorrent, 'file'>,
): boolean {
  const file = torrentPlace(deps, torrent);
  if (deps.disk.stat(file)?.sizeBytes !== torrent.file.sizeBytes) return false;
  return digestText(readWholeFile(deps.disk, file)).sha256 === torrent.file.sha256;
}
