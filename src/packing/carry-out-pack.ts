/**
 * Carries out a pack plan, volume by volume: write → read back → record → let the loose copies go. Killed anywhere,
 * the next run finds either an unknown volume file (removed), or a recorded volume whose loose copies are still
 * there (let go). At rest each byte is kept once.
 */
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { parseVolumeHead } from '../formats/volume-head.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Volume } from '../model/volume.ts';
import type { Store } from '../store/store.ts';
import type { PackPlan } from './plan-pack.ts';
import { writeVolume } from './write-volume.ts';

/** What packing works with. */
export interface PackDeps {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly disk: Disk;
  /** Threads that may hash, the caller's own counted; 1 when nothing is said. */
  readonly workers?: number;
}

/** What was packed. */
export interface PackReport {
  readonly volumes: readonly Volume[];
  readonly bytes: number;
  readonly interrupted: boolean;
}

/** Packs the volumes of `plan` in order. Each is whole and recorded before the next begins; a stop is heeded between them. */
export async function carryOutPack(
  plan: PackPlan,
  deps: PackDeps,
  watch: Watch,
): Promise<PackReport> {
  const totalBytes = plan.volumes.reduce((sum, volume) => sum + volume.totalBytes, 0);
  const packed: Volume[] = [];
  let doneBytes = 0;
  for (const volumePlan of plan.volumes) {
    if (watch.stop.aborted) break;
    const tell = (bytes: number) => {
      doneBytes += bytes;
      watch.progress({
        stage: 'pack',
        doneItems: packed.length,
        totalItems: plan.volumes.length,
        doneBytes,
        totalBytes,
        item: volumePlan.name,
      });
    };
    const leavesRootOf = (digest: Digest) => recordedRoot(deps.ledger, digest);
    const volume = await writeVolume(volumePlan, { ...deps, leavesRootOf }, { onBytes: tell });
    await deps.ledger.commit([{ kind: 'volume-packed', volume }]);
    await settle(volume, deps);
    packed.push(volume);
  }
  return { volumes: packed, bytes: doneBytes, interrupted: packed.length < plan.volumes.length };
}

async function recordedRoot(ledger: Ledger, digest: Digest): Promise<Digest | undefined> {
  const held = (await ledger.holding(digest)) ?? (await ledger.derivative(digest));
  return held?.leavesRoot;
}

/** Finishes what a killed run left: removes volume files no fact knows, settles recorded volumes. Returns what it did. */
export async function recoverPacking(
  deps: PackDeps,
): Promise<{ removedFiles: string[]; settled: string[] }> {
  const removedFiles = await removeUnrecorded(deps);
  const unsettled = await deps.ledger.unsettledVolumes();
  for (const volume of unsettled) await settle(volume, deps);
  return { removedFiles, settled: unsettled.map(({ name }) => name) };
}

/**
 * A volume file that no fact knows is either what a killed run wrote, whose members still lie loose, or the other
 * half of an older backup of the ledger. Only the first may go, and before anything goes all are looked at: the leaves
 * and the torrent of a volume go with it or not at all.
 */
async function removeUnrecorded({ disk, ledger, store }: PackDeps): Promise<string[]> {
  const { volumes } = store.layout;
  const unrecorded: string[] = [];
  for (const file of disk.list(volumes)) {
    const name = file.replace(/\.(?:tar|torrent|leaves|index)(?:\.next)?(?:\.tmp)?$/, '');
    if (!file.endsWith('.tmp') && (await ledger.volume(name)) !== undefined) continue;
    if (file.endsWith('.tar') && !isSpare(path.join(volumes, file), disk, store)) {
      throw new FonotecaError('STORE_VOLUME_UNKNOWN', file);
    }
    unrecorded.push(file);
  }
  for (const file of unrecorded) disk.unlink(path.join(volumes, file));
  if (unrecorded.length > 0) disk.syncDirectory(volumes);
  return unrecorded;
}

/** Whether every member of the volume `file` also lies loose, so that nothing goes with the file. */
function isSpare(file: string, disk: Disk, store: Store): boolean {
  const descriptor = disk.openForReading(file);
  try {
    const read = (position: number, length: number) => {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, disk.read(descriptor, buffer, position));
    };
    return parseVolumeHead(read).entries.every(
      ({ line }) => store.loose.sizeOf(line.digest) === line.length,
    );
  } catch (error) {
    if (error instanceof FonotecaError) return false;
    throw error;
  } finally {
    disk.close(descriptor);
  }
}

/** The volume was read back before it was recorded, so its members' loose copies are spare now. */
async function settle(volume: Volume, { ledger, store }: PackDeps): Promise<void> {
  for (const { digest } of volume.members) {
    if (store.loose.sizeOf(digest) !== undefined) store.loose.remove(digest);
  }
  await ledger.commit([{ kind: 'volume-settled', name: volume.name }]);
}
