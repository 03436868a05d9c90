/**
 * The addresses of a torrent set from the settings, its `info` and so its infohashes left as they are (BEP 3, 12, 19).
 */
import { sha256 } from '../base/digest.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import { type Bencode, decodeBencode, encodeBencode } from '../formats/bencode.ts';
import { parseMetainfo } from '../formats/metainfo-parse.ts';

/** Who can be asked for a volume. */
export interface Announce {
  readonly trackers: readonly string[];
  /** Addresses of published trees, without a slash at the end. */
  readonly addresses: readonly string[];
}

/** The addresses of the file of volume `name` at each of `addresses`. */
export function volumeAddresses({ addresses }: Announce, name: string): string[] {
  return addresses.map((address) => `${address}/volumes/${name}.tar`);
}

/** Sixteen hex digits that name this set of addresses. */
export function announceName(announce: Announce): string {
  return sha256(JSON.stringify([announce.trackers, announce.addresses])).slice(0, 16);
}

/**
 * The bytes of the torrent of volume `name` with the addresses of `announce` and no others, from `bytes`, the torrent
 * with any addresses. The same for the same `info` and `announce`. Throws `PUBLISH_TORRENT_FOREIGN` when `info` does not have
 * the infohash `infohashV2` or its piece layer does not lead to its root, `BENCODE_INVALID`.
 */
export function announceTorrent(
  bytes: Uint8Array,
  { name, infohashV2, announce }: { name: string; infohashV2: string; announce: Announce },
): Uint8Array {
  const torrent = decodeBencode(bytes);
  const info = torrent instanceof Map ? torrent.get('info') : undefined;
  if (!(torrent instanceof Map) || info === undefined)
    throw new FonotecaError('PUBLISH_TORRENT_FOREIGN', `no info in the torrent of ${name}`);
  const infohash = sha256(encodeBencode(info));
  if (infohash !== infohashV2)
    throw new FonotecaError(
      'PUBLISH_TORRENT_FOREIGN',
      `infohash ${infohash} in the torrent of ${name}`,
    );
  const announced = new Map<string, Bencode>([['info', info]]);
  const layers = torrent.get('piece layers');
  if (layers !== undefined) announced.set('piece layers', layers);
  const { trackers } = announce;
  // One tier each: clients ask the first and go on to the next when it does not answer.
  if (trackers[0] !== undefined) announced.set('announce', Buffer.from(trackers[0]));
  if (trackers.length > 1)
    announced.set(
      'announce-list',
      trackers.map((tracker) => [Buffer.from(tracker)]),
    );
  const seeds = volumeAddresses(announce, name);
  if (seeds.length > 0)
    announced.set(
      'url-list',
      seeds.map((seed) => Buffer.from(seed)),
    );
  const made = encodeBencode(announced);
  requireReadable(made, name);
  return made;
}

/** The infohash says nothing of what lies beside `info`, and readers refuse a torrent whose piece layer is damaged. */
function requireReadable(torrent: Uint8Array, name: string): void {
  try {
    parseMetainfo(torrent);
  } catch (cause) {
    const seen = `${messageOf(cause)} in the torrent of ${name}`;
    throw new FonotecaError('PUBLISH_TORRENT_FOREIGN', seen, { cause });
  }
}
