/** The tables of the exchange set and their columns. Spec: docs/tables.md. */
import type { ParquetField } from '../formats/parquet-writer.ts';
import { featureFields } from './statistics.ts';

/** A table of the exchange set. */
export type ExchangeTable =
  | 'artists'
  | 'albums'
  | 'tracks'
  | 'track_artists'
  | 'album_artists'
  | 'artist_genres'
  | 'identifiers'
  | 'features'
  | 'links'
  | 'redirects';

function fields(text: string): ParquetField[] {
  return text.split(' ').map((part) => {
    const [name, kind = 'text'] = part.split(':') as [string, ParquetField['kind']?];
    return { name, kind };
  });
}

/** The columns of each table, in order; `name` alone is a text. */
export const EXCHANGE_FIELDS: Readonly<Record<ExchangeTable, readonly ParquetField[]>> = {
  artists: fields('rank:whole id name sort_name followers:whole popularity:whole place'),
  albums: fields(
    'rank:whole id title artist release_date type label track_count:whole popularity:whole markets:texts language',
  ),
  tracks: fields(
    'rank:whole id recording_id title artist album_id album disc_number:whole track_number:whole duration_ms:whole release_date explicit:flag popularity:whole listens:whole listeners:whole label genres:texts licence',
  ),
  track_artists: fields('track_id position:whole artist_id'),
  album_artists: fields('album_id position:whole artist_id'),
  artist_genres: fields('artist_id genre'),
  identifiers: fields('id kind value'),
  features: [{ name: 'track_id', kind: 'text' }, ...featureFields()],
  links: fields('id kind url'),
  redirects: fields('from to'),
};
