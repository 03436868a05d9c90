/** The ledger's questions about matches with the catalogue and about ids that mean one thing. */
import type { SQLInputValue } from 'node:sqlite';
import { type IdsMerge, type TrackMatch, trackMatchedSchema } from '../model/match.ts';
import type { Page, TrackRow } from './ledger.ts';

type Row = Record<string, unknown>;

/** Prepared statements over an open ledger. */
interface Reader {
  readonly all: (sql: string, ...values: SQLInputValue[]) => Row[];
  readonly get: (sql: string, ...values: SQLInputValue[]) => Row | undefined;
}

const IS_WITHDRAWN = `(EXISTS (SELECT 1 FROM holding WHERE track_id = %) AND NOT EXISTS (SELECT 1 FROM holding
  WHERE track_id = % AND digest NOT IN (SELECT digest FROM withdrawn)))`;
const isWithdrawn = (column: string) => IS_WITHDRAWN.replaceAll('%', column);
const DARK_TRACKS = `SELECT track_id FROM holding
  WHERE track_id IS NOT NULL AND digest NOT IN (SELECT digest FROM withdrawn)
  GROUP BY track_id HAVING min(json_extract(body, '$.rights.dark')) = 1`;
const MERGE = 'SELECT from_id, to_id, reason FROM catalogue_merge';
const WAS_MATCHED = `EXISTS (SELECT 1 FROM history AS past WHERE past.subject = % AND past.seq <= ? AND past.kind = 'track-matched')`;
const wasMatched = (subject: string) => WAS_MATCHED.replace('%', subject);
/** Of the facts behind a place, those that do other than add rows of the catalogue to what is held. */
const OTHER_CHANGES = `SELECT 1 FROM history AS now WHERE now.seq > ? AND (
  now.kind IN ('track-unmatched', 'withdrawn', 'restored', 'rights-recorded', 'ids-merged', 'ids-parted')
  OR (now.kind = 'track-matched' AND ${wasMatched('now.subject')})
  OR (now.kind = 'holding-added' AND ${wasMatched(`json_extract(now.fact, '$.holding.trackId')`)})) LIMIT 1`;
const MATCHED_SINCE = `SELECT fact AS body FROM history WHERE seq > ? AND kind = 'track-matched' ORDER BY seq`;
/** An id, and those that a person said to mean it. */
const MEANING = `WITH RECURSIVE meaning (id) AS (
  SELECT ? UNION SELECT from_id FROM catalogue_merge JOIN meaning ON to_id = meaning.id)`;

/** The questions, over `reader`; rows and SQL of tracks are those of queries.ts. */
export function matchQueries(
  { all, get }: Reader,
  tracks: {
    readonly pageOf: (page: Page) => [string, number];
    readonly trackRow: (row: Row) => TrackRow;
    readonly trackSql: string;
  },
) {
  return {
    matchOf: async (trackId: string) => {
      const row = get('SELECT body FROM catalogue_match WHERE track_id = ?', trackId);
      return row && matchRow(row);
    },
    matchesWith: async (catalogueId: string) =>
      all(
        `${MEANING} SELECT body FROM catalogue_match WHERE catalogue_id IN meaning
          AND NOT ${isWithdrawn('catalogue_match.track_id')} ORDER BY track_id`,
        catalogueId,
      ).map(matchRow),
    matches: async (page: Page) =>
      all(
        `SELECT body FROM catalogue_match WHERE track_id > ? AND NOT ${isWithdrawn('catalogue_match.track_id')} ORDER BY track_id LIMIT ?`,
        ...tracks.pageOf(page),
      ).map(matchRow),
    unmatchedFrom: async (trackId: string) =>
      new Set(
        all('SELECT catalogue_id FROM catalogue_unmatched WHERE track_id = ?', trackId).map((row) =>
          String(row.catalogue_id),
        ),
      ),
    darkTracks: async () => new Set(all(DARK_TRACKS).map((row) => String(row.track_id))),
    tracksWithoutMatch: async (page: Page) =>
      all(
        `${tracks.trackSql} WHERE id > ? AND NOT EXISTS (SELECT 1 FROM catalogue_match WHERE track_id = track.id)
          AND NOT ${isWithdrawn('track.id')} ORDER BY id LIMIT ?`,
        ...tracks.pageOf(page),
      ).map(tracks.trackRow),
    matchedSince: async (seq: number) =>
      get(OTHER_CHANGES, seq, seq, seq) ? undefined : all(MATCHED_SINCE, seq).map(matchRow),
    mergeOf: async (id: string) => {
      const row = get(`${MERGE} WHERE from_id = ?`, id);
      return row && mergeRow(row);
    },
    mergedInto: async (id: string) =>
      all(`${MERGE} WHERE to_id = ? ORDER BY from_id`, id).map(mergeRow),
  };
}

function matchRow(row: Row): TrackMatch {
  return trackMatchedSchema.parse(JSON.parse(String(row.body)));
}

function mergeRow(row: Row): IdsMerge {
  return {
    kind: 'ids-merged',
    from: String(row.from_id),
    to: String(row.to_id),
    reason: String(row.reason),
  };
}
