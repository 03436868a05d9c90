/** The published members as the lines of `catalogue.jsonl` and `albums.jsonl` (docs/formats/edition.md). */
import { compareBytes } from '../base/safe-path.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AlbumLine, CatalogueLine } from '../model/edition.ts';
import { stated } from '../model/holding.ts';
import type { PublishedMember } from './gather-members.ts';

/** Tracks by id and albums by id. */
export interface PublishedCatalogue {
  readonly tracks: readonly CatalogueLine[];
  readonly albums: readonly AlbumLine[];
}

/**
 * The catalogue of what `members` publish; files of volumes that are not listed yet are left out, their tracks are
 * not. Sorted by the bytes of ids and paths, so the order of ingest leaves no trace.
 */
export async function catalogueOf(
  ledger: Ledger,
  members: readonly PublishedMember[],
): Promise<PublishedCatalogue> {
  const byTrack = groupBy(members, ({ holding }) => holding.trackId);
  const tracks: CatalogueLine[] = [];
  for (const [id, files] of byTrack) {
    const line = await trackLine(ledger, id, files);
    if (line) tracks.push(line);
  }
  const companions = members.filter(
    ({ holding, listed }) => listed && holding.kind === 'companion',
  );
  const byAlbum = groupBy(companions, ({ holding }) => holding.albumId);
  const albumTracks = groupBy(tracks, ({ albumId }) => albumId);
  const ids = new Set([...byAlbum.keys(), ...albumTracks.keys()]);
  const albums: AlbumLine[] = [];
  for (const id of ids) {
    const album = await ledger.album(id);
    if (!album) continue;
    albums.push({
      id,
      title: album.title,
      artist: album.artist,
      date: album.date,
      tracks: (albumTracks.get(id) ?? []).map((track) => track.id).sort(compareBytes),
      files: (byAlbum.get(id) ?? []).map(companionFile).sort(byPlace),
    });
  }
  return { tracks: tracks.sort(byId), albums: albums.sort(byId) };
}

async function trackLine(
  ledger: Ledger,
  id: string,
  members: readonly PublishedMember[],
): Promise<CatalogueLine | undefined> {
  const track = await ledger.track(id);
  if (!track) return undefined;
  const { description } = track;
  return {
    id,
    title: description.title,
    artist: description.artist,
    albumArtist: description.albumArtist ?? null,
    album: description.album ?? null,
    albumId: track.albumId,
    disc: description.discNumber ?? null,
    number: description.trackNumber ?? null,
    date: description.date ?? null,
    genre: description.genre ?? null,
    isrc: description.isrc ?? null,
    mbid: description.mbid ?? null,
    popularity: description.popularity,
    files: members
      .filter(({ listed }) => listed)
      .map(trackFile)
      .sort((a, b) => compareBytes(a.tier, b.tier) || byPlace(a, b)),
  };
}

function trackFile(member: PublishedMember): CatalogueLine['files'][number] {
  const technical = member.derivative?.technical ?? member.holding.technical;
  return {
    ...placeOf(member),
    tier: member.volume.tier,
    durationMs: stated(technical?.durationMs),
    format: technical?.format ?? null,
  };
}

function companionFile(member: PublishedMember): AlbumLine['files'][number] {
  const { role, mimeType } = member.holding;
  return { ...placeOf(member), role, mimeType };
}

function placeOf({ digest, volume, path, sizeBytes }: PublishedMember) {
  return { digest, volume: volume.name, path, sizeBytes };
}

function byPlace(a: { volume: string; path: string }, b: { volume: string; path: string }): number {
  return compareBytes(a.volume, b.volume) || compareBytes(a.path, b.path);
}

function byId(a: { id: string }, b: { id: string }): number {
  return compareBytes(a.id, b.id);
}

/** `items` by key; those without a key are left out. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
