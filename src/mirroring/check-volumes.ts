/**
 * Fetches the volumes of the newest edition one at a time and reads each in full. Input: a followed archive. Output: a
 * report; the bytes are kept only where that is wished. A run that was stopped, or found something wrong, goes on where
 * it stopped.
 */
import path from 'node:path';
import { canonicalJson } from '../base/canonical-json.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { ensureDirectory, putFile, removeTree } from '../base/durable.ts';
import type { Finding } from '../base/errors.ts';
import { FonotecaError, findingFrom } from '../base/errors.ts';
import { startFindings } from '../verifier/codes.ts';
import { type CheckedEdition, checkEdition } from '../verifier/edition-check.ts';
import type { ListedVolume } from '../verifier/edition-shape.ts';
import { editionDirectory, type ListedFile } from '../verifier/files.ts';
import { type VerifyReport, verifyStaged } from '../verifier/verify-archive.ts';
import { fetchSmall, fetchTar, forgetVolume, type VolumePlaces } from './fetch-volume.ts';
import type { FollowReport } from './follow.ts';
import { type FollowDeps, remoteTrees } from './follow.ts';
import type { RemoteTree } from './remote-tree.ts';

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

/** Volumes read in a run that did not come to its end, one a line. */
const CHECKED_FILE = 'checked.json';

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
  const memory = openMemory(disk, directory, { edition: state.edition.sha256, depth });
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
        ? await checkOne(volume, {
            edition,
            remotes,
            places: { disk, directory, onBytes },
            // What was kept before is someone's copy: looking at it without --keep must not take it away.
            keep: keep || isThere,
            depth,
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

interface OneVolume {
  readonly edition: CheckedEdition;
  readonly remotes: readonly RemoteTree[];
  readonly places: VolumePlaces;
  readonly keep: boolean;
  readonly depth: VolumeOptions['depth'];
}

/** Asks each address in turn until one has given the volume whole. */
async function checkOne(
  volume: ListedVolume,
  { edition, remotes, places, keep, depth }: OneVolume,
): Promise<{ members: number; findings: Finding[] }> {
  const files = filesOf(volume, edition);
  const findings: Finding[] = [];
  for (const remote of remotes) {
    // What lies there from before may be damaged, so an address gets a second try behind it.
    for (const isFirst of [true, false]) {
      const hadAny = isFirst && hasAny(files, places);
      const report = await attempt(volume, files, { edition, remote, places, depth });
      if (report.findings.length === 0) {
        if (!keep) forgetVolume(files, places);
        return { members: report.members, findings: [] };
      }
      findings.push(...report.findings);
      if (report.isDamaged) forgetVolume(files, places);
      if (!hadAny || !report.isDamaged) break;
    }
  }
  return { members: 0, findings };
}

/** Torrent, leaves and, last, the tar. The verifier has seen that an edition lists all three. */
function filesOf({ name, torrent }: ListedVolume, { files }: CheckedEdition): ListedFile[] {
  return [torrent, `volumes/${name}.leaves`, `volumes/${name}.tar`].map((file) => files.get(file)!);
}

async function attempt(
  volume: ListedVolume,
  files: readonly ListedFile[],
  { edition, remote, places, depth }: Omit<OneVolume, 'remotes' | 'keep'> & { remote: RemoteTree },
): Promise<{ members: number; findings: readonly Finding[]; isDamaged: boolean }> {
  const tar = files.at(-1)!;
  try {
    for (const file of files.slice(0, -1)) await fetchSmall(remote, file, places);
    await fetchTar(remote, tar, places);
  } catch (error) {
    if (!(error instanceof FonotecaError) || /^(?:INTERRUPTED|DISK_)/.test(error.code)) throw error;
    return { members: 0, findings: [findingFrom(error, remote.address)], isDamaged: false };
  }
  const report = await readVolume(volume, edition, places, depth);
  return { members: report.members, findings: report.findings, isDamaged: !report.intact };
}

/** The verifier's report on a volume that lies below the folder. */
function readVolume(
  { name }: ListedVolume,
  { number }: CheckedEdition,
  { directory }: VolumePlaces,
  depth: VolumeOptions['depth'],
): Promise<VerifyReport> {
  const tree = treeOf(directory);
  const folder = editionDirectory(tree, number);
  return verifyStaged(
    { ...tree, number, directory: folder, signed: true, read: [name] },
    { depth },
  );
}

function newestEdition(directory: string, number: number): CheckedEdition {
  const findings = startFindings();
  const edition = checkEdition(treeOf(directory), number, undefined, findings, { isAlone: true });
  if (edition) return edition;
  throw new FonotecaError('FOLLOW_STATE_DAMAGED', `edition ${number}`);
}

function treeOf(directory: string): { editions: string; volumes: string } {
  return { editions: path.join(directory, 'editions'), volumes: path.join(directory, 'volumes') };
}

function wantedVolumes(
  edition: CheckedEdition,
  names: readonly string[] | undefined,
): readonly ListedVolume[] {
  const unknown = names?.find((name) => !edition.volumes.some((volume) => volume.name === name));
  if (unknown !== undefined) throw new FonotecaError('FOLLOW_VOLUME_UNKNOWN', unknown);
  return edition.volumes.filter(({ name }) => names?.includes(name) ?? true);
}

function hasAny(files: readonly ListedFile[], { disk, directory }: VolumePlaces): boolean {
  return files.some(
    ({ path: name }) =>
      disk.stat(path.join(directory, name)) ??
      disk.stat(path.join(directory, 'partial', path.basename(name))),
  );
}

/** Which volumes an unfinished run of the same kind has found well, with their members. */
function openMemory(
  disk: Disk,
  directory: string,
  run: { readonly edition: string; readonly depth: VolumeOptions['depth'] },
): {
  get(name: string): number | undefined;
  add(name: string, members: number): void;
  forget(): void;
} {
  const folder = path.join(directory, 'partial');
  const file = path.join(folder, CHECKED_FILE);
  let volumes: Record<string, number> = {};
  if (disk.stat(file)) {
    const kept = JSON.parse(readWhole(disk, file).toString('utf8'));
    if (kept.edition === run.edition && kept.depth === run.depth) volumes = kept.volumes;
  }
  return {
    get: (name) => volumes[name],
    add(name, members) {
      volumes[name] = members;
      ensureDirectory(disk, folder);
      putFile(disk, file, canonicalJson({ ...run, volumes }), { replace: true });
    },
    forget: () => removeTree(disk, folder),
  };
}

/** Removes volumes that the edition does not list any more: what was withdrawn does not stay in a copy. */
function removeUnlisted(disk: Disk, directory: string, edition: CheckedEdition): void {
  for (const name of disk.list(path.join(directory, 'volumes')))
    if (!edition.files.has(`volumes/${name}`)) disk.unlink(path.join(directory, 'volumes', name));
}
