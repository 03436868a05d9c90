/** Makes the catalogue shard by shard, imports each and lets its files go; goes on behind the shards that are done. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { ensureDirectory, removeTree } from '../base/durable.ts';
import type { Progress } from '../base/progress.ts';
import { IMPORT_RECORD, importsDirectory } from '../catalogue/imports.ts';
import { generatedMapping } from '../generating/generated-columns.ts';
import { writeParquetShard } from '../generating/parquet-shard.ts';
import { type Shard, writeShard } from '../generating/write-shard.ts';
import type { BenchState } from './bench-state.ts';
import { runStage, type StageDeps } from './run-stage.ts';

/** Where the generated files lie for the time of their import. */
interface ShardFolders {
  readonly input: string;
  readonly catalogue: string;
}

/**
 * Imports under the name `source` the shards that `state` does not have yet; `save` is called when one more is done. A shard
 * whose import was cut short is imported anew, from its beginning, since half an import has no time.
 */
export async function importShards(
  state: BenchState,
  source: string,
  { input, catalogue }: ShardFolders,
  deps: StageDeps & { readonly save: () => void; readonly progress: Progress },
): Promise<void> {
  const { disk, clock, progress, save } = deps;
  removeTree(disk, input);
  ensureDirectory(disk, input);
  dropUnfinished(state, catalogue, deps);
  for (const shard of shardsOf(state).slice(state.imported.length)) {
    progress({
      stage: 'generating and importing',
      doneItems: shard.from,
      totalItems: state.rows,
    });
    const startMs = clock.elapsedMs();
    const write = state.inputFormat === 'parquet' ? writeParquetShard : writeShard;
    const files = await write(disk, input, state, shard);
    state.input.wallMs += clock.elapsedMs() - startMs;
    state.input.sizeBytes += files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const { outcome, usage } = await runStage(
      {
        kind: 'import',
        catalogue,
        mapping: generatedMapping(source, state.inputFormat),
        paths: files.map((file) => file.path),
        dumpDate: `2026-01-${String(state.revision).padStart(2, '0')}`,
      },
      { ...deps, progress: undefined },
    );
    assert.equal(outcome.refused, 0, 'a generated row that cannot be read');
    state.imported.push({ id: outcome.id, usage });
    save();
    for (const file of files) disk.unlink(file.path);
  }
}

/** What lies there of an import that `state` does not know; the record goes first, so that none is whole that lacks files. */
function dropUnfinished(state: BenchState, catalogue: string, { disk }: StageDeps): void {
  const root = importsDirectory(catalogue);
  const done = new Set(state.imported.map(({ id }) => id));
  for (const name of disk.list(root)) {
    if (done.has(name)) continue;
    disk.unlink(path.join(root, name, IMPORT_RECORD));
    removeTree(disk, path.join(root, name));
  }
}

function shardsOf({ rows, shardTracks }: BenchState): Shard[] {
  return Array.from({ length: Math.ceil(rows / shardTracks) }, (_, number) => ({
    number,
    from: number * shardTracks,
    to: Math.min(rows, (number + 1) * shardTracks),
  }));
}
