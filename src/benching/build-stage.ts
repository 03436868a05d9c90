/** The build of a snapshot, as `catalogue build` makes it. */
import { realDisk } from '../base/disk.ts';
import { buildSnapshot } from '../snapshots/build-snapshot.ts';
import type { BuildJob, BuildOutcome } from './stage-job.ts';
import { stageWatch } from './stage-watch.ts';

/** What came of the build. The errors of `buildSnapshot`. */
export async function build(job: BuildJob & { readonly tells?: boolean }): Promise<BuildOutcome> {
  const { catalogue, imports, threads, keepsImports, rangeRows } = job;
  const { manifest, directory } = await buildSnapshot(
    { imports, consume: !keepsImports, rangeRows },
    { disk: realDisk, catalogue, watch: stageWatch(job.tells), threads },
  );
  return { directory, ...manifest!.rows };
}
