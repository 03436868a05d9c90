/** The import of one shard, as `catalogue import table` makes it. */
import { systemClock, systemRandom } from '../base/clock.ts';
import { realDisk } from '../base/disk.ts';
import { parseMapping } from '../importing/mapping-file.ts';
import { runImport } from '../importing/run-import.ts';
import type { ImportJob, ImportOutcome } from './stage-job.ts';
import { stageWatch } from './stage-watch.ts';

/** What came of the import. The errors of `runImport`. */
export async function importShard(
  job: ImportJob & { readonly tells?: boolean },
): Promise<ImportOutcome> {
  const { catalogue, paths, dumpDate, pieceRows } = job;
  const preset = parseMapping(JSON.stringify(job.mapping), 'the mapping of generated files');
  const { record, directory } = await runImport(
    { preset, paths, dumpDate },
    {
      ...{ disk: realDisk, clock: systemClock, random: systemRandom },
      ...{ catalogue, pieceRows, watch: stageWatch(job.tells) },
    },
  );
  const tables = Object.values(record!.tables);
  return {
    id: record!.id,
    directory,
    kept: tables.reduce((sum, { kept }) => sum + kept, 0),
    refused: tables.reduce((sum, { refused }) => sum + refused, 0),
  };
}
