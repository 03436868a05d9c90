/**
 * The edition plan: what would be published, down to the bytes of every document but the signatures, before anything
 * is written. `publishEdition` carries it out; printing it is the dry run.
 */
import { isDeepStrictEqual } from 'node:util';
import { FonotecaError } from '../base/errors.ts';
import { compareBytes } from '../base/safe-path.ts';
import { keyIdText } from '../formats/minisign.ts';
import type { Edition, EditionVolume } from '../model/edition.ts';
import type { Volume } from '../model/volume.ts';
import type { Announce } from './announce-torrent.ts';
import { type BuiltEdition, buildEdition } from './build-edition.ts';
import { catalogueOf } from './catalogue-lines.ts';
import { gatherMembers } from './gather-members.ts';
import { type PlannedTorrent, planTorrents } from './plan-torrents.ts';
import type { PublishDeps } from './publish-deps.ts';
import { ownAddresses } from './publish-settings.ts';
import { type PublishedState, publishedState } from './published-state.ts';

/** What would be done. */
export type EditionPlan =
  /** Nothing differs from the last edition. */
  | { readonly kind: 'nothing-new'; readonly state: PublishedState }
  /** A publication that was cut off is completed first: its edition is in place, the record or the pointer is not. */
  | { readonly kind: 'finish'; readonly state: PublishedState; readonly number: number }
  | NewEdition;

/** An edition that would be published. */
export interface NewEdition extends EditionSummary {
  readonly kind: 'new';
  readonly state: PublishedState;
  readonly built: BuiltEdition;
  /** Torrents to write before the edition is built. */
  readonly torrents: readonly PlannedTorrent[];
}

/** What a plan says for people. */
export interface EditionSummary {
  readonly number: number;
  readonly tracks: number;
  readonly albums: number;
  /** Names of the volumes that the last edition did not have. */
  readonly newVolumes: readonly string[];
  readonly newBytes: number;
  readonly totalVolumes: number;
  readonly totalBytes: number;
  readonly files: number;
}

/**
 * The plan for what is packed now. Throws `PUBLISH_NOTHING_PACKED`, `PUBLISH_NEEDS_CONTACT`, `PUBLISH_NOT_DISTRIBUTABLE`,
 * `PUBLISH_HISTORY_DIFFERS`, `PUBLISH_TORRENT_FOREIGN`, `ARCHIVE_FOREIGN`, `CLOCK_IMPLAUSIBLE`. Writes nothing. Cost:
 * reads the torrents and the new leaves; memory: one row a published member.
 */
export async function planEdition(deps: PublishDeps): Promise<EditionPlan> {
  await requireOwnArchive(deps);
  const { settings } = deps;
  if (settings.publicUrl !== undefined && settings.contact === undefined)
    throw new FonotecaError('PUBLISH_NEEDS_CONTACT', `public_url is ${settings.publicUrl}`);
  const state = await publishedState(deps);
  const newest = state.unrecorded ?? state.last;
  if (newest && isUnfinished(state))
    return { kind: 'finish', state, number: newest.edition.number };
  const built = await build(deps, state);
  if (built === undefined) return { kind: 'nothing-new', state };
  return built;
}

async function requireOwnArchive({ ledger, secretKey }: PublishDeps): Promise<void> {
  const id = keyIdText(secretKey.publicKey);
  const known = (await ledger.archive())?.archiveId;
  if (known !== id)
    throw new FonotecaError('ARCHIVE_FOREIGN', `the key is ${id}, the ledger is of ${known}`);
}

/** Everything after the edition's own rename is repeated until the pointer names it. */
function isUnfinished({ last, unrecorded, pointer, timestamp }: PublishedState): boolean {
  if (unrecorded) return true;
  const pointsThere =
    pointer?.edition === last?.edition.number && pointer?.timestamp === timestamp?.sequence;
  return timestamp === undefined || !pointsThere;
}

