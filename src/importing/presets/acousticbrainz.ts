/**
 * AcousticBrainz: documents of one submission each, low level and high level, and the three CSV files that the last dump
 * drew from the low level. A recording has several submissions; the first one that says something counts.
 */
import type { Preset } from '../preset.ts';

const MBID_OF_NAME = '^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})';
const SUBMISSION_OF_NAME = '^[0-9a-f-]{36}-(\\d+)';
const TAGGED = ['metadata.tags.musicbrainz_recordingid.0', 'metadata.tags.musicbrainz_trackid.0'];
const FROM_NAME = {
  mbid: { from: '@file', pattern: MBID_OF_NAME },
  submission: { from: '@file', pattern: SUBMISSION_OF_NAME, as: 'count' },
} as const;
const NAMED = [{ path: '@file', matches: MBID_OF_NAME }];

/** The preset `acousticbrainz`. */
export const ACOUSTICBRAINZ: Preset = {
  format: 'fonoteca-mapping/1',
  name: 'acousticbrainz',
  about: 'AcousticBrainz: key, mode, tempo and moods from its documents or its CSV files',
  namespace: 'mbid',
  licence: 'CC0-1.0',
  dated: '(20\\d{2})(\\d{2})(\\d{2})',
  files: [
    {
      kind: 'tonal',
      match: ['*-tonal.csv'],
      format: 'csv',
      staged: {
        table: 'tonal',
        columns: {
          mbid: 'mbid',
          submission: { from: 'submission_offset', as: 'count' },
          key: { from: 'key_key', as: 'key' },
          mode: { from: 'key_scale', as: 'mode' },
        },
      },
    },
    {
      kind: 'rhythm',
      match: ['*-rhythm.csv'],
      format: 'csv',
      staged: {
        table: 'rhythm',
        columns: {
          mbid: 'mbid',
          submission: { from: 'submission_offset', as: 'count' },
          tempo: { from: 'bpm', as: 'number' },
        },
      },
    },
    {
      kind: 'highlevel',
      match: ['*highlevel*.json', '*high-level*.json'],
      format: 'json',
      staged: {
        table: 'highlevel',
        when: NAMED,
        columns: {
          ...FROM_NAME,
          danceability: { from: 'highlevel.danceability.all.danceable', as: 'share' },
          acousticness: { from: 'highlevel.mood_acoustic.all.acoustic', as: 'share' },
          instrumentalness: { from: 'highlevel.voice_instrumental.all.instrumental', as: 'share' },
        },
      },
    },
    {
      kind: 'documents',
      match: ['*.json'],
      format: 'json',
      staged: {
        table: 'document',
        when: [
          { path: ['lowlevel', 'highlevel', 'rhythm'] },
          { path: ['@file'], matches: MBID_OF_NAME },
        ],
        columns: {
          ...FROM_NAME,
          tagged: { from: TAGGED },
          key: { from: 'tonal.key_key', as: 'key' },
          mode: { from: 'tonal.key_scale', as: 'mode' },
          tempo: { from: 'rhythm.bpm', as: 'number' },
          danceability: { from: 'highlevel.danceability.all.danceable', as: 'share' },
          acousticness: { from: 'highlevel.mood_acoustic.all.acoustic', as: 'share' },
          instrumentalness: { from: 'highlevel.voice_instrumental.all.instrumental', as: 'share' },
        },
      },
    },
  ],
  queries: [
    {
      kind: 'recordings',
      sql: `WITH facts AS (
              SELECT mbid, submission, key, mode, NULL::DOUBLE AS tempo, NULL::DOUBLE AS danceability,
                     NULL::DOUBLE AS acousticness, NULL::DOUBLE AS instrumentalness FROM tonal
              UNION ALL SELECT mbid, submission, NULL, NULL, tempo, NULL, NULL, NULL FROM rhythm
              UNION ALL SELECT mbid, submission, NULL, NULL, NULL, danceability, acousticness, instrumentalness FROM highlevel
              UNION ALL SELECT mbid, submission, key, mode, tempo, danceability, acousticness, instrumentalness FROM document
            )
            SELECT mbid,
                   arg_min(key, (coalesce(submission, 0), key)) AS key,
                   arg_min(mode, (coalesce(submission, 0), key)) FILTER (key IS NOT NULL) AS mode,
                   arg_min(tempo, (coalesce(submission, 0), tempo)) AS tempo,
                   arg_min(danceability, (coalesce(submission, 0), danceability)) AS danceability,
                   arg_min(acousticness, (coalesce(submission, 0), acousticness)) AS acousticness,
                   arg_min(instrumentalness, (coalesce(submission, 0), instrumentalness)) AS instrumentalness
            FROM facts GROUP BY mbid ORDER BY mbid`,
      rows: [
        {
          table: 'features',
          unique: true,
          columns: {
            id: 'mbid',
            key: 'key',
            mode: 'mode',
            tempo_bpm: 'tempo',
            danceability: 'danceability',
            acousticness: 'acousticness',
            instrumentalness: 'instrumentalness',
          },
        },
      ],
    },
  ],
};
