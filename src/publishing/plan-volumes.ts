/**
 * Which packed volumes an edition lists, and what it says of each. Stages let an archive speak before all of it is
 * there: the catalogue first, then volumes in the order of packing, then the rest.
 */
import type { Digest } from '../base/digest.ts';
import { compareBytes } from '../base/safe-path.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Edition, EditionStage, EditionVolume, RightsLine } from '../model/edition.ts';
import type { Volume } from '../model/volume.ts';
import type { PlannedTorrent } from './plan-torrents.ts';

/** How much to publish. */
export interface PublishWishes {
  /** `metadata`: no volume that was not listed before; `audio`: some more; `all`: every one. */
  readonly stage: EditionStage;
  /** Of stage `audio`: how many more, in the order of packing; without it all of tier `original`. */
  readonly volumes?: number | undefined;
}

/** The names of those of `packed` (in the order of packing) that the next edition lists; what `last` listed stays. */
export function listedVolumes(
  packed: readonly Volume[],
  last: Edition | undefined,
  { stage, volumes }: PublishWishes,
): Set<string> {
  const before = new Set(last?.volumes.map(({ name }) => name));
  const fresh = packed.filter(({ name }) => !before.has(name));
  const added = {
    metadata: () => [],
    audio: () =>
      volumes === undefined
        ? fresh.filter(({ tier }) => tier === 'original')
        : fresh.slice(0, volumes),
    all: () => fresh,
  }[stage]();
  return new Set([...before, ...added.map(({ name }) => name)]);
}

/** The names of `volumes` that `last` listed with other bytes, or with fewer or more members withdrawn. */
export function changedVolumes(
  last: Edition | undefined,
  volumes: readonly EditionVolume[],
): string[] {
  const before = new Map(last?.volumes.map((volume) => [volume.name, volume]));
  const isChanged = ({ name, sha256, withdrawn }: EditionVolume) => {
    const was = before.get(name);
    return was !== undefined && (was.sha256 !== sha256 || was.withdrawn !== withdrawn);
  };
  return volumes.filter(isChanged).map(({ name }) => name);
}

/** What the summaries of volumes are made from. */
export interface VolumeSummaries {
  /** The volumes to list, sorted by name. */
  readonly volumes: readonly Volume[];
  /** Place of each in the order of packing, from 1. */
  readonly order: ReadonlyMap<string, number>;
  readonly withdrawn: ReadonlySet<Digest>;
  readonly rights: readonly RightsLine[];
  readonly torrents: readonly PlannedTorrent[];
  readonly last: Edition | undefined;
  /** The edition that lists them. */
  readonly number: number;
  readonly date: string;
}

/** The volumes as the edition lists them, sorted by name. */
export async function summariseVolumes(
  ledger: Ledger,
  { volumes, order, withdrawn, rights, torrents, last, number, date }: VolumeSummaries,
): Promise<EditionVolume[]> {
  const before = new Map(last?.volumes.map((volume) => [volume.name, volume]));
  const places = new Map(torrents.map(({ volume, file }) => [volume, file.path]));
  const licences = new Map(rights.map(({ digest, licence }) => [digest, licence]));
  // Only a withdrawal or a restoration gives a volume another identity.
  const isChangeless = (await ledger.tombstones()).length === 0;
  const listed: EditionVolume[] = [];
  for (const volume of volumes) {
    const { name } = volume;
    const left = volume.members.filter(({ digest }) => !withdrawn.has(digest));
    listed.push({
      ...identityOf(volume),
      members: volume.members.length,
      withdrawn: volume.members.length - left.length,
      order: order.get(name)!,
      licences: countLicences(left.map(({ digest }) => licences.get(digest) ?? null)),
      torrent: places.get(name)!,
      added: before.get(name)?.added ?? { edition: number, date },
      superseded: (isChangeless ? [] : await ledger.superseded(name)).map((was) => ({
        edition: was.edition,
        infohashV1: was.infohashV1,
        infohashV2: was.infohashV2,
      })),
    });
  }
  return listed;
}

function identityOf(volume: Volume) {
  return {
    name: volume.name,
    tier: volume.tier,
    sizeBytes: volume.sizeBytes,
    sha256: volume.digest,
    piecesRoot: volume.piecesRoot,
    infohashV1: volume.infohashV1,
    infohashV2: volume.infohashV2,
    pieceLengthBytes: volume.pieceLengthBytes,
  };
}

function countLicences(licences: readonly (string | null)[]): EditionVolume['licences'] {
  const counts = new Map<string | null, number>();
  for (const licence of licences) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  return [...counts]
    .map(([licence, members]) => ({ licence, members }))
    .sort((a, b) => compareBytes(a.licence ?? '', b.licence ?? ''));
}
