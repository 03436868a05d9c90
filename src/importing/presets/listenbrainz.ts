/**
 * Listens of ListenBrainz dumps: JSON lines, and Parquet as of the Spark dumps. Counted by recording; whose they are is
 * counted under a key that ends with the run and kept nowhere.
 */
import type { Preset } from '../preset.ts';

/** What the listener's player named, which was heard, before what ListenBrainz made of the names. */
const RECORDING = [
  'track_metadata.additional_info.recording_mbid',
  'track_metadata.mbid_mapping.recording_mbid',
  'recording_mbid',
];

/** The preset `listenbrainz`. */
export const LISTENBRAINZ: Preset = {
  format: 'fonoteca-mapping/1',
  name: 'listenbrainz',
  about: 'ListenBrainz: listens as JSON lines or Parquet, counted by recording and listener',
  namespace: 'mbid',
  licence: 'CC0-1.0',
  popularity: {
    origin: 'listenbrainz',
    method: 'listens of each recording that a listener’s player or ListenBrainz named',
  },
  dated: 'dump-\\d+-(\\d{4})(\\d{2})(\\d{2})',
  files: [
    {
      kind: 'listens',
      match: ['*.listens', '*.jsonl'],
      format: 'jsonl',
      staged: {
        table: 'listen',
        when: [{ path: RECORDING }],
        columns: {
          recording: { from: RECORDING, as: 'text' },
          listener: { from: ['user_id', 'user_name'], as: 'person' },
        },
      },
    },
    {
      kind: 'listens-parquet',
      match: ['#.parquet'],
      format: 'parquet',
      staged: {
        table: 'listen',
        when: [{ path: 'recording_mbid' }],
        columns: {
          recording: { from: 'recording_mbid', as: 'text' },
          listener: { from: 'user_id', as: 'person' },
        },
      },
    },
  ],
  queries: [
    {
      kind: 'recordings',
      sql: `SELECT recording, count(*) AS listens, count(DISTINCT listener) AS listeners
            FROM listen GROUP BY recording ORDER BY recording`,
      rows: [
        {
          table: 'counts',
          unique: true,
          columns: { id: 'recording', listens: 'listens', listeners: 'listeners' },
        },
      ],
    },
  ],
};
