/**
 * Where what is held meets the catalogue: the snapshot in use, the matches with it, what a person says of them, and the
 * bitmap of what is held. An archive without a snapshot does without all of it.
 */
import path from 'node:path';
import type { Archive } from './archive.ts';
import { type Finding, FonotecaError, findingFrom } from './base/errors.ts';
import type { Watch } from './base/progress.ts';
import { checkHeld, type HeldState, readHeldState, writeHeld } from './catalogue/held-bitmap.ts';
import type { FoundRow, Snapshot } from './catalogue/snapshot-look-up.ts';
import { currentSnapshot, openCurrentSnapshot } from './catalogue/snapshot-open.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openCandidates } from './matching/find-candidates.ts';
import { type MatchReport, matchTracks } from './matching/match-tracks.ts';
import type { Fact } from './model/fact.ts';
import type { IdsMerge, TrackMatch } from './model/match.ts';

/** What is needed of an archive to look into its catalogue. */
export type CataloguedArchive = Pick<Archive, 'disk' | 'layout' | 'ledger'>;

const PAGE_ROWS = 1000;
/** A merge may lead to an id that is merged again; more steps than this are a ring. */
const MAX_MERGES = 16;
/** How much of an earlier reason is kept when a match follows its id. */
const MAX_REASON = 200;

/** The folder of the catalogue of `archive`. */
export function catalogueOf({ layout }: Pick<Archive, 'layout'>): string {
  return path.join(layout.root, 'catalogue');
}

/** The id of the snapshot in use; null when there is none. A look at one small file. */
export function snapshotInUse(archive: Pick<Archive, 'disk' | 'layout'>): string | null {
  return currentSnapshot(archive.disk, catalogueOf(archive));
}

/** The snapshot in use, open; undefined when there is none. `SEARCH_INDEX_DAMAGED`. */
export function openSnapshotInUse(archive: Pick<Archive, 'disk' | 'layout'>): Snapshot | undefined {
  if (snapshotInUse(archive) === null) return undefined;
  return openCurrentSnapshot(archive.disk, catalogueOf(archive));
}

/** Matches what has no match with the snapshot in use; with `keeps` false nothing is written. `SNAPSHOT_MISSING`. */
export async function runMatch(
  archive: CataloguedArchive,
  { keeps }: { keeps: boolean },
  watch: Watch,
): Promise<MatchReport> {
  const { ledger, disk } = archive;
  using snapshot = openCurrentSnapshot(disk, catalogueOf(archive));
  using candidates = openCandidates(disk, snapshot);
  const report = await matchTracks({ ledger, candidates, keeps }, watch);
  if (keeps) await bringHeldUp(archive, snapshot);
  return report;
}

/** Like `runMatch`, after an `add` or a build: undefined where there is no snapshot. */
export async function matchIfCatalogued(
  archive: CataloguedArchive,
  watch: Watch,
): Promise<MatchReport | undefined> {
  return snapshotInUse(archive) === null
    ? undefined
    : await runMatch(archive, { keeps: true }, watch);
}

/** Brings the bitmap of what is held up to date; undefined where there is no snapshot. */
export async function refreshHeld(archive: CataloguedArchive): Promise<HeldState | undefined> {
  using snapshot = openSnapshotInUse(archive);
  return snapshot && (await bringHeldUp(archive, snapshot));
}

/**
 * What `work` came to, which brings the catalogue's side up behind something that is done and recorded; or, where the snapshot is
 * damaged, that as a finding: it takes nothing back, and the next command that writes makes it good.
 */
export async function behindWhatIsDone<Outcome>(
  archive: Pick<Archive, 'disk' | 'layout'>,
  work: () => Promise<Outcome>,
): Promise<{ readonly outcome: Outcome | undefined; readonly findings: readonly Finding[] }> {
  try {
    return { outcome: await work(), findings: [] };
  } catch (error) {
    if (!(error instanceof FonotecaError)) throw error;
    const subject = `catalogue snapshot ${snapshotInUse(archive)}`;
    return { outcome: undefined, findings: [findingFrom(error, subject)] };
  }
}

/**
 * Records a person's word that a held track is a row of the catalogue; unless it `keeps` nothing. `NOT_HELD`,
 * `CATALOGUE_UNKNOWN_ID`.
 */
export async function tellMatch(
  archive: CataloguedArchive,
  told: { trackId: string; catalogueId: string; reason: string },
  { keeps }: { keeps: boolean } = { keeps: true },
): Promise<TrackMatch> {
  const { ledger } = archive;
  if (!(await ledger.track(told.trackId))) throw new FonotecaError('NOT_HELD', told.trackId);
  using snapshot = openCurrentSnapshot(archive.disk, catalogueOf(archive));
  const row = snapshot.track(await mergedId(ledger, told.catalogueId));
  if (!row) throw new FonotecaError('CATALOGUE_UNKNOWN_ID', told.catalogueId);
  const match: TrackMatch = {
    kind: 'track-matched',
    trackId: told.trackId,
    catalogueId: row.id,
    by: 'operator',
    score: 1,
    reason: told.reason,
    snapshot: null,
  };
  if (!keeps) return match;
  await ledger.commit([match]);
  await bringHeldUp(archive, snapshot);
  return match;
}

