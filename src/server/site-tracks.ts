/** Tracks as lists and their own pages show them. A track is shown when at least one of its holdings may be. */
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { HeldHolding, TrackRow as LedgerTrack } from '../ledger/ledger.ts';
import { stated } from '../model/holding.ts';
import type { Status } from '../model/status.ts';
import { coverOfTrack, hasSpectrogram } from './site-art.ts';
import { filesOf, fileView, type SiteFile } from './site-files.ts';
import { isOpen, isShown, rightsView } from './site-rights.ts';
import type { SiteSources } from './site-sources.ts';
import { dayOf } from './until-next-fact.ts';
import type { TrackRow, TrackView } from './views.ts';

/** Audio that browsers play. */
const PLAYED_TYPES: ReadonlySet<string> = new Set([
  'audio/aac',
  'audio/flac',
  'audio/mp4',
  'audio/mpeg',
  'audio/ogg',
  'audio/wav',
]);
/** Tracks between two turns of other requests: some ten milliseconds. */
const TRACKS_AT_ONCE = 20;
/** From the furthest a file can come to the least. */
const STATUS_ORDER: readonly Status[] = ['published', 'packed', 'held', 'dropped', 'withdrawn'];

/** A track with its visible files. */
interface ShownTrack {
  readonly row: TrackRow;
  readonly files: readonly SiteFile[];
  readonly holdings: readonly HeldHolding[];
}

/** Those of `tracks` that may be shown, in their order. */
export async function trackRows(
  sources: SiteSources,
  tracks: readonly LedgerTrack[],
): Promise<TrackRow[]> {
  const rows: TrackRow[] = [];
  for (const [at, track] of tracks.entries()) {
    if (at % TRACKS_AT_ONCE === TRACKS_AT_ONCE - 1) await turnOfOthers();
    const shown = await shownTrack(sources, track);
    if (shown) rows.push(shown.row);
  }
  return rows;
}

/** The page of the track with `id`, or undefined when there is none to show. */
export async function trackView(sources: SiteSources, id: string): Promise<TrackView | undefined> {
  const track = await sources.ledger.track(id);
  const shown = track && (await shownTrack(sources, track));
  if (!shown) return undefined;
  const { row, files, holdings } = shown;
  const { description } = track;
  const day = dayOf(sources);
  // What was withdrawn takes all that is told of it along: its rights, its files, what was measured.
  const standing = holdings.filter(({ withdrawn }) => !withdrawn);
  // A re-tagged original is a holding of its own; the latest says what holds now.
  const latest = standing.at(-1);
  // Nobody is told what a sound measures who may neither hear nor take it.
  const open = files.filter(
    ({ holding, status }) => status !== 'withdrawn' && isOpen(holding.rights, day),
  );
  const latestOpen = standing.findLast(({ rights }) => isOpen(rights, day));
  const technical =
    latestOpen?.technical ?? open.find(({ derivative }) => derivative)?.derivative?.technical;
  return {
    ...row,
    date: description.date ?? null,
    genre: description.genre ?? null,
    isrc: description.isrc ?? null,
    mbid: description.mbid ?? null,
    ...{ recordingId: null, evidence: [] },
    peaks: technical?.peaks === undefined ? null : [...Buffer.from(technical.peaks, 'base64')],
    loudnessLufs: technical?.loudnessLufs ?? null,
    loudnessRangeLu: technical?.loudnessRangeLu ?? null,
    truePeakDbtp: technical?.truePeakDbtp ?? null,
    features: Object.entries(technical?.features ?? {}).map(([name, told]) => ({ name, ...told })),
    spectrogram: open.find(hasSpectrogram)?.digest ?? null,
    tags: open.some(({ mayStream, mayTake }) => mayStream || mayTake)
      ? (latestOpen?.tags ?? []).map(([name, value]) => ({ name, value }))
      : [],
    files: open.map(fileView),
    rights: latest ? rightsView(latest.rights, day) : null,
  };
}

async function shownTrack(
  sources: SiteSources,
  track: LedgerTrack,
): Promise<ShownTrack | undefined> {
  const holdings = (await sources.ledger.holdingsOfTrack(track.id)).filter(isShown);
  if (holdings.length === 0) return undefined;
  const files = await filesOf(sources, holdings);
  const { description } = track;
  const album = track.albumId === null ? undefined : await sources.ledger.album(track.albumId);
  const technical = holdings.at(-1)!.technical;
  const heard = files
    .filter(({ mayStream }) => mayStream)
    .map(({ digest, holding, derivative }) => ({
      digest,
      mimeType: (derivative ?? holding).mimeType,
    }));
  const stream = heard.find(({ mimeType }) => PLAYED_TYPES.has(mimeType)) ?? null;
  const row: TrackRow = {
    id: track.id,
    title: description.title,
    artist: { id: track.artistId, name: description.artist },
    album: album ? { id: album.id, name: album.title } : null,
    disc: description.discNumber ?? null,
    number: description.trackNumber ?? null,
    durationMs: stated(Math.round(technical?.durationMs ?? 0)),
    artDigest: await coverOfTrack(sources, track.albumId, holdings),
    status: furthest(files),
    stream,
    unplayed: stream === null ? (heard[0]?.mimeType ?? null) : null,
  };
  return { row, files, holdings };
}

/** The status of the file that has come furthest; a reason for not publishing only when none has come at all. */
function furthest(files: readonly SiteFile[]): Status {
  const statuses = files.map(({ status }) => status);
  return (
    STATUS_ORDER.find((status) => statuses.includes(status)) ??
    statuses.find((status) => status.startsWith('skipped:')) ??
    'known'
  );
}
