/**
 * What `buildSnapshot` (build-snapshot.ts) is asked, given and answers:
 * `buildSnapshot(request: BuildRequest, deps: BuildDeps): Promise<BuildReport>`.
 */
import type { Disk } from '../base/disk.ts';
import type { Watch } from '../base/progress.ts';
import type { Manifest } from '../catalogue/manifest.ts';

/** What a snapshot is to be built from and how. */
export interface BuildRequest {
  /** Ids of imports, or undefined for the newest of each source. */
  readonly imports?: readonly string[] | undefined;
  /** The origin that popularity is taken from; needed where imports bring several, which are never mixed. */
  readonly popularity?: string | undefined;
  /** Lets each shard of the imports go once it is taken, for machines short of disk; the imports must then be made anew. */
  readonly consume?: boolean | undefined;
  /** Builds also what is there already, and puts it in its place: the way back from a damaged snapshot. */
  readonly again?: boolean | undefined;
  /** What the build may keep in memory in DuckDB, 4 GB when undefined; the process needs about 2 GB beside it. */
  readonly memoryBytes?: number | undefined;
  /** Rows sorted at a time, 1.5 million when undefined: a kilobyte of memory each. Does not change the snapshot. */
  readonly rangeRows?: number | undefined;
  /** Rows that one process of DuckDB sorts out, 48 million when undefined. Does not change the snapshot. */
  readonly processRows?: number | undefined;
}

/** What a build works with. */
export interface BuildDeps {
  readonly disk: Disk;
  /** The folder `catalogue/` of the archive. */
  readonly catalogue: string;
  readonly watch: Watch;
  readonly threads: number;
}

/** How a build ended. */
export interface BuildReport {
  /** Null when it was stopped: the same call goes on where it was. */
  readonly manifest: Manifest | null;
  /** `catalogue/snapshots/<id>`. */
  readonly directory: string;
  /** False when the snapshot of these imports was there already. */
  readonly fresh: boolean;
}
