/**
 * MusicBrainz's own tables (mbdump.tar.bz2): rows as PostgreSQL's COPY writes them, put together by queries. Everything in
 * it is CC0. Tags are not: they are taken only with `--also tags`, and the import says under which licence they stand.
 * Spec: metabrainz/musicbrainz-server, admin/sql/CreateTables.sql, schema 30 and 31.
 */
import type { Preset, SourceFile } from '../preset.ts';
import { MUSICBRAINZ_QUERIES } from './musicbrainz-queries.ts';

const DATES =
  'begin_date_year begin_date_month begin_date_day end_date_year end_date_month end_date_day';
const LINK =
  'id link entity0 entity1 edits_pending last_updated link_order entity0_credit entity1_credit';

/** A table of the dump: its columns in their order, those kept, and which of them are numbers. */
function dumped(table: string, columns: string, kept: string): SourceFile {
  const cells = kept.split(' ').map((column) => {
    const [name, kind] = column.split(':') as [string, string?];
    return [
      name,
      kind === undefined ? { from: name, as: 'count' as const } : { from: name },
    ] as const;
  });
  return {
    kind: table.replaceAll('_', '-'),
    match: [table],
    format: 'copy',
    names: columns.split(' '),
    staged: { table, columns: Object.fromEntries(cells) },
  };
}

function redirects(entity: string): SourceFile {
  return dumped(`${entity}_gid_redirect`, 'gid new_id created', 'gid:text new_id');
}

function tagged(file: SourceFile): SourceFile {
  return { ...file, also: 'tags', licence: 'CC-BY-NC-SA-3.0' };
}

/** The preset `musicbrainz-core`. */
export const MUSICBRAINZ_CORE: Preset = {
  format: 'fonoteca-mapping/1',
  name: 'musicbrainz-core',
  about:
    'MusicBrainz: mbdump.tar.bz2 as it is, or unpacked (--also tags with mbdump-derived.tar.bz2)',
  namespace: 'mbid',
  licence: 'CC0-1.0',
  facts: [
    { match: 'SCHEMA_SEQUENCE', fact: 'schema', in: ['30', '31'] },
    { match: 'REPLICATION_SEQUENCE', fact: 'sequence' },
    { match: 'TIMESTAMP', fact: 'date' },
  ],
  needs: ['schema'],
  files: [
    dumped(
      'artist',
      `id gid name sort_name ${DATES} type area gender comment edits_pending last_updated ended begin_area end_area`,
      'id gid:text name:text sort_name:text area',
    ),
    dumped(
      'artist_credit',
      'id name artist_count ref_count created edits_pending gid',
      'id name:text',
    ),
    dumped(
      'artist_credit_name',
      'artist_credit position artist name join_phrase',
      'artist_credit position artist',
    ),
    dumped('iso_3166_1', 'area code', 'area code:text'),
    dumped('isrc', 'id recording isrc edits_pending created', 'recording isrc:text'),
    dumped(
      'label',
      `id gid name ${DATES} label_code type area comment edits_pending last_updated ended`,
      'id name:text',
    ),
    dumped(
      'language',
      'id iso_code_2t iso_code_2b iso_code_1 name frequency iso_code_3',
      'id iso_code_3:text',
    ),
    dumped(
      'medium',
      'id release position format name edits_pending last_updated track_count gid',
      'id release position track_count',
    ),
    dumped(
      'recording',
      'id gid name artist_credit length comment edits_pending last_updated video',
      'id gid:text name:text artist_credit length',
    ),
    dumped(
      'release',
      'id gid name artist_credit release_group status packaging language script barcode comment edits_pending quality last_updated',
      'id gid:text name:text artist_credit release_group language barcode:text',
    ),
    dumped(
      'release_country',
      'release country date_year date_month date_day',
      'release date_year date_month date_day',
    ),
    dumped(
      'release_unknown_country',
      'release date_year date_month date_day',
      'release date_year date_month date_day',
    ),
    dumped(
      'release_group',
      'id gid name artist_credit type comment edits_pending last_updated',
      'id type',
    ),
    dumped(
      'release_group_primary_type',
      'id name parent child_order description gid',
      'id name:text',
    ),
    dumped('release_label', 'id release label catalog_number last_updated', 'id release label'),
    dumped(
      'track',
      'id gid recording medium position number name artist_credit length edits_pending last_updated is_data_track',
      'id gid:text recording medium position name:text artist_credit length is_data_track:text',
    ),
    dumped('genre', 'id gid name comment edits_pending last_updated', 'name:text'),
    dumped('url', 'id gid url edits_pending last_updated', 'id url:text'),
    dumped(
      'link',
      `id link_type ${DATES} attribute_count created ended`,
      'id link_type ended:text',
    ),
    dumped(
      'link_type',
      'id parent child_order gid entity_type0 entity_type1 name description link_phrase reverse_link_phrase long_link_phrase last_updated is_deprecated has_dates entity0_cardinality entity1_cardinality',
      'id name:text',
    ),
    dumped('l_artist_url', LINK, 'link entity0 entity1'),
    dumped('l_recording_url', LINK, 'link entity0 entity1'),
    dumped('l_release_url', LINK, 'link entity0 entity1'),
    redirects('artist'),
    redirects('recording'),
    redirects('release'),
    redirects('track'),
    tagged(dumped('tag', 'id name ref_count', 'id name:text')),
    tagged(dumped('artist_tag', 'artist tag count last_updated', 'artist tag count:text')),
    tagged(dumped('recording_tag', 'recording tag count last_updated', 'recording tag count:text')),
  ],
  queries: MUSICBRAINZ_QUERIES,
};
