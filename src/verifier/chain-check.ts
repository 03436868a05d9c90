/**
 * Editions held against those before: the chain, tombstones that only grow, and volumes that change for no other reason.
 */
import type { FindingSink } from './codes.ts';
import type { CheckedEdition } from './edition-check.ts';
import { editionPath, type ListedVolume } from './edition-shape.ts';
import type { CheckedMember } from './index-check.ts';
import type { LoggedEdition } from './log-entries.ts';
import type { Tombstone } from './tombstone-check.ts';

/** A volume that is another one than in an edition before. */
export interface ChangedVolume {
  readonly name: string;
  readonly edition: number;
  /** Digests whose tombstones came between. */
  readonly told: ReadonlySet<string>;
}

/** What was listed last under each name, and in which edition. */
type Listed = Map<
  string,
  {
    readonly edition: number;
    readonly volume: ListedVolume;
    readonly tombstones: LoggedEdition['tombstones'];
  }
>;

/** Tells where `edition` does not follow `before`, or edition 1 does not begin a chain. */
export function checkChain(
  edition: CheckedEdition,
  before: CheckedEdition | undefined,
  findings: FindingSink,
): void {
  const subject = editionPath(edition.number, 'edition.json');
  const broken = (seen: string) => findings.add('VERIFY_CHAIN_BROKEN', subject, seen);
  const first = edition.number === 1;
  if (first !== (edition.previous === null) || (before && edition.previous !== before.sha256))
    broken(`previous is ${edition.previous}`);
  if (first && !edition.keys.ids.includes(edition.archiveId))
    broken(`archive ${edition.archiveId}, which is no key of edition 1`);
  if (!before) return;
  if (edition.archiveId !== before.archiveId)
    broken(`archive ${edition.archiveId}, before ${before.archiveId}`);
  if (edition.date < before.date) broken(`dated ${edition.date}, before ${before.date}`);
  const earlier = new Set(before.volumes.map(({ name }) => name));
  const added = edition.volumes.find(({ name }) => !earlier.has(name));
  if (edition.stage === 'metadata' && added)
    findings.add('VERIFY_DOCUMENT', subject, `stage metadata adds volume ${added.name}`);
}

/** Volumes followed from edition to edition. */
export interface VolumesAlong {
  /** Tells of volumes that changed without a tombstone between, or whose old torrents are not listed. */
  add(edition: LoggedEdition): void;
  /** Those that changed and may have: whether the tombstones are of their members is seen when the members are. */
  readonly changed: readonly ChangedVolume[];
}

/** Starts following volumes; editions are given in order. Memory: a row for each volume that any of them lists. */
export function startVolumesAlong(findings: FindingSink): VolumesAlong {
  const changed: ChangedVolume[] = [];
  const listed: Listed = new Map();
  return {
    changed,
    add({ edition, tombstones }) {
      for (const volume of edition.volumes) {
        const was = listed.get(volume.name);
        listed.set(volume.name, { edition: edition.number, volume, tombstones });
        if (!was) continue;
        checkSuperseded(volume, was.volume, edition.number, findings);
        if (isSame(volume, was.volume)) continue;
        const told = toldBetween(was.tombstones, tombstones);
        if (told && (told.size === 0 || !mayChange(volume, was.volume))) {
          const seen = `${volume.sha256} in edition ${edition.number}, before ${was.volume.sha256}`;
          findings.add('VERIFY_VOLUME_CHANGED', `volumes/${volume.name}.tar`, seen);
        } else if (told) changed.push({ name: volume.name, edition: edition.number, told });
      }
    },
  };
}

/** Tells of volumes that changed although no tombstone of one of their `members` (by volume) came between. */
export function checkChanged(
  changed: readonly ChangedVolume[],
  members: ReadonlyMap<string, readonly CheckedMember[]>,
  findings: FindingSink,
): void {
  for (const { name, edition, told } of changed) {
    const list = members.get(name);
    if (list && !list.some(({ digest }) => told.has(digest)))
      findings.add(
        'VERIFY_VOLUME_CHANGED',
        `volumes/${name}.tar`,
        `edition ${edition} changed it without withdrawing any of it`,
      );
  }
}

function isSame(a: ListedVolume, b: ListedVolume): boolean {
  return (
    mayChange(a, b) &&
    a.sha256 === b.sha256 &&
    a.piecesRoot === b.piecesRoot &&
    a.infohashV1 === b.infohashV1 &&
    a.infohashV2 === b.infohashV2 &&
    a.withdrawn === b.withdrawn
  );
}

/** Whether all that stays for ever is the same. */
function mayChange(a: ListedVolume, b: ListedVolume): boolean {
  return (
    a.sizeBytes === b.sizeBytes &&
    a.pieceLengthBytes === b.pieceLengthBytes &&
    a.members === b.members &&
    a.added === b.added
  );
}

function toldBetween(
  before: readonly Tombstone[] | undefined,
  after: readonly Tombstone[] | undefined,
): ReadonlySet<string> | undefined {
  if (!before || !after) return undefined;
  return new Set(after.slice(before.length).map(({ digest }) => digest));
}

/** The list of old torrents only grows, and holds the one of the edition before when that is another. */
function checkSuperseded(
  volume: ListedVolume,
  was: ListedVolume,
  edition: number,
  findings: FindingSink,
): void {
  const keyOf = (each: { infohashV1: string; infohashV2: string }) =>
    `${each.infohashV1} ${each.infohashV2}`;
  const list = volume.superseded.map(keyOf);
  const kept = was.superseded.every((each, at) => list[at] === keyOf(each));
  const grown = list.slice(was.superseded.length);
  const isListed = keyOf(volume) === keyOf(was) || grown.includes(keyOf(was));
  const isPast = volume.superseded.every((each) => each.edition === null || each.edition < edition);
  if (!kept || !isListed || !isPast)
    findings.add(
      'VERIFY_VOLUME_CHANGED',
      editionPath(edition, 'edition.json'),
      `superseded torrents of ${volume.name}`,
    );
}
