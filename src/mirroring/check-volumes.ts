/**
 * Fetches the volumes of the newest edition one at a time and reads each in full. Input: a followed archive. Output: a
 * report; the bytes are kept only where that is wished. A run that was stopped, or found something wrong, goes on where
 * it stopped.
 */
import path from 'node:path';
import type { Disk } from '../base/disk.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import { VOLUME_NAME } from '../model/volume.ts';
import { startFindings } from '../verifier/codes.ts';
import { type CheckedEdition, checkEdition } from '../verifier/edition-check.ts';
import type { ListedVolume } from '../verifier/edition-shape.ts';
import type { Tree } from '../verifier/files.ts';
import { editionNumbers } from '../verifier/tree-listing.ts';
import { checkVolume, filesOf, treeOf } from './check-volume.ts';
import { openCheckedVolumes } from './checked-volumes.ts';
import type { FollowReport } from './follow.ts';
import { type FollowDeps, remoteTrees } from './follow.ts';

/** Which volumes, and what becomes of them. */
export interface VolumeOptions {
  readonly directory: string;
  /** The address that was typed. */
  readonly address: string;
  /** Only these; all when absent. */
  readonly names?: readonly string[] | undefined;
  /** Whether the volumes stay below `volumes/`, so that the folder is a copy of the archive. One that is there stays. */
  readonly keep: boolean;
  /** `bytes`: each byte is proved once, by its leaf; every claim on the bytes when absent. */
  readonly depth?: 'bytes' | undefined;
}

/** What the volumes were found to be. */
export interface VolumesReport {
  readonly volumes: number;
  readonly members: number;
  readonly checkedBytes: number;
  readonly findings: readonly Finding[];
}

/**
 * The report on the volumes of the edition that `followed` proved. A volume that one address cannot give whole is asked
 * of the next. Throws `FOLLOW_VOLUME_UNKNOWN`, `INTERRUPTED`, and what is wrong with this machine's disk.
 */
export async function checkVolumes(
  options: VolumeOptions,
  { state }: Pick<FollowReport, 'state'>,
  deps: FollowDeps,
): Promise<VolumesReport> {
  const { directory, keep, depth } = options;
  const { disk, watch } = deps;
  const edition = newestEdition(directory, state.edition.number);
  const wanted = wantedVolumes(edition, options.names);
  const memory = openCheckedVolumes(disk, directory, { edition: state.edition.sha256, depth });
  const remotes = remoteTrees(options.address, state, deps);
  const findings: Finding[] = [];
  let [volumes, members, checkedBytes, doneBytes] = [0, 0, 0, 0];
  const totalBytes = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const [at, volume] of wanted.entries()) {
    if (watch.stop.aborted) throw new FonotecaError('INTERRUPTED', `before ${volume.name}`);
    // A run that kept nothing may have read it; a copy wants it there.
    const isThere = filesOf(volume, edition).every((file) =>
      disk.stat(path.join(directory, file.path)),
    );
    const before = keep && !isThere ? undefined : memory.get(volume.name);
    const onBytes = (count: number) => {
      doneBytes += count;
      const totalItems = wanted.length;
      const progress = { stage: 'verify', doneItems: at, totalItems, doneBytes, totalBytes };
      watch.progress({ ...progress, item: volume.name });
    };
    const result =
      before === undefined
        ? await checkVolume(volume, {
            ...{ edition, remotes, keep, depth },
            places: { disk, directory, onBytes },
          })
        : { members: before, findings: [] };
    if (before !== undefined) onBytes(volume.sizeBytes);
    findings.push(...result.findings);
    volumes += 1;
    members += result.members;
    checkedBytes += volume.sizeBytes;
    if (result.findings.length === 0) memory.add(volume.name, result.members);
  }
  if (findings.length === 0) memory.forget();
  if (keep) removeUnlisted(disk, directory, edition);
  return { volumes, members, checkedBytes, findings };
}

/** Throws `FOLLOW_VOLUME_UNKNOWN` when the newest edition of the tree in `directory` holds and lists one of `names` not. */
export function requireVolumes(directory: string, names: readonly string[]): void {
  const tree = treeOf(directory);
  const number = editionNumbers(tree, startFindings()).at(-1);
  const edition = number === undefined ? undefined : editionAlone(tree, number);
  if (edition) wantedVolumes(edition, names);
}

function editionAlone(tree: Tree, number: number): CheckedEdition | undefined {
  return checkEdition(tree, number, undefined, startFindings(), { isAlone: true });
}

function newestEdition(directory: string, number: number): CheckedEdition {
  const edition = editionAlone(treeOf(directory), number);
  if (edition) return edition;
  throw new FonotecaError('FOLLOW_STATE_DAMAGED', `edition ${number}`);
}

function wantedVolumes(
  edition: CheckedEdition,
  names: readonly string[] | undefined,
): readonly ListedVolume[] {
  const unknown = names?.find((name) => !edition.volumes.some((volume) => volume.name === name));
  if (unknown !== undefined) throw new FonotecaError('FOLLOW_VOLUME_UNKNOWN', unknown);
  return edition.volumes.filter(({ name }) => names?.includes(name) ?? true);
}

/**
 * Removes volumes that the edition does not list any more: what was withdrawn does not stay in a copy. Anything else that
 * lies beside them is somebody's own.
 */
function removeUnlisted(disk: Disk, directory: string, { files }: CheckedEdition): void {
  const volumes = path.join(directory, 'volumes');
  for (const name of disk.list(volumes)) {
    const { name: stem, ext } = path.parse(name);
    const isOurs = VOLUME_NAME.test(stem) && ['.tar', '.leaves', '.torrent'].includes(ext);
    const file = path.join(volumes, name);
    if (isOurs && !files.has(`volumes/${name}`) && disk.stat(file)?.kind === 'file')
      disk.unlink(file);
  }
}
