/** The ledger's questions about volumes: what they are, what they were, and what lies in them. */
import type { SQLInputValue } from 'node:sqlite';
import type { Digest } from '../base/digest.ts';
import { type Volume, volumeSchema } from '../model/volume.ts';
import type { MemberPlace, SupersededIdentity } from './ledger.ts';

type Row = Record<string, unknown>;

/** Prepared statements over an open ledger. */
interface Reader {
  readonly all: (sql: string, ...values: SQLInputValue[]) => Row[];
  readonly get: (sql: string, ...values: SQLInputValue[]) => Row | undefined;
}

const IDENTITIES = `SELECT infohash_v1 AS infohashV1, infohash_v2 AS infohashV2, edition
  FROM volume_identity WHERE volume = ? ORDER BY since`;

/** Fewer tombstones than members, so the look-up starts from them. */
const CHANGED = `SELECT volume AS name FROM volume_identity AS now WHERE edition IS NULL
  AND since = (SELECT max(since) FROM volume_identity WHERE volume = now.volume)
  AND EXISTS (SELECT 1 FROM volume_identity WHERE volume = now.volume AND edition IS NOT NULL)`;
const UNREDACTED = `SELECT body FROM volume WHERE name IN (
  SELECT member.volume FROM tombstone JOIN volume_member AS member ON member.digest = tombstone.digest
  WHERE tombstone.seq > (SELECT max(since) FROM volume_identity WHERE volume = member.volume)) ORDER BY seq`;

/** The questions, over `reader`. */
export function volumeQueries({ all, get }: Reader) {
  return {
    volume: async (name: string) => {
      const row = get('SELECT body FROM volume WHERE name = ?', name);
      return row && volumeRow(row);
    },
    volumes: async () => all('SELECT body FROM volume ORDER BY seq').map(volumeRow),
    unsettledVolumes: async () =>
      all('SELECT body FROM volume WHERE settled = 0 ORDER BY seq').map(volumeRow),
    places: async (digest: Digest) =>
      all(
        'SELECT volume, path, digest, size AS sizeBytes, position AS positionBytes FROM volume_member WHERE digest = ? ORDER BY volume, path',
        digest,
      ).map((row) => row as unknown as MemberPlace),
    unredactedVolumes: async () => all(UNREDACTED).map(volumeRow),
    changingVolumes: async () =>
      new Set([...all(UNREDACTED).map(volumeRow), ...all(CHANGED)].map(({ name }) => String(name))),
    superseded: async (volume: string) => supersededRows(all(IDENTITIES, volume)),
  };
}

function volumeRow(row: Row): Volume {
  return volumeSchema.parse(JSON.parse(String(row.body)));
}

/** What a volume was, one row a change: records of the same bytes one after the other are one, and the last is what it is. */
function supersededRows(rows: readonly Row[]): SupersededIdentity[] {
  const periods: SupersededIdentity[] = [];
  for (const row of rows as unknown as SupersededIdentity[]) {
    const last = periods.at(-1);
    if (last?.infohashV2 !== row.infohashV2) periods.push({ ...row });
    else periods[periods.length - 1] = { ...row, edition: row.edition ?? last.edition };
  }
  return periods.slice(0, -1);
}
