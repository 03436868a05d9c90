/**
 * A good copy of a member put back into its volume, where the volume's file has rotted. The volume stays what it is:
 * the same bytes under the same name. Killed at any point, a next call goes on, since right bytes are not written.
 */
import type { Digest } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import type { VolumeMember } from '../model/volume.ts';
import { type Layout, volumePaths } from './layout.ts';
import type { VolumeIdentity } from './leaf-table.ts';
import type { LooseStore } from './loose-store.ts';
import { startCorrecting } from './redact-volume-write.ts';
import type { VolumeReader } from './volume-reader.ts';

/** What of a store mending needs. */
export interface MendDeps {
  readonly disk: Disk;
  readonly layout: Layout;
  readonly loose: LooseStore;
  readonly volumes: VolumeReader;
}

type MemberPlace = VolumeIdentity & Pick<VolumeMember, 'positionBytes' | 'sizeBytes'>;

/** Whether the member at `place` reads true by the leaves of its volume. Cost: one pass over the member. */
export function readsTrue({ volumes }: Pick<MendDeps, 'volumes'>, place: MemberPlace): boolean {
  const { positionBytes: start, sizeBytes } = place;
  try {
    for (const _ of volumes.read(place, { start, end: start + sizeBytes }));
    return true;
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

/**
 * Brings the loose object `digest` into its `place` and returns whether that reads true afterwards. It does not when
 * more than this member is wrong: the leaves of the volume, its whole file, a neighbour in the same 16 KiB.
 */
export function mendMember(deps: MendDeps, digest: Digest, place: MemberPlace): boolean {
  const { disk, layout, loose } = deps;
  const { tar } = volumePaths(layout, place.volume);
  if (disk.stat(tar)?.kind !== 'file') return false;
  const descriptor = disk.openForUpdate(tar);
  try {
    const put = startCorrecting(disk, descriptor);
    let position = place.positionBytes;
    for (const chunk of loose.read(digest)) {
      put(position, chunk);
      position += chunk.length;
    }
    disk.fsync(descriptor);
  } finally {
    disk.close(descriptor);
  }
  return readsTrue(deps, place);
}

function isDamage(error: unknown): boolean {
  return (
    error instanceof FonotecaError &&
    (error.code === 'STORE_OBJECT_DAMAGED' || error.code === 'STORE_OBJECT_MISSING')
  );
}
