/**
 * The content of an edition checked: its volumes, as many at once as there are threads, then what it says of them.
 */
import os from 'node:os';
import type { ChangedVolume } from './chain-check.ts';
import { checkChanged } from './chain-check.ts';
import { type FindingSink, startFindings } from './codes.ts';
import {
  type ContentGround,
  checkCatalogue,
  checkRights,
  checkTorrentList,
  readRights,
} from './content-check.ts';
import { editionPath, type ListedVolume } from './edition-shape.ts';
import { checkListedFile } from './files.ts';
import type { CheckedMember } from './index-check.ts';
import { checkTorrent, checkTorrentOf, checkVolume } from './volume-check.ts';
import { type Sample, sampleVolume } from './volume-sample.ts';
import { openPasses, type Passes } from './volume-threads.ts';

/** How far a verification has come. */
export interface VerifyProgress {
  readonly doneVolumes: number;
  readonly totalVolumes: number;
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly item: string;
}

/** What the check of content can be told. */
export interface ContentOptions {
  /**
   * `full` (when left out): every claim on the bytes themselves. `bytes`: each byte proved once, by its leaf. `metadata`: no
   * volume is read, none need be there.
   */
  readonly depth?: 'full' | 'bytes' | 'metadata' | undefined;
  /** Threads that read volumes: when left out one a core, and none where there is little to read. */
  readonly threads?: number | undefined;
  /** Reads only this share of each volume, checked against its leaves. */
  readonly sample?: Sample | undefined;
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
  readonly stop?: AbortSignal | undefined;
}

/** How much was checked. */
export interface CheckedContent {
  readonly volumes: number;
  readonly members: number;
  readonly checkedBytes: number;
}

/** Below this a thread costs more than it saves. */
const WORTH_THREADS_BYTES = 128 << 20;

/** Checks `volumes` of an edition, and rights, catalogue, torrents and metadata against them; `changed` as the chain has it. */
export async function checkContent(
  ground: ContentGround,
  volumes: readonly ListedVolume[],
  changed: readonly ChangedVolume[],
  options: ContentOptions,
): Promise<CheckedContent> {
  const rights = readRights(ground);
  const totalBytes = volumes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const threads =
    options.threads ?? (totalBytes < WORTH_THREADS_BYTES ? 1 : os.availableParallelism());
  await using passes = openPasses(threads, options.stop);
  const { members, checkedBytes } = await readVolumes(ground, volumes, passes, {
    ...options,
    totalBytes,
  });
  for (const [name, list] of members) if (rights) checkRights(ground, rights, name, list);
  checkChanged(changed, members, ground.findings);
  checkCatalogue(ground, rights, members);
  checkTorrentList(ground);
  for (const file of ground.edition.metadata)
    if (!ground.edition.damaged.has(file.path)) await checkTorrentOf(ground, file, passes);
  checkOthers(ground);
  const count = [...members.values()].reduce((sum, list) => sum + list.length, 0);
  return { volumes: volumes.length, members: count, checkedBytes };
}

/** Reads volumes, as many at once as there are threads; what is found is told in the order of the volumes. */
async function readVolumes(
  ground: ContentGround,
  volumes: readonly ListedVolume[],
  passes: Passes,
  options: ContentOptions & { readonly totalBytes: number },
): Promise<{ members: Map<string, readonly CheckedMember[]>; checkedBytes: number }> {
  const { onProgress, totalBytes } = options;
  const members = new Map<string, readonly CheckedMember[]>();
  const totalVolumes = volumes.length;
  let [doneBytes, doneVolumes] = [0, 0];
  const progress = (item: string) =>
    onProgress?.({ doneVolumes, totalVolumes, doneBytes, totalBytes, item });
  const start = (volume: ListedVolume) => {
    const findings = startFindings();
    const onBytes = (count: number) => {
      doneBytes += count;
      progress(volume.name);
    };
    const reading = readVolume({ ...ground, findings }, volume, passes, { ...options, onBytes });
    // A rejection is met when its turn comes; until then it must not end the process.
    reading.catch(() => {});
    return { volume, findings, reading };
  };
  const running: ReturnType<typeof start>[] = [];
  for (let next = 0; next < volumes.length || running.length > 0; ) {
    while (running.length < passes.threads && next < volumes.length)
      running.push(start(volumes[next++]!));
    const { volume, findings, reading } = running.shift()!;
    const list = await reading;
    for (const { code, subject, seen } of findings.kept) ground.findings.add(code, subject, seen);
    if (list) members.set(volume.name, list);
    doneVolumes += 1;
    progress(volume.name);
  }
  return { members, checkedBytes: doneBytes };
}

async function readVolume(
  ground: ContentGround & { readonly findings: FindingSink },
  volume: ListedVolume,
  passes: Passes,
  options: ContentOptions & { readonly onBytes: (count: number) => void },
): Promise<readonly CheckedMember[] | undefined> {
  const { depth = 'full', sample, onBytes, stop } = options;
  stop?.throwIfAborted();
  const context = { ...ground, onBytes, stop };
  if (depth === 'metadata') checkTorrent(context, `${volume.name}.tar`, volume);
  else if (sample) sampleVolume(context, volume, sample);
  else return checkVolume(context, volume, { passes, depth });
  return undefined;
}

/** Listed files that belong to no volume and not to the folder of the edition: the verifier, torrents that are another's. */
function checkOthers({ tree, edition, findings }: ContentGround): void {
  const own = editionPath(edition.number, '');
  const read = new Set(
    edition.volumes.flatMap(({ name, torrent }) => [
      `volumes/${name}.tar`,
      `volumes/${name}.leaves`,
      torrent,
    ]),
  );
  for (const listed of edition.files.values())
    if (!listed.path.startsWith(own) && !read.has(listed.path))
      checkListedFile(tree, listed, findings);
}
