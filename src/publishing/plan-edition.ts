/**
 * The edition plan: what would be published, down to the bytes of every document but the signatures, before anything
 * is written. `publishEdition` carries it out; printing it is the dry run.
 */
import { FonotecaError } from '../base/errors.ts';
import { compareBytes } from '../base/safe-path.ts';
import { keyIdText } from '../formats/minisign.ts';
import type { EditionKeys, EditionStage } from '../model/edition.ts';
import { tombstoneLines } from '../model/tombstone.ts';
import type { Announce } from './announce-torrent.ts';
import { type BuiltEdition, buildEdition, sameContent } from './build-edition.ts';
import { catalogueOf } from './catalogue-lines.ts';
import { gatherMembers } from './gather-members.ts';
import { KEY_ROLES, mayBe, nextKeys, storedKeys } from './keys-document.ts';
import { type EditionSigners, editionSigners } from './keys-signing.ts';
import { type PlannedTorrent, planTorrents } from './plan-torrents.ts';
import {
  changedVolumes,
  listedVolumes,
  type PublishWishes,
  summariseVolumes,
} from './plan-volumes.ts';
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
  readonly keys: EditionKeys;
  readonly signers: EditionSigners;
  /** Torrents to write before the edition is built. */
  readonly torrents: readonly PlannedTorrent[];
}

/** What a plan says for people. */
export interface EditionSummary {
  readonly number: number;
  readonly stage: EditionStage;
  readonly tracks: number;
  readonly albums: number;
  /** Names of the volumes that the last edition did not have. */
  readonly newVolumes: readonly string[];
  /** Names of those that it had, and in which something was withdrawn or restored since. */
  readonly changedVolumes: readonly string[];
  readonly newBytes: number;
  readonly totalVolumes: number;
  readonly totalBytes: number;
  readonly files: number;
  /** Volumes packed that this edition does not list yet. */
  readonly waitingVolumes: number;
  readonly tombstones: number;
}

const WHOLE: PublishWishes = { stage: 'all' };

/**
 * The plan for what is packed now, as much of it as `wishes` ask for. Throws `PUBLISH_NOTHING_PACKED`, `PUBLISH_NEEDS_CONTACT`, `PUBLISH_NOT_DISTRIBUTABLE`,
 * `PUBLISH_HISTORY_DIFFERS`, `PUBLISH_TORRENT_FOREIGN`, `ARCHIVE_FOREIGN`, `KEYS_TOO_FEW`, `CLOCK_IMPLAUSIBLE`. Writes nothing. Cost:
 * reads the torrents and the new leaves; memory: one row a published member.
 */
export async function planEdition(
  deps: PublishDeps,
  wishes: PublishWishes = WHOLE,
): Promise<EditionPlan> {
  const { archiveId, keys } = await requireOwnArchive(deps);
  const { settings } = deps;
  if (settings.publicUrl !== undefined && settings.contact === undefined)
    throw new FonotecaError('PUBLISH_NEEDS_CONTACT', `public_url is ${settings.publicUrl}`);
  const state = await publishedState(deps);
  const newest = state.unrecorded ?? state.last;
  if (newest && isUnfinished(state))
    return { kind: 'finish', state, number: newest.edition.number };
  const built = await build(deps, state, wishes, { archiveId, keys });
  if (built === undefined) return { kind: 'nothing-new', state };
  return built;
}

interface Publisher {
  readonly archiveId: string;
  readonly keys: EditionKeys;
}

/** The archive and the keys of its next edition, which name the archive's own key. */
async function requireOwnArchive({ ledger, secretKey }: PublishDeps): Promise<Publisher> {
  const { publicKey } = secretKey;
  const id = keyIdText(publicKey);
  const known = (await ledger.archive())?.archiveId;
  const keys = await nextKeys(ledger, () => publicKey);
  const isOwn = (await ledger.editionKeys())
    ? KEY_ROLES.some((role) => mayBe(keys, role, publicKey))
    : known === id;
  if (known !== undefined && isOwn) return { archiveId: known, keys };
  throw new FonotecaError('ARCHIVE_FOREIGN', `the key is ${id}, the ledger is of ${known}`);
}

/** Everything after the edition's own rename is repeated until the pointer names it. */
function isUnfinished({ last, unrecorded, pointer, timestamp }: PublishedState): boolean {
  if (unrecorded) return true;
  const pointsThere =
    pointer?.edition === last?.edition.number && pointer?.timestamp === timestamp?.sequence;
  return timestamp === undefined || !pointsThere;
}

async function build(
  deps: PublishDeps,
  state: PublishedState,
  wishes: PublishWishes,
  { archiveId, keys }: Publisher,
): Promise<NewEdition | undefined> {
  const { ledger, settings } = deps;
  const { last, number, date } = nextOf(deps, state);
  const packed = await ledger.volumes();
  if (packed.length === 0) throw new FonotecaError('PUBLISH_NOTHING_PACKED', 'no volume');
  const listed = listedVolumes(packed, last, wishes);
  const withdrawn = await ledger.withdrawnDigests();
  const order = new Map(packed.map(({ name }, at) => [name, at + 1]));
  const sorted = [...packed].sort((a, b) => compareBytes(a.name, b.name));
  const { members, rights } = await gatherMembers(ledger, {
    ...{ volumes: sorted, listed, withdrawn },
    day: date.slice(0, 10),
  });
  const catalogue = await catalogueOf(ledger, members);
  const announce: Announce = { trackers: settings.trackers, addresses: ownAddresses(settings) };
  const published = sorted.filter(({ name }) => listed.has(name));
  const torrents = planTorrents(deps, { volumes: published, announce, last });
  const volumes = await summariseVolumes(ledger, {
    ...{ volumes: published, order, withdrawn, rights, torrents, last, number, date },
  });
  const tombstones = tombstoneLines(await ledger.tombstones());
  const before = last && storedKeys(deps, last.number);
  const signers = editionSigners([deps.secretKey, ...(deps.furtherKeys ?? [])], keys, before);
  const built = buildEdition(deps, {
    ...{ archiveId, keys, signers },
    ...{ number, date, announce, rights, catalogue, volumes, torrents, tombstones, last },
    ...{ stage: wishes.stage, verifier: deps.verifier() },
    previous: state.last?.sha256 ?? null,
  });
  if (last && sameContent(last, built, announce)) return undefined;
  if (signers.missing !== undefined) throw new FonotecaError('KEYS_TOO_FEW', signers.missing);
  const known = new Set(last?.volumes.map(({ name }) => name));
  const fresh = volumes.filter(({ name }) => !known.has(name));
  return {
    kind: 'new',
    state,
    built,
    keys,
    signers,
    torrents,
    number,
    stage: wishes.stage,
    tracks: catalogue.tracks.length,
    albums: catalogue.albums.length,
    newVolumes: fresh.map(({ name }) => name),
    changedVolumes: changedVolumes(last, volumes),
    newBytes: sumBytes(fresh),
    totalVolumes: volumes.length,
    totalBytes: sumBytes(volumes),
    files: built.edition.files.length,
    waitingVolumes: packed.length - volumes.length,
    tombstones: tombstones.length,
  };
}

function nextOf({ clock }: PublishDeps, state: PublishedState) {
  const date = clock.nowIso();
  const last = state.last?.edition;
  if (last && date < last.date)
    throw new FonotecaError(
      'CLOCK_IMPLAUSIBLE',
      `it is ${date}, edition ${last.number} is of ${last.date}`,
    );
  return { last, number: (last?.number ?? 0) + 1, date };
}

function sumBytes(items: readonly { sizeBytes: number }[]): number {
  return items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
