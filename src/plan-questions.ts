/**
 * What people ask a plan over the catalogue: why this track, what is wanted and not held, is my music in here. Answers come
 * from the kept plan, the snapshot in use and the ledger.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Archive } from './archive.ts';
import { FonotecaError } from './base/errors.ts';
import { formatSize } from './base/sizes.ts';
import type { CatalogueTrack, Snapshot } from './catalogue/snapshot-look-up.ts';
import { openCurrentSnapshot } from './catalogue/snapshot-open.ts';
import { openLastCataloguePlan, openStatistics } from './catalogue-planning.ts';
import { catalogueOf, mergedId } from './cataloguing.ts';
import { type CandidateSource, openCandidates } from './matching/find-candidates.ts';
import { artistForms, titleForms } from './matching/name-forms.ts';
import { parseLicence } from './model/read-licence.ts';
import { decideDistribution, UNKNOWN_RIGHTS } from './model/rights.ts';
import { NO_STEP, pointAt } from './planning/curve.ts';
import {
  countGapSources,
  type SourceCount,
  type SourceKind,
  sourceKind,
} from './planning/gap-sources.ts';
import { type ListEntry, readList } from './planning/list-file.ts';
import { HELD, isPlanned, OPUS, statusOf } from './planning/plan-code.ts';
import type { OpenPlan } from './planning/plan-file.ts';

/** A plan and its snapshot, open together. */
interface Planned extends Disposable {
  readonly plan: OpenPlan;
  readonly snapshot: Snapshot;
}

/** The fate of one track of the catalogue. */
export interface TrackFate {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly rank: number;
  readonly popularity: number | null;
  readonly status: string;
  /** Bytes that the order takes up to and with it, to the next step of the curve; null when it is not in the order. */
  readonly bytesWithIt: number | null;
  /** One sentence with the numbers. */
  readonly because: string;
}

/** The fate of the track `id` in the plan in force; undefined when the snapshot has no such track. `PLAN_MISSING`, `PLAN_STALE`. */
export async function explainTrack(archive: Archive, id: string): Promise<TrackFate | undefined> {
  using planned = openPlanned(archive);
  const { plan, snapshot } = planned;
  const track = snapshot.track(await mergedId(archive.ledger, id));
  if (!track) return undefined;
  const code = plan.codeAt(track.rank);
  const step = plan.stepAt(track.rank);
  const bytesWithIt = step === NO_STEP ? null : pointAt(plan.curve, step + 1).bytes;
  const { title, artist, rank, popularity } = track;
  const status = statusOf(code);
  const because = sentence(planned, track, { status, bytesWithIt });
  return { id: track.id, title, artist, rank, popularity, status, bytesWithIt, because };
}

function sentence(
  { plan, snapshot }: Planned,
  track: CatalogueTrack,
  { status, bytesWithIt }: { status: string; bytesWithIt: number | null },
): string {
  const { header, curve } = plan;
  const artist = track.artistIds[0] === undefined ? undefined : snapshot.artist(track.artistIds[0]);
  const album = track.albumId === null ? undefined : snapshot.album(track.albumId);
  const popularity =
    track.popularity === null ? 'popularity unknown' : `popularity ${track.popularity}`;
  const place = `rank ${track.rank} of ${header.totals.tracks}, counted from 0, ${popularity}`;
  const score =
    track.popularity === 0
      ? `, its score from artist popularity ${artist?.popularity ?? 'unknown'}, album popularity ${album?.popularity ?? 'unknown'} and ${artist?.followers ?? 'unknown'} followers`
      : '';
  const end = formatSize(pointAt(curve, header.cut).bytes);
  const order =
    bytesWithIt === null
      ? ''
      : `; the order takes ${formatSize(bytesWithIt)} up to it, and the plan ends at ${end}`;
  return `${status} by policy ${header.policy.name} (${place}${score})${WHY[status] ?? ''}${order}`;
}

const WHY: Readonly<Record<string, string>> = {
  'skipped:no-right': ', since the policy refuses its licence',
  'skipped:right-unknown': ', since only what has a right is planned',
  'skipped:withdrawn': ', since it was withdrawn',
  'skipped:same-recording-held': ', since another track with its ISRC is held',
  'skipped:same-recording-planned': ', since a track of a higher rank with its ISRC comes in',
  'skipped:low-priority': ', since that score is below the cut-off',
  'skipped:zero-duration': ', since its source gives it no length',
  'skipped:filtered': ', since it is not what the policy filters for',
  'skipped:popularity-unknown': ', since the policy skips what has no popularity',
};

