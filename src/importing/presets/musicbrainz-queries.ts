/** How rows of MusicBrainz's tables are put together: the queries of the preset `musicbrainz-core`. */
import type { Query } from '../preset.ts';

/** Artists of a credit in their order. */
const CREDITS = `credits AS (
  SELECT n.artist_credit, list(a.gid ORDER BY n.position, a.id) AS artists
  FROM artist_credit_name n JOIN artist a ON a.id = n.artist GROUP BY n.artist_credit)`;
/** The earliest date of a release; a month or day that is not known is 00. */
const DATED = `dated AS (
  SELECT release, min(printf('%04d-%02d-%02d', date_year, coalesce(date_month, 0), coalesce(date_day, 0))) AS date
  FROM (SELECT * FROM release_country UNION ALL SELECT * FROM release_unknown_country)
  WHERE date_year IS NOT NULL GROUP BY release)`;
const LABELLED = `labelled AS (
  SELECT rl.release, arg_min(l.name, rl.id) AS label
  FROM release_label rl JOIN label l ON l.id = rl.label GROUP BY rl.release)`;
const RECORDING_CODES = `codes AS (
  SELECT recording, list(DISTINCT isrc ORDER BY isrc) AS isrcs FROM isrc GROUP BY recording)`;
/** Tags that are names of genres and that more people hold for right than for wrong, most agreed upon first. */
const genres = (entity: string) => `genres AS (
  SELECT et.${entity}, list(t.name ORDER BY et.count::BIGINT DESC, t.name) AS genres
  FROM ${entity}_tag et JOIN tag t ON t.id = et.tag SEMI JOIN genre g ON g.name = t.name
  WHERE et.count::BIGINT > 0 GROUP BY et.${entity})`;
const licences = (entity: string) => `${entity}_licences AS (
  SELECT lu.entity0 AS ${entity}, min(u.url) AS licence
  FROM l_${entity}_url lu JOIN link k ON k.id = lu.link JOIN link_type lt ON lt.id = k.link_type
  JOIN url u ON u.id = lu.entity1
  WHERE lt.name = 'license' AND k.ended <> 't' GROUP BY lu.entity0)`;
const KIND = `CASE lt.name WHEN 'license' THEN 'licence' WHEN 'purchase for download' THEN 'purchase'
  WHEN 'purchase for mail-order' THEN 'purchase' WHEN 'patronage' THEN 'patronage'
  WHEN 'crowdfunding' THEN 'patronage' WHEN 'official homepage' THEN 'homepage'
  WHEN 'download for free' THEN 'audio' END`;
const linksOf = (entity: string) => `
  SELECT DISTINCT e.gid AS id, ${KIND} AS kind, u.url
  FROM l_${entity}_url lu JOIN link k ON k.id = lu.link JOIN link_type lt ON lt.id = k.link_type
  JOIN url u ON u.id = lu.entity1 JOIN ${entity} e ON e.id = lu.entity0
  WHERE k.ended <> 't' AND ${KIND} IS NOT NULL`;
const redirectsOf = (entity: string) => `
  SELECT x.gid AS "from", e.gid AS "to" FROM ${entity}_gid_redirect x JOIN ${entity} e ON e.id = x.new_id`;

