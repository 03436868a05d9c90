/** Redirects and links of a snapshot: rows by key, with an index from key to rows. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { startHashIndex } from '../catalogue/hash-index.ts';
import { startRowFile } from '../catalogue/row-file.ts';
import { INDEX_FILES, ROW_FILES } from '../catalogue/snapshot-files.ts';
import { quoted, type Tables } from '../tables/tables.ts';
import type { ChosenImports } from './choose-imports.ts';

/** What writing them works with. */
interface SideTables {
  readonly tables: Tables;
  readonly disk: Disk;
  readonly chosen: ChosenImports;
  readonly work: string;
  readonly set: string;
}

/** Writes both. Redirects are those that `prepare` resolved; a link of an old id is one of the new id. */
export async function writeSideTables(side: SideTables): Promise<void> {
  const redirects = `read_parquet(${quoted(path.join(side.work, 'redirects.parquet'))})`;
  await writeKeyed(side, 'redirects', `SELECT from_id, to_id FROM ${redirects} ORDER BY from_id`);
  const files = side.chosen.imports.flatMap(({ directory, record }) =>
    record.shards
      .filter(({ table }) => table === 'links')
      .map(({ file }) => `SELECT id, kind, url FROM ${quoted(path.join(directory, file))}`),
  );
  const links =
    files.length === 0
      ? `SELECT '' AS id, '' AS kind, '' AS url WHERE false`
      : files.join(' UNION ALL ');
  await writeKeyed(
    side,
    'links',
    `SELECT DISTINCT coalesce(to_id, l.id) AS id, kind, url FROM (${links}) l LEFT JOIN ${redirects} ON from_id = l.id ORDER BY ALL`,
  );
}

async function writeKeyed(
  { tables, disk, work, set }: SideTables,
  name: 'redirects' | 'links',
  sql: string,
): Promise<void> {
  const [counted] = await tables.rows(`SELECT count(*) FROM (${sql})`);
  const temporary = path.join(work, `side-${name}`);
  disk.unlink(`${temporary}.rows`);
  const rows = startRowFile(disk, `${temporary}.rows`, name);
  const index = startHashIndex(disk, temporary, Number(counted![0]));
  try {
    for await (const chunk of tables.lines(sql))
      for (const line of chunk.toString('utf8').trimEnd().split('\n')) {
        const values = JSON.parse(line) as [string];
        index.add(values[0], rows.rows);
        rows.add(values);
      }
    rows.finish(path.join(set, ROW_FILES[name]));
    index.finish(path.join(set, INDEX_FILES[name]));
  } catch (error) {
    rows.abort();
    index.abort();
    throw error;
  }
}
