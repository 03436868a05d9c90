/**
 * MusicBrainz canonical data (metabrainz.org/datasets/derived-dumps): three CSV files in a tar. One recording stands for
 * all recordings of a song by an artist; the redirects lead from the others to it.
 */
import type { Preset } from '../preset.ts';

const ONE_ARTIST = '^\\{?[0-9a-f-]{36}\\}?$';
const MBIDS = '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})';

/** The preset `musicbrainz-canonical`. */
export const MUSICBRAINZ_CANONICAL: Preset = {
  format: 'fonoteca-mapping/1',
  name: 'musicbrainz-canonical',
  about: 'MusicBrainz canonical data: canonical_musicbrainz_data.csv and the two redirect files',
  namespace: 'mbid',
  licence: 'CC0-1.0',
  dated: '(\\d{4})(\\d{2})(\\d{2})-\\d{6}',
  facts: [{ match: 'TIMESTAMP', fact: 'date' }],
  files: [
    {
      kind: 'recordings',
      match: ['canonical_musicbrainz_data.csv'],
      format: 'csv',
      rows: [
        {
          table: 'tracks',
          columns: {
            id: 'recording_mbid',
            recording_id: 'recording_mbid',
            title: 'recording_name',
            artist: 'artist_credit_name',
            artist_ids: { from: 'artist_mbids', pattern: MBIDS },
            album_id: 'release_mbid',
            album: 'release_name',
            release_date: { from: ['year'] },
          },
        },
        {
          table: 'albums',
          columns: {
            id: 'release_mbid',
            title: 'release_name',
            artist: 'artist_credit_name',
            artist_ids: { from: 'artist_mbids', pattern: MBIDS },
            release_date: { from: ['year'] },
          },
        },
        {
          table: 'artists',
          when: [{ path: 'artist_mbids', matches: ONE_ARTIST }],
          columns: { id: { from: 'artist_mbids', pattern: MBIDS }, name: 'artist_credit_name' },
        },
      ],
    },
    {
      kind: 'recording-redirects',
      match: ['canonical_recording_redirect.csv'],
      format: 'csv',
      rows: [
        {
          table: 'redirects',
          columns: { from: 'recording_mbid', to: 'canonical_recording_mbid' },
        },
      ],
    },
    {
      kind: 'release-redirects',
      match: ['canonical_release_redirect.csv'],
      format: 'csv',
      rows: [
        { table: 'redirects', columns: { from: 'release_mbid', to: 'canonical_release_mbid' } },
      ],
    },
  ],
};
