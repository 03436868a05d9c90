/**
 * One volume of a followed archive read in full, from the folder where it is there, else from an address. Input: a signed
 * listing. Output: what was found. A kept file is replaced by one that is proved, and never removed for want of one.
 */
import path from 'node:path';
import { type Finding, FonotecaError, findingFrom } from '../base/errors.ts';
import type { CheckedEdition } from '../verifier/edition-check.ts';
import type { ListedVolume } from '../verifier/edition-shape.ts';
import { editionDirectory, type ListedFile, type Tree } from '../verifier/files.ts';
import { type VerifyReport, verifyStaged } from '../verifier/verify-archive.ts';
import { fetchSmall, fetchTar, moveTo, partialOf, type VolumePlaces } from './fetch-volume.ts';
import type { RemoteTree } from './remote-tree.ts';
import { shareFile } from './staging.ts';

/** What a volume is read from, and how. */
export interface VolumeCheck {
  readonly edition: CheckedEdition;
  /** Asked in turn until one has given the volume whole. */
  readonly remotes: readonly RemoteTree[];
  readonly places: VolumePlaces;
  /** Whether it stays below `volumes/`; one whose tar is there stays in any case. */
  readonly keep: boolean;
  /** `bytes`: each byte is proved once, by its leaf; every claim on the bytes when absent. */
  readonly depth: 'bytes' | undefined;
}

/** What a volume was found to be. */
export interface VolumeResult {
  readonly members: number;
  readonly findings: readonly Finding[];
}

/** What `volume` was found to be. Throws `INTERRUPTED`, and what is wrong with this machine's disk. */
export async function checkVolume(volume: ListedVolume, check: VolumeCheck): Promise<VolumeResult> {
  const { edition, remotes, places, keep } = check;
  const { disk, directory } = places;
  const tar = filesOf(volume, edition).at(-1)!;
  const kept = disk.stat(path.join(directory, tar.path));
  let isKeptUnread = kept?.sizeBytes === tar.sizeBytes;
  const findings: Finding[] = [];
  for (const remote of remotes) {
    const failed = await orFindings(remote, findings, () => fetchSmalls(remote, volume, check));
    if (failed) continue;
    if (isKeptUnread) {
      const report = await readVolume(volume, path.join(directory, 'volumes'), check);
      places.onBytes(tar.sizeBytes);
      if (report.intact) return { members: report.members, findings: [] };
      findings.push(...report.findings);
      isKeptUnread = false;
    }
    const members = await fetchWhole(remote, volume, check, findings);
    if (members === undefined) continue;
    const fetched = partialOf(directory, tar.path);
    if (keep || kept) moveTo(disk, fetched, path.join(directory, tar.path));
    else letGo(volume, check);
    return { members, findings: [] };
  }
  return { members: 0, findings };
}

/** Torrent, leaves and, last, the tar. The verifier has seen that an edition lists all three. */
export function filesOf(
  { name, torrent }: ListedVolume,
  { files }: Pick<CheckedEdition, 'files'>,
): ListedFile[] {
  return [torrent, `volumes/${name}.leaves`, `volumes/${name}.tar`].map((file) => files.get(file)!);
}

/** The published tree that `directory` is, with the volumes in `volumes`. */
export function treeOf(directory: string, volumes: string = path.join(directory, 'volumes')): Tree {
  return { editions: path.join(directory, 'editions'), volumes };
}

async function fetchSmalls(
  remote: RemoteTree,
  volume: ListedVolume,
  { edition, places }: VolumeCheck,
): Promise<void> {
  for (const file of filesOf(volume, edition).slice(0, -1))
    await fetchSmall(remote, file, volume.sizeBytes, places);
}

/** Fetches the tar into `partial/` and reads it there; its members, or undefined when it did not come whole. */
async function fetchWhole(
  remote: RemoteTree,
  volume: ListedVolume,
  check: VolumeCheck,
  findings: Finding[],
): Promise<number | undefined> {
  const { edition, places } = check;
  const { disk, directory } = places;
  const files = filesOf(volume, edition);
  const tar = partialOf(directory, files.at(-1)!.path);
  // What lies there from before may be damaged or of an earlier edition, so an address gets a second try behind it.
  for (let isAgain = disk.stat(tar) !== undefined; ; isAgain = false) {
    const failed = await orFindings(remote, findings, () =>
      fetchTar(remote, files.at(-1)!, places),
    );
    if (failed) return undefined;
    const small = files.filter((file) => file.path.startsWith('volumes/')).slice(0, -1);
    for (const { path: name } of small) {
      disk.unlink(partialOf(directory, name));
      shareFile(disk, path.join(directory, name), partialOf(directory, name));
    }
    const report = await readVolume(volume, path.dirname(tar), check);
    for (const { path: name } of small) disk.unlink(partialOf(directory, name));
    if (report.intact) return report.members;
    findings.push(...report.findings);
    disk.unlink(tar);
    if (!isAgain) return undefined;
  }
}

/** The verifier's report on a volume whose tar and leaves lie in `volumes`. */
function readVolume(
  { name }: ListedVolume,
  volumes: string,
  { edition: { number }, places, depth }: VolumeCheck,
): Promise<VerifyReport> {
  const tree = treeOf(places.directory, volumes);
  const directory = editionDirectory(tree, number);
  return verifyStaged({ ...tree, number, directory, signed: true, read: [name] }, { depth });
}

/** Removes what was fetched of a volume of which nothing is to stay. */
function letGo(volume: ListedVolume, { edition, places: { disk, directory } }: VolumeCheck): void {
  for (const { path: name } of filesOf(volume, edition)) {
    disk.unlink(path.join(directory, name));
    disk.unlink(partialOf(directory, name));
  }
}

/** Whether `action` failed at `remote`; how is among `findings` then. What no other address can mend is thrown. */
async function orFindings(
  remote: RemoteTree,
  findings: Finding[],
  action: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await action();
    return false;
  } catch (error) {
    if (!(error instanceof FonotecaError) || /^(?:INTERRUPTED|DISK_)/.test(error.code)) throw error;
    findings.push(findingFrom(error, remote.address));
    return true;
  }
}
