/**
 * Following as the command line calls it: opens the doors, the follower's folder and its lock. Here machine and settings
 * meet the stage.
 */
import path from 'node:path';
import type { World } from './archive.ts';
import { takeArchiveLock } from './archive-lock.ts';
import { ensureDirectory } from './base/durable.ts';
import { FonotecaError } from './base/errors.ts';
import { openOutbound } from './base/outbound.ts';
import type { Watch } from './base/progress.ts';
import { parsePublicKey, publicKeyBase64 } from './formats/minisign.ts';
import { checkVolumes, type VolumeOptions, type VolumesReport } from './mirroring/check-volumes.ts';
import { type FollowDeps, type FollowReport, follow } from './mirroring/follow.ts';
import { claimedArchive, pointedEdition } from './mirroring/follow-once.ts';
import { parseLogHead } from './mirroring/follow-state.ts';
import { isInnerAddress } from './mirroring/inner-address.ts';
import { remoteTree } from './mirroring/remote-tree.ts';
import { requireOwnFolder } from './mirroring/staging.ts';

/** What a person may wish of following. */
export interface FollowWishes {
  readonly address: string;
  /** The text of a public key. */
  readonly publicKey?: string | undefined;
  /** A head kept by hand, `SIZE:ROOT`. */
  readonly since?: string | undefined;
  /** The follower's folder; one below the machine's folder of states when absent. */
  readonly directory?: string | undefined;
}

/** An archive that is followed. Letting go of it frees its folder for the next command. */
export interface Following extends Disposable {
  readonly directory: string;
  readonly report: FollowReport;
  /** Fetches and reads volumes of the newest edition; `names` undefined means all. */
  checkVolumes(
    options: Pick<VolumeOptions, 'names' | 'keep' | 'depth'>,
    watch: Watch,
  ): Promise<VolumesReport>;
}

/** Follows the archive at `wishes.address`. Throws what is wrong with the address, with its own code; nothing good is lost. */
export async function runFollow(
  wishes: FollowWishes,
  world: World,
  stateHome: string,
  watch: Watch,
): Promise<Following> {
  const typed = openOutbound({ allow: 'typed' });
  const found = isInnerAddress(wishes.address) ? typed : openOutbound({ allow: 'public' });
  const deps: FollowDeps = { disk: world.disk, clock: world.clock, typed, found, watch };
  const { address } = wishes;
  // The default folder is named by what the address says it is; what is fetched must then be signed as that one.
  const archiveId = wishes.directory === undefined ? await askArchive(address, deps) : undefined;
  const directory = path.resolve(wishes.directory ?? path.join(stateHome, 'fonoteca', archiveId!));
  const publicKey =
    wishes.publicKey === undefined ? undefined : publicKeyBase64(parsePublicKey(wishes.publicKey));
  const since = wishes.since === undefined ? undefined : parseLogHead(wishes.since);
  requireOwnFolder(world.disk, directory);
  ensureDirectory(world.disk, directory);
  const release = takeArchiveLock(path.join(directory, 'lock'));
  try {
    const report = await follow({ directory, address, publicKey, archiveId, since }, deps);
    return {
      directory,
      report,
      checkVolumes: (options, volumeWatch) =>
        checkVolumes({ directory, address, ...options }, report, { ...deps, watch: volumeWatch }),
      [Symbol.dispose]: release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** The id of the archive that the address says it has. */
async function askArchive(
  address: string,
  { typed, watch: { stop } }: FollowDeps,
): Promise<string> {
  const remote = remoteTree(address, { door: typed, stop });
  const id = await claimedArchive(remote, await pointedEdition(remote));
  if (id !== undefined) return id;
  throw new FonotecaError('VERIFY_NOTHING', `no archive at ${address}`);
}
