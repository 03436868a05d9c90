/**
 * The Internet Archive: answers of its scrape API (`{"items": […]}`, or an item a line) and of its metadata API, one item a
 * document. An item of sound is an album, its original audio files are tracks.
 */
import type { Preset, TableRule } from '../preset.ts';

const AUDIO = '^(?:audio|etree)$';
const AUDIO_NAME = '\\.(?:flac|mp3|ogg|opus|m4a|wav|aiff?|shn|ape|wma)$';

const ITEM_COLUMNS: TableRule['columns'] = {
  id: 'identifier',
  title: { from: ['title', 'identifier'] },
  artist: { from: ['creator', 'artist', 'uploader', 'identifier'] },
  release_date: { from: ['date', 'year'] },
  type: { value: 'item' },
  label: { from: ['publisher'] },
};

function scraped(
  kind: string,
  match: string[],
  format: 'json' | 'jsonl',
  record?: string,
): Preset['files'][number] {
  return {
    kind,
    match,
    format,
    ...(record === undefined ? {} : { record }),
    rows: [
      { table: 'albums', when: [{ path: 'mediatype', matches: AUDIO }], columns: ITEM_COLUMNS },
      {
        table: 'counts',
        when: [{ path: 'mediatype', matches: AUDIO }, { path: 'downloads' }],
        columns: { id: { from: 'identifier', as: 'id' }, listens: 'downloads' },
      },
      {
        table: 'links',
        when: [{ path: 'mediatype', matches: AUDIO }, { path: 'licenseurl' }],
        columns: {
          id: { from: 'identifier', as: 'id' },
          kind: { value: 'licence' },
          url: 'licenseurl',
        },
      },
    ],
  };
}

/** Paths of an item in the metadata API: what scrape puts at the top is in `metadata` there. */
function inMetadata(columns: TableRule['columns']): TableRule['columns'] {
  const inside = (path: string) => `metadata.${path}`;
  return Object.fromEntries(
    Object.entries(columns).map(([name, cell]) => {
      if (typeof cell === 'string') return [name, inside(cell)];
      if (cell.from === undefined) return [name, cell];
      const from = typeof cell.from === 'string' ? inside(cell.from) : cell.from.map(inside);
      return [name, { ...cell, from }];
    }),
  );
}

/** The preset `archive-org`. */
export const ARCHIVE_ORG: Preset = {
  format: 'fonoteca-mapping/1',
  name: 'archive-org',
  about: 'Internet Archive: scrape and metadata JSON of items of sound',
  namespace: 'archive.org',
  licence: null,
  popularity: { origin: 'archive.org', method: 'downloads of the item that a track is in' },
  files: [
    {
      kind: 'items',
      match: ['*metadata.json', '*_metadata.json'],
      format: 'json',
      rows: [
        {
          table: 'albums',
          when: [{ path: 'metadata.mediatype', matches: AUDIO }],
          columns: inMetadata(ITEM_COLUMNS),
        },
        {
          table: 'tracks',
          each: 'files',
          when: [
            { path: '^.metadata.mediatype', matches: AUDIO },
            { path: 'source', in: ['original'] },
            { path: 'name', matches: AUDIO_NAME },
          ],
          columns: {
            id: { from: ['^.metadata.identifier', 'name'], as: 'name-id', prefix: 'file-' },
            title: { from: ['title', 'name'] },
            artist: { from: ['artist', 'creator', '^.metadata.creator', '^.metadata.identifier'] },
            album_id: '^.metadata.identifier',
            album: { from: ['^.metadata.title', '^.metadata.identifier'] },
            track_number: { from: 'track', pattern: '^0*(\\d{1,4})(?:/|$)' },
            duration_ms: { from: 'length', as: 'minutes' },
            release_date: { from: ['^.metadata.date', '^.metadata.year'] },
            licence: '^.metadata.licenseurl',
          },
        },
        {
          table: 'links',
          when: [{ path: 'metadata.mediatype', matches: AUDIO }, { path: 'metadata.licenseurl' }],
          columns: {
            id: { from: 'metadata.identifier', as: 'id' },
            kind: { value: 'licence' },
            url: 'metadata.licenseurl',
          },
        },
      ],
    },
    scraped('scraped', ['*scrape*.json'], 'json', 'items'),
    scraped('scraped-lines', ['*.jsonl'], 'jsonl'),
  ],
};
