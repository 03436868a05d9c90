/**
 * The monthly dumps of Discogs (data.discogs.com): artists, labels, masters and releases as XML. Ids say which kind they
 * are of, since Discogs counts each apart: `discogs:release-1`, and for its third track `discogs:release-1-3`.
 */
import type { Preset, TableRule } from '../preset.ts';

const CREDIT = { as: 'credit', names: ['anv', 'name'], joins: 'join' } as const;
const TYPE = '^(Album|Mini-Album|Single|Maxi-Single|EP|Compilation|Mixtape|Sampler)$';

/** Tracks at the paths `each`, one list inside another. */
function trackRule(each: string[]): TableRule {
  return {
    table: 'tracks',
    each,
    unique: true,
    // A heading stands in the list as a track with a title alone; one with parts is taken by its parts.
    when: [
      { path: ['position', 'duration'] },
      { path: 'title' },
      { path: 'sub_tracks', not: true },
    ],
    columns: {
      id: { from: ['^.@id', '#n'], join: '-', prefix: 'release-' },
      title: 'title',
      artist: { from: ['artists.artist', '^.artists.artist'], ...CREDIT },
      artist_ids: { from: ['artists.artist.id', '^.artists.artist.id'], prefix: 'artist-' },
      album_id: { from: '^.@id', prefix: 'release-' },
      album: '^.title',
      disc_number: { from: 'position', pattern: '^(?:CD|DVD)?(\\d{1,3})[-.]\\d' },
      track_number: {
        from: ['position', '#n'],
        pattern: '^(?:(?:CD|DVD)?\\d{1,3}[-.])?(\\d{1,4})$',
      },
      duration_ms: { from: 'duration', as: 'minutes' },
      release_date: '^.released',
      label: '^.labels.label.@name',
      genres: { from: ['^.genres.genre', '^.styles.style'], join: '' },
    },
  };
}

function homepages(prefix: string): TableRule {
  return {
    table: 'links',
    each: 'urls.url',
    columns: {
      id: { from: '^.id', as: 'id', prefix },
      kind: { value: 'homepage' },
      url: '.',
    },
  };
}

/** The preset `discogs`. */
export const DISCOGS: Preset = {
  format: 'fonoteca-mapping/1',
  name: 'discogs',
  about: 'Discogs: the monthly artists, labels, masters and releases as XML',
  namespace: 'discogs',
  licence: 'CC0-1.0',
  dated: 'discogs_(\\d{4})(\\d{2})(\\d{2})_',
  files: [
    {
      kind: 'artists',
      match: ['discogs_*_artists*.xml'],
      format: 'xml',
      record: 'artist',
      rows: [
        {
          table: 'artists',
          unique: true,
          columns: { id: { from: 'id', prefix: 'artist-' }, name: { from: '.', as: 'credit' } },
        },
        homepages('artist-'),
      ],
    },
    {
      kind: 'labels',
      match: ['discogs_*_labels*.xml'],
      format: 'xml',
      record: 'label',
      rows: [homepages('label-')],
    },
    {
      kind: 'masters',
      match: ['discogs_*_masters*.xml'],
      format: 'xml',
      record: 'master',
      rows: [
        {
          table: 'albums',
          unique: true,
          columns: {
            id: { from: '@id', prefix: 'master-' },
            title: 'title',
            artist: { from: 'artists.artist', ...CREDIT },
            artist_ids: { from: 'artists.artist.id', prefix: 'artist-' },
            release_date: { from: 'year', words: { '0': null } },
            type: { value: 'master' },
          },
        },
      ],
    },
    {
      kind: 'releases',
      match: ['discogs_*_releases*.xml'],
      format: 'xml',
      record: 'release',
      rows: [
        {
          table: 'albums',
          unique: true,
          columns: {
            id: { from: '@id', prefix: 'release-' },
            title: 'title',
            artist: { from: 'artists.artist', ...CREDIT },
            artist_ids: { from: 'artists.artist.id', prefix: 'artist-' },
            upc: 'identifiers.identifier[@type=Barcode].@value',
            release_date: 'released',
            type: { from: 'formats.format.descriptions.description', pattern: TYPE },
            label: 'labels.label.@name',
          },
        },
        trackRule(['tracklist.track']),
        trackRule(['tracklist.track', 'sub_tracks.track']),
      ],
    },
  ],
};