/** A source that might give a track lawfully. */
interface LawfulSource {
  readonly how: SourceKind;
  readonly url: string;
}

/** A track that is planned and not held. */
export interface WantedTrack {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly status: string;
  readonly licence: string | null;
  readonly sources: readonly LawfulSource[];
}

/** What is planned and not held. */
export interface PlanGap {
  /** Tracks by status, all of them. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** The first tracks by rank, as many as were asked for. */
  readonly tracks: readonly WantedTrack[];
  /** Over all of the gap: how many have at least one source of the kind and host, `none` where there is none. */
  readonly bySource: readonly SourceCount[];
}

const ROWS_AT_ONCE = 500;

/** What the plan in force wants and the archive does not hold; the first `limit` tracks with their sources. `PLAN_MISSING`, `PLAN_STALE`. */
export async function planGap(archive: Archive, limit: number): Promise<PlanGap> {
  using planned = openPlanned(archive);
  const { plan, snapshot } = planned;
  const byCode = new Float64Array(256);
  const ranks: number[] = [];
  let rank = 0;
  for (const codes of plan.codes())
    for (const code of codes) {
      byCode[code]! += 1;
      if (ranks.length < limit && isPlanned(code) && !(code & HELD)) ranks.push(rank);
      rank += 1;
    }
  const byStatus: Record<string, number> = {};
  for (const [code, tracks] of byCode.entries()) {
    if (tracks === 0 || (isPlanned(code) && code & HELD)) continue;
    const status = isPlanned(code) ? reasonOf(code) : statusOf(code);
    byStatus[status] = (byStatus[status] ?? 0) + tracks;
  }
  const tracks: WantedTrack[] = [];
  for (let at = 0; at < ranks.length; at += ROWS_AT_ONCE)
    for (const track of snapshot.tracksAt(ranks.slice(at, at + ROWS_AT_ONCE)))
      if (track) tracks.push(wanted(planned, track));
  await using opened = await openStatistics(archive, snapshot);
  return { byStatus, tracks, bySource: await countGapSources(plan, snapshot, opened.source) };
}

/** Why a planned track is not held, as far as its right tells. */
function reasonOf(code: number): string {
  const tier = code & OPUS ? 'opus' : 'original';
  const status = statusOf(code);
  if (status.includes('wanted')) return `planned, ${tier}, right unknown`;
  if (status.includes('dark')) return `planned, ${tier}, may not be distributed`;
  return `planned, ${tier}, free to distribute`;
}

function wanted({ plan, snapshot }: Planned, track: CatalogueTrack): WantedTrack {
  const { id, title, artist, licence, albumId, artistIds, rank } = track;
  const spdx = licence === null ? undefined : parseLicence(licence);
  const isFree =
    spdx !== undefined &&
    decideDistribution({ ...UNKNOWN_RIGHTS, licence: spdx }, LAST_DAY).allowed;
  const links = [id, ...(albumId === null ? [] : [albumId]), ...artistIds.slice(0, 1)].flatMap(
    (one) => snapshot.linksOf(one),
  );
  const sources = links.flatMap(({ kind, url }) => {
    const how = sourceKind(kind);
    return how === undefined || (how === 'download' && !isFree) ? [] : [{ how, url }];
  });
  return { id, title, artist, status: statusOf(plan.codeAt(rank)), licence, sources };
}

/** No embargo reaches beyond it; a licence alone has none. */
const LAST_DAY = '9999-12-31';

/** What is known here of one entry of a list. */
export interface CheckedEntry {
  readonly line: number;
  readonly asked: string;
  /** `held`, `planned`, `known` (in the catalogue, not planned) or `unknown`. */
  readonly answer: 'held' | 'planned' | 'known' | 'unknown';
  readonly id: string | null;
  /** The status in the plan in force; null without a plan or a track. */
  readonly status: string | null;
}

