/** Snapshots and rows of the catalogue as text and as JSON, for the verbs that tell of them. */
import type { Json } from '../base/canonical-json.ts';
import { formatDuration, formatSize } from '../base/sizes.ts';
import type { Manifest } from '../catalogue/manifest.ts';
import type {
  CatalogueAlbum,
  CatalogueArtist,
  CatalogueTrack,
  FoundRow,
} from '../catalogue/snapshot-look-up.ts';
import { printable } from './reporter.ts';

type JsonFields = { readonly [key: string]: Json };

/** What a snapshot is, without the digests of its files. */
export function snapshotJson({ files, ...rest }: Manifest): JsonFields {
  return { ...(rest as unknown as JsonFields), bytes: bytesOf({ files }) };
}

/** What a snapshot is, a line each. */
export function snapshotLines(manifest: Manifest): string[] {
  const { rows, tiers, popularity, sources } = manifest;
  return [
    `  rows      ${rows.tracks} tracks, ${rows.albums} albums, ${rows.artists} artists, ${formatSize(bytesOf(manifest))}`,
    `  heard     ${tiers.heard} above 0, ${tiers.zero} at 0, ${tiers.unknown} unknown; by ${popularity ? `${popularity.origin}: ${popularity.method}` : 'no source'}`,
    ...sources.map(
      ({ import: id, licence, dump }) =>
        `  from      ${id}${dump.date === null ? '' : `, ${dump.date}`}, licence ${licence ?? 'unknown'}`,
    ),
  ].map(printable);
}

function bytesOf({ files }: Pick<Manifest, 'files'>): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What was found under an id, as text. */
export function foundText(found: FoundRow): string {
  if (found.kind === 'track') return trackText(found.track);
  return found.kind === 'album' ? albumText(found.album) : artistText(found.artist);
}

/** A recording with the tracks that are it, each with its album. */
export function recordingText(id: string, tracks: readonly CatalogueTrack[]): string {
  const [first] = tracks;
  return [
    table([
      ['recording', id],
      ['title', first?.title],
      ['artist', first?.artist],
    ]),
    ...tracks.map((track) =>
      printable(
        `${trackLine(track)}${track.album === null ? '' : `, on ${track.album}`}${track.releaseDate === null ? '' : ` (${track.releaseDate})`}`,
      ),
    ),
  ].join('\n');
}

/** A track on one line. */
export function trackLine({ id, artist, title, popularity }: CatalogueTrack): string {
  return printable(`track   ${id}  ${artist} – ${title}  ${popularity ?? 'unknown'}`);
}

/** An album on one line. */
export function albumLine({ id, artist, title, releaseDate }: CatalogueAlbum): string {
  return printable(
    `album   ${id}  ${artist} – ${title}${releaseDate === null ? '' : ` (${releaseDate})`}`,
  );
}

function trackText(track: CatalogueTrack): string {
  const { durationMs, discNumber, trackNumber, explicit } = track;
  return table([
    ['title', track.title],
    ['artist', track.artist],
    ['album', track.album],
    [
      'track',
      trackNumber === null ? null : [discNumber, trackNumber].filter((n) => n !== null).join('-'),
    ],
    ['id', track.id],
    ['recording', track.recordingId],
    ['album id', track.albumId],
    ['artist ids', track.artistIds.join(' ')],
    ['isrc', track.isrcs.join(' ')],
    ['duration', durationMs === null ? null : formatDuration(durationMs)],
    ['released', track.releaseDate],
    ['label', track.label],
    ['genres', track.genres.join(', ')],
    ['explicit', explicit === null ? null : explicit ? 'yes' : 'no'],
    ['licence', track.licence],
    ['popularity', `${track.popularity ?? 'unknown'}, rank ${track.rank}`],
    [
      'listens',
      track.listens === null
        ? null
        : `${track.listens}${track.listeners === null ? '' : ` by ${track.listeners} people`}`,
    ],
  ]);
}

function albumText(album: CatalogueAlbum): string {
  return table([
    ['album', album.title],
    ['artist', album.artist],
    ['id', album.id],
    ['artist ids', album.artistIds.join(' ')],
    ['upc', album.upc],
    ['released', album.releaseDate],
    ['type', album.type],
    ['label', album.label],
    ['language', album.language],
    ['tracks', album.trackCount],
    ['popularity', `${album.popularity ?? 'unknown'}, rank ${album.rank}`],
    ['markets', album.markets?.join(' ')],
  ]);
}

function artistText(artist: CatalogueArtist): string {
  return table([
    ['artist', artist.name],
    ['sorted as', artist.sortName],
    ['id', artist.id],
    ['place', artist.place],
    ['genres', artist.genres.join(', ')],
    ['followers', artist.followers],
    ['popularity', `${artist.popularity ?? 'unknown'}, rank ${artist.rank}`],
  ]);
}

function table(rows: readonly (readonly [string, string | number | null | undefined])[]): string {
  return rows
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => `${name.padEnd(11)} ${printable(String(value))}`)
    .join('\n');
}
