/** A shard of the generated catalogue as Parquet: what its lines say, a column for each of theirs. */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { openTables } from '../tables/open-tables.ts';
import { parquetCopy, quoted } from '../tables/tables.ts';
import {
  GENERATED_COLUMNS,
  GENERATED_KINDS,
  type GeneratedCatalogue,
  type GeneratedKind,
} from './generated-columns.ts';
import { type Shard, type ShardFile, writeShard } from './write-shard.ts';

const MEMORY_BYTES = 2 ** 30;
const THREADS = 2;
const SQL_TYPES = {
  id: 'VARCHAR',
  ids: 'VARCHAR[]',
  text: 'VARCHAR',
  list: 'VARCHAR[]',
  words: 'VARCHAR',
  count: 'BIGINT',
  number: 'DOUBLE',
  date: 'VARCHAR',
  flag: 'BOOLEAN',
} as const;

/** The Parquet files of `shard` in `directory`, for each of which its lines lie there for a while. `TABLES_SQL`. */
export async function writeParquetShard(
  disk: Disk,
  directory: string,
  catalogue: GeneratedCatalogue,
  shard: Shard,
): Promise<ShardFile[]> {
  const lines = await writeShard(disk, directory, catalogue, shard);
  await using tables = await openTables({
    ...{ work: directory, folders: [directory] },
    ...{ memoryBytes: MEMORY_BYTES, threads: THREADS },
  });
  const files: ShardFile[] = [];
  for (const [at, kind] of GENERATED_KINDS.entries()) {
    const from = lines[at]!.path;
    const to = path.join(directory, `${path.basename(from, '.jsonl.gz')}.parquet`);
    disk.unlink(to);
    await tables.run(parquetCopy(`SELECT * FROM ${linesOf(kind, from)}`, to));
    disk.unlink(from);
    files.push({ path: to, sizeBytes: disk.stat(to)!.sizeBytes });
  }
  return files;
}

function linesOf(kind: GeneratedKind, file: string): string {
  const columns = GENERATED_COLUMNS[kind].map(
    ({ column, kind: written }) => `${quoted(column)}: ${quoted(SQL_TYPES[written])}`,
  );
  return `read_json(${quoted(file)}, format = 'newline_delimited', compression = 'gzip', columns = {${columns.join(', ')}})`;
}
