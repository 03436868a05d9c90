/** The Free Music Archive's metadata as published with the FMA dataset: raw_tracks.csv, each track with its licence. */
import type { Preset } from '../preset.ts';

/** The preset `fma`. */
export const FMA: Preset = {
  format: 'fonoteca-mapping/1',
  name: 'fma',
  about: 'Free Music Archive: raw_tracks.csv of the FMA dataset, with licences and listens',
  namespace: 'fma',
  licence: 'CC-BY-4.0',
  files: [
    {
      kind: 'tracks',
      match: ['raw_tracks.csv'],
      format: 'csv',
      missing: ['', 'None'],
      rows: [
        {
          table: 'tracks',
          columns: {
            id: { from: 'track_id', prefix: 'track-' },
            title: 'track_title',
            artist: 'artist_name',
            artist_ids: { from: 'artist_id', prefix: 'artist-' },
            album_id: { from: 'album_id', prefix: 'album-' },
            album: 'album_title',
            disc_number: 'track_disc_number',
            track_number: 'track_number',
            duration_ms: { from: 'track_duration', as: 'minutes' },
            // A day written as 11/26/2008 or 26/11/2008: which of the two it is, nobody says.
            release_date: { from: 'track_date_recorded', pattern: '(\\d{4})' },
            explicit: {
              from: 'track_explicit',
              words: { 'Radio-Unsafe': true, 'Adults-Only': true, 'Radio-Safe': false },
            },
            listens: 'track_listens',
            label: 'track_publisher',
            genres: { from: 'track_genres', pattern: `'genre_title': ['"](.*?)['"](?:,|\\})` },
            licence: { from: ['license_url', 'license_title'] },
          },
        },
        {
          table: 'albums',
          when: [{ path: 'album_id' }],
          columns: {
            id: { from: 'album_id', prefix: 'album-' },
            title: 'album_title',
            artist: 'artist_name',
            artist_ids: { from: 'artist_id', prefix: 'artist-' },
          },
        },
        {
          table: 'artists',
          columns: { id: { from: 'artist_id', prefix: 'artist-' }, name: 'artist_name' },
        },
        {
          table: 'links',
          when: [{ path: 'license_url' }],
          columns: {
            id: { from: 'track_id', as: 'id', prefix: 'track-' },
            kind: { value: 'licence' },
            url: 'license_url',
          },
        },
        {
          table: 'links',
          when: [{ path: 'artist_website' }],
          columns: {
            id: { from: 'artist_id', as: 'id', prefix: 'artist-' },
            kind: { value: 'homepage' },
            url: 'artist_website',
          },
        },
      ],
    },
  ],
};
