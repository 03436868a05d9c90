/** The build of a snapshot, as `catalogue build` makes it. */
import { realDisk } from '../base/disk.ts';
import { unwatched } from '../base/progress.ts';
import { buildSnapshot } from '../snapshots/build-snapshot.ts';
import type { BuildJob, BuildOutcome } from './stage-job.ts';

/** What came of the build. The errors of `buildSnapshot`. */
export async function build(job: BuildJob): Promise<BuildOutcome> {
  const { catalogue, imports, threads, keepsImports } = job;
  const { manifest, directory } = await buildSnapshot(
    { imports, consume: !keepsImports },
    { disk: realDisk, catalogue, watch: unwatched, threads },
  );
  return { directory, ...manifest!.rows };
}