/** What is held, planned or known of the list in `file`, line by line. `PLAN_LIST`, `SNAPSHOT_MISSING`. */
export async function checkList(archive: Archive, file: string): Promise<CheckedEntry[]> {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > MOST_LIST_BYTES)
    throw new FonotecaError(
      'PLAN_LIST',
      found ? `${file}: ${found.size} bytes` : `no file ${file}`,
    );
  const entries = readList(fs.readFileSync(file), path.basename(file));
  using planned = openPlanned(archive, { mayLack: true });
  using candidates = openCandidates(archive.disk, planned.snapshot);
  const checked: CheckedEntry[] = [];
  for (const entry of entries) checked.push(await checkEntry(archive, planned, candidates, entry));
  return checked;
}

const MOST_LIST_BYTES = 20e6;

async function checkEntry(
  { ledger }: Archive,
  { plan, snapshot }: { plan: OpenPlan | undefined; snapshot: Snapshot },
  candidates: CandidateSource,
  entry: ListEntry,
): Promise<CheckedEntry> {
  const { line, isrc, mbid, id, artist, title } = entry;
  const asked =
    isrc ?? mbid ?? id ?? [artist, title].filter((part) => part !== undefined).join(' - ');
  const rows = rowsOf(snapshot, candidates, entry);
  for (const row of rows)
    if ((await ledger.matchesWith(row.id)).length > 0)
      return { line, asked, answer: 'held', id: row.id, status: statusAt(plan, row) };
  const own = id?.startsWith('local:') ? await ledger.holdingsOfTrack(id) : [];
  if (own.some(({ withdrawn }) => !withdrawn))
    return { line, asked, answer: 'held', id: id ?? null, status: null };
  const best = rows.find((row) => plan && isPlanned(plan.codeAt(row.rank))) ?? rows[0];
  if (best === undefined) return { line, asked, answer: 'unknown', id: null, status: null };
  const isWanted = plan !== undefined && isPlanned(plan.codeAt(best.rank));
  const answer = isWanted ? 'planned' : 'known';
  return { line, asked, answer, id: best.id, status: statusAt(plan, best) };
}

function statusAt(plan: OpenPlan | undefined, { rank }: CatalogueTrack): string | null {
  return plan === undefined ? null : statusOf(plan.codeAt(rank));
}

const MOST_ROWS = 20;

/** Rows that an entry may mean, the surest way first; by rank within it. */
function rowsOf(
  snapshot: Snapshot,
  candidates: CandidateSource,
  { isrc, mbid, id, artist, title }: ListEntry,
): CatalogueTrack[] {
  if (isrc !== undefined) return [...snapshot.tracksByIsrc(isrc, { limit: MOST_ROWS }).rows];
  if (mbid !== undefined || id !== undefined) {
    const stable = mbid === undefined ? id! : `mbid:${mbid}`;
    const track = snapshot.track(stable);
    return track ? [track] : [...snapshot.tracksByRecording(stable, { limit: MOST_ROWS }).rows];
  }
  // A title alone names too many.
  if (artist === undefined || title === undefined) return [];
  for (const by of artistForms(artist))
    for (const named of titleForms(title, artist)) {
      const { rows } = candidates.named(`${by.terms} ${named.terms}`, MOST_ROWS);
      if (rows.length > 0) return rows;
    }
  return [];
}

function openPlanned(archive: Archive): Planned;
function openPlanned(
  archive: Archive,
  options: { mayLack: true },
): Disposable & { plan: OpenPlan | undefined; snapshot: Snapshot };
function openPlanned(
  archive: Archive,
  { mayLack }: { mayLack?: boolean } = {},
): Disposable & { plan: OpenPlan | undefined; snapshot: Snapshot } {
  using opened = new DisposableStack();
  const snapshot = opened.use(openCurrentSnapshot(archive.disk, catalogueOf(archive)));
  let plan = openLastCataloguePlan(archive);
  if (plan) opened.use(plan);
  else if (!mayLack) throw new FonotecaError('PLAN_MISSING', 'no plan over the catalogue');
  if (plan && plan.header.snapshot !== snapshot.manifest.id) {
    const seen = `the plan is over ${plan.header.snapshot}, in use is ${snapshot.manifest.id}`;
    if (!mayLack) throw new FonotecaError('PLAN_STALE', seen);
    plan = undefined;
  }
  const resources = opened.move();
  return { plan, snapshot, [Symbol.dispose]: () => resources.dispose() };
}