/**
 * Undoes the match of `trackId`, unless it `keeps` nothing; the two are not matched again but by a person's word.
 * `MATCH_MISSING`.
 */
export async function undoMatch(
  archive: CataloguedArchive,
  { trackId, reason }: { trackId: string; reason: string },
  { keeps }: { keeps: boolean } = { keeps: true },
): Promise<TrackMatch> {
  const match = await archive.ledger.matchOf(trackId);
  if (!match) throw new FonotecaError('MATCH_MISSING', trackId);
  const { catalogueId } = match;
  if (!keeps) return match;
  await archive.ledger.commit([{ kind: 'track-unmatched', trackId, catalogueId, reason }]);
  await refreshHeld(archive);
  return match;
}

/**
 * Records that `from` means `to` from now on. No source and no evidence merges anything by itself.
 * `CATALOGUE_UNKNOWN_ID`, `MERGE_RING` when `to` leads back to `from`.
 */
export async function mergeIds(
  archive: CataloguedArchive,
  merge: Pick<IdsMerge, 'from' | 'to' | 'reason'>,
): Promise<void> {
  const { ledger } = archive;
  using snapshot = openCurrentSnapshot(archive.disk, catalogueOf(archive));
  const [from, to] = [merge.from, merge.to].map((id) => snapshot.find(id));
  if (!from) throw new FonotecaError('CATALOGUE_UNKNOWN_ID', merge.from);
  if (!to) throw new FonotecaError('CATALOGUE_UNKNOWN_ID', merge.to);
  if (from.kind !== to.kind) throw new FonotecaError('MERGE_KINDS', `${from.kind} and ${to.kind}`);
  const ids = { from: foundId(from), to: foundId(to) };
  if ((await mergedId(ledger, ids.to)) === ids.from)
    throw new FonotecaError('MERGE_RING', `${merge.to} means ${merge.from} already`);
  await ledger.commit([{ kind: 'ids-merged', ...ids, reason: merge.reason }]);
  await bringHeldUp(archive, snapshot);
}

function foundId(found: FoundRow): string {
  if (found.kind === 'track') return found.track.id;
  return found.kind === 'album' ? found.album.id : found.artist.id;
}

/** Undoes what was said of `from`: it means itself again. `MERGE_MISSING`. */
export async function partIds(
  archive: CataloguedArchive,
  { from, reason }: { from: string; reason: string },
): Promise<IdsMerge> {
  const { ledger } = archive;
  const merge = await ledger.mergeOf(from);
  if (!merge) throw new FonotecaError('MERGE_MISSING', from);
  await ledger.commit([{ kind: 'ids-parted', from, to: merge.to, reason }]);
  await refreshHeld(archive);
  return merge;
}

/** What a person said `id` means, itself when nobody did. */
export async function mergedId(ledger: Ledger, id: string): Promise<string> {
  let meant = id;
  for (let step = 0; step < MAX_MERGES; step += 1) {
    const merge = await ledger.mergeOf(meant);
    if (!merge) break;
    meant = merge.to;
  }
  return meant;
}

async function bringHeldUp(archive: CataloguedArchive, snapshot: Snapshot): Promise<HeldState> {
  const { ledger, disk } = archive;
  // Bitmaps are derived: with one that cannot be read, all are made anew.
  const isSound = checkHeld(disk, snapshot.directory).length === 0;
  const before = isSound ? readHeldState(disk, snapshot.directory) : undefined;
  if (!before) await followSources(archive, snapshot);
  const seq = await ledger.lastSeq();
  if (before?.seq === seq) return before;
  const fresh = before && (await ledger.matchedSince(before.seq));
  const matches = fresh ?? (await allMatches(ledger));
  const ids: string[] = [];
  for (const { trackId, catalogueId } of matches)
    if (await isTold(ledger, trackId)) ids.push(await mergedId(ledger, catalogueId));
  return writeHeld(disk, snapshot, ids, { seq, before: fresh && before });
}

/** Where the snapshot says that the id of a match now means another, the match follows, as a fact of its own. */
async function followSources({ ledger }: CataloguedArchive, snapshot: Snapshot): Promise<void> {
  const facts: Fact[] = [];
  for (const match of await allMatches(ledger)) {
    const { catalogueId } = match;
    const id = snapshot.track(catalogueId)?.id ?? catalogueId;
    if (id === catalogueId) continue;
    const reason = `${match.reason.slice(0, MAX_REASON)}; ${catalogueId} now means ${id}`;
    facts.push({ ...match, catalogueId: id, reason, snapshot: snapshot.manifest.id });
  }
  await ledger.commit(facts);
}

/** Every match of what is not withdrawn, by track id. */
export async function allMatches(ledger: Ledger): Promise<TrackMatch[]> {
  const matches: TrackMatch[] = [];
  for (;;) {
    const page = await ledger.matches({ after: matches.at(-1)?.trackId, limit: PAGE_ROWS });
    matches.push(...page);
    if (page.length < PAGE_ROWS) return matches;
  }
}

/** Held and not dark: what is dark is in no list that visitors may filter. */
async function isTold(ledger: Ledger, trackId: string): Promise<boolean> {
  const holdings = await ledger.holdingsOfTrack(trackId);
  return holdings.some(({ rights, withdrawn }) => !rights.dark && !withdrawn);
}