/** The queries of `musicbrainz-core`, in the order they are run. */
export const MUSICBRAINZ_QUERIES: readonly Query[] = [
  {
    kind: 'tracks-of-releases',
    sql: `WITH ${[CREDITS, DATED, LABELLED, RECORDING_CODES, genres('recording'), licences('recording'), licences('release')].join(', ')}
      SELECT t.gid AS id, r.gid AS recording, t.name AS title, ac.name AS artist, c.artists,
             e.gid AS release, e.name AS album, m.position AS disc, t.position AS track,
             coalesce(t.length, r.length) AS length, i.isrcs, d.date, b.label, g.genres,
             coalesce(rl.licence, el.licence) AS licence
      FROM track t JOIN recording r ON r.id = t.recording JOIN medium m ON m.id = t.medium
      JOIN release e ON e.id = m.release JOIN artist_credit ac ON ac.id = t.artist_credit
      LEFT JOIN credits c ON c.artist_credit = t.artist_credit LEFT JOIN codes i ON i.recording = r.id
      LEFT JOIN dated d ON d.release = e.id LEFT JOIN labelled b ON b.release = e.id
      LEFT JOIN genres g ON g.recording = r.id
      LEFT JOIN recording_licences rl ON rl.recording = r.id
      LEFT JOIN release_licences el ON el.release = e.id
      WHERE t.is_data_track <> 't' ORDER BY t.id`,
    rows: [
      {
        table: 'tracks',
        unique: true,
        columns: {
          id: 'id',
          recording_id: 'recording',
          title: 'title',
          artist: 'artist',
          artist_ids: 'artists',
          album_id: 'release',
          album: 'album',
          disc_number: 'disc',
          track_number: 'track',
          duration_ms: 'length',
          isrcs: 'isrcs',
          release_date: 'date',
          label: 'label',
          genres: 'genres',
          licence: 'licence',
        },
      },
    ],
  },
  {
    kind: 'recordings-alone',
    sql: `WITH ${[CREDITS, RECORDING_CODES, genres('recording'), licences('recording')].join(', ')}
      SELECT r.gid AS id, r.name AS title, ac.name AS artist, c.artists, r.length, i.isrcs, g.genres, rl.licence
      FROM recording r JOIN artist_credit ac ON ac.id = r.artist_credit
      ANTI JOIN track t ON t.recording = r.id
      LEFT JOIN credits c ON c.artist_credit = r.artist_credit LEFT JOIN codes i ON i.recording = r.id
      LEFT JOIN genres g ON g.recording = r.id LEFT JOIN recording_licences rl ON rl.recording = r.id
      ORDER BY r.id`,
    rows: [
      {
        table: 'tracks',
        unique: true,
        columns: {
          id: 'id',
          recording_id: 'id',
          title: 'title',
          artist: 'artist',
          artist_ids: 'artists',
          duration_ms: 'length',
          isrcs: 'isrcs',
          genres: 'genres',
          licence: 'licence',
        },
      },
    ],
  },
  {
    kind: 'releases',
    sql: `WITH ${[CREDITS, DATED, LABELLED].join(', ')}, sized AS (
        SELECT release, sum(track_count)::BIGINT AS tracks FROM medium GROUP BY release)
      SELECT e.gid AS id, e.name AS title, ac.name AS artist, c.artists, e.barcode, d.date,
             lower(p.name) AS type, b.label, s.tracks, g.iso_code_3 AS language
      FROM release e JOIN artist_credit ac ON ac.id = e.artist_credit
      LEFT JOIN credits c ON c.artist_credit = e.artist_credit
      LEFT JOIN release_group rg ON rg.id = e.release_group
      LEFT JOIN release_group_primary_type p ON p.id = rg.type
      LEFT JOIN dated d ON d.release = e.id LEFT JOIN labelled b ON b.release = e.id
      LEFT JOIN sized s ON s.release = e.id LEFT JOIN language g ON g.id = e.language
      ORDER BY e.id`,
    rows: [
      {
        table: 'albums',
        unique: true,
        columns: {
          id: 'id',
          title: 'title',
          artist: 'artist',
          artist_ids: 'artists',
          upc: 'barcode',
          release_date: 'date',
          type: 'type',
          label: 'label',
          track_count: 'tracks',
          language: 'language',
        },
      },
    ],
  },
  {
    kind: 'artists',
    sql: `WITH ${genres('artist')}, places AS (SELECT area, min(code) AS code FROM iso_3166_1 GROUP BY area)
      SELECT a.gid AS id, a.name, a.sort_name, g.genres, p.code AS place
      FROM artist a LEFT JOIN genres g ON g.artist = a.id LEFT JOIN places p ON p.area = a.area ORDER BY a.id`,
    rows: [
      {
        table: 'artists',
        unique: true,
        columns: {
          id: 'id',
          name: 'name',
          sort_name: 'sort_name',
          genres: 'genres',
          place: 'place',
        },
      },
    ],
  },
  {
    kind: 'links',
    sql: `SELECT * FROM (${['artist', 'recording', 'release'].map(linksOf).join(' UNION ALL ')}) ORDER BY id, kind, url`,
    rows: [
      {
        table: 'links',
        unique: true,
        columns: { id: { from: 'id', as: 'id' }, kind: 'kind', url: 'url' },
      },
    ],
  },
  {
    kind: 'redirects',
    sql: `SELECT * FROM (${['artist', 'recording', 'release', 'track'].map(redirectsOf).join(' UNION ALL ')}) ORDER BY "from", "to"`,
    rows: [{ table: 'redirects', unique: true, columns: { from: 'from', to: 'to' } }],
  },
];