async function build(deps: PublishDeps, state: PublishedState): Promise<NewEdition | undefined> {
  const { ledger, clock, settings } = deps;
  const date = clock.nowIso();
  const last = state.last?.edition;
  if (last && date < last.date)
    throw new FonotecaError(
      'CLOCK_IMPLAUSIBLE',
      `it is ${date}, edition ${last.number} is of ${last.date}`,
    );
  const packed = await ledger.volumes();
  const order = new Map(packed.map(({ name }, at) => [name, at + 1]));
  const volumes = [...packed].sort((a, b) => compareBytes(a.name, b.name));
  if (volumes.length === 0) throw new FonotecaError('PUBLISH_NOTHING_PACKED', 'no volume');
  const { members, rights } = await gatherMembers(ledger, volumes, date.slice(0, 10));
  const catalogue = await catalogueOf(ledger, members);
  const announce: Announce = { trackers: settings.trackers, addresses: ownAddresses(settings) };
  const torrents = planTorrents(deps, { volumes, announce, last });
  const number = (last?.number ?? 0) + 1;
  const before = new Map(last?.volumes.map((volume) => [volume.name, volume]));
  const places = new Map(torrents.map(({ volume, file }) => [volume, file.path]));
  const licences = new Map(rights.map(({ digest, licence }) => [digest, licence]));
  const listed = volumes.map((volume): EditionVolume => {
    return {
      ...summaryOf(volume),
      withdrawn: 0,
      order: order.get(volume.name)!,
      superseded: [],
      licences: countLicences(volume.members.map(({ digest }) => licences.get(digest) ?? null)),
      torrent: places.get(volume.name)!,
      added: before.get(volume.name)?.added ?? { edition: number, date },
    };
  });
  const built = buildEdition(deps, {
    ...{ number, date, announce, rights, catalogue, volumes: listed, torrents },
    previous: state.last?.sha256 ?? null,
    last,
  });
  if (last && sameContent(last, built.edition)) return undefined;
  const fresh = listed.filter(({ name }) => !before.has(name));
  return {
    kind: 'new',
    state,
    built,
    torrents,
    number,
    tracks: catalogue.tracks.length,
    albums: catalogue.albums.length,
    newVolumes: fresh.map(({ name }) => name),
    newBytes: sumBytes(fresh),
    totalVolumes: listed.length,
    totalBytes: sumBytes(listed),
    files: built.edition.files.length,
  };
}

function summaryOf(
  volume: Volume,
): Omit<EditionVolume, 'licences' | 'torrent' | 'added' | 'withdrawn' | 'order' | 'superseded'> {
  return {
    name: volume.name,
    tier: volume.tier,
    sizeBytes: volume.sizeBytes,
    sha256: volume.digest,
    piecesRoot: volume.piecesRoot,
    infohashV1: volume.infohashV1,
    infohashV2: volume.infohashV2,
    pieceLengthBytes: volume.pieceLengthBytes,
    members: volume.members.length,
  };
}

function countLicences(licences: readonly (string | null)[]): EditionVolume['licences'] {
  const counts = new Map<string | null, number>();
  for (const licence of licences) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  return [...counts]
    .map(([licence, members]) => ({ licence, members }))
    .sort((a, b) => compareBytes(a.licence ?? '', b.licence ?? ''));
}

/** Documents that say when an edition was made, or are made of those that do. */
const DATED = ['README.txt', 'SHA256SUMS', 'feed.atom'];

/** Whether two editions say the same of the archive, its volumes and its files; numbers and dates apart. */
function sameContent(a: Edition, b: Edition): boolean {
  return isDeepStrictEqual(contentOf(a), contentOf(b));
}

function contentOf({ archive, volumes, addresses, mirrors, files }: Edition): unknown {
  const undated = files
    .map(({ path, sha256 }) => `${path.replace(/^editions\/\d+\//, '')} ${sha256}`)
    .filter((line) => !DATED.some((name) => line.startsWith(`${name} `)));
  return [archive, volumes, addresses, mirrors, undated];
}

function sumBytes(items: readonly { sizeBytes: number }[]): number {
  return items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
