/**
 * One volume checked: its bytes against the edition, its torrent, its leaves and its own index.
 *
 * In full every claim is checked on the bytes themselves. `bytes` proves each byte with one digest that the edition signs, of
 * the whole or of the leaves, and reads the tar by its heads; that the other digests are of the same bytes it leaves to a
 * full run.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { FindingSink } from './codes.ts';
import type { EditionShape, ListedVolume } from './edition-shape.ts';
import {
  checkListedFile,
  checkSize,
  locate,
  openFile,
  Problem,
  readWhole,
  type Tree,
  tell,
} from './files.ts';
import { type CheckedMember, checkIndex } from './index-check.ts';
import { openLeaves } from './leaves-reader.ts';
import { type TarMember, type WalkedTar, walkHeads } from './tar-walk.ts';
import { MAX_TORRENT_BYTES, readTorrent, type TorrentHashes } from './torrent-reader.ts';
import { LEAF_BYTES, rootOfLayer } from './tree-hash.ts';
import type { PassResult, PassTask, Run } from './volume-pass.ts';
import type { Passes } from './volume-threads.ts';

/** What the check of a volume needs beside the volume. */
export interface VolumeContext {
  readonly tree: Tree;
  readonly edition: EditionShape;
  /** Digests that tombstones withdraw. */
  readonly withdrawn: ReadonlySet<string>;
  readonly findings: FindingSink;
  readonly onBytes: (count: number) => void;
  readonly stop?: AbortSignal | undefined;
}

/** A file with a torrent of its own, as an edition lists both. */
export type Torrented = Pick<
  ListedVolume,
  'torrent' | 'sizeBytes' | 'pieceLengthBytes' | 'piecesRoot' | 'infohashV1' | 'infohashV2'
>;

/** What a thread takes at a time. */
const SPAN_BYTES = 16 << 20;
const ZERO_WINDOW_BYTES = 1 << 16;
const MAX_RUNS = 8;

/** Tells all that is wrong with a volume. Returns its members, or undefined when its tar does not hold. */
export async function checkVolume(
  context: VolumeContext,
  volume: ListedVolume,
  { passes, depth }: { passes: Passes; depth: 'full' | 'bytes' },
): Promise<CheckedMember[] | undefined> {
  const { tree, findings, onBytes } = context;
  const file = tarPath(tree, volume);
  const subject = `volumes/${volume.name}.tar`;
  const torrent = checkTorrent(context, `${volume.name}.tar`, volume);
  const leaves = checkLeaves(context, volume);
  try {
    checkSize(file, volume.sizeBytes);
    // Without its leaves nothing says where a byte is wrong, and everything else is asked instead.
    const isWhole = depth === 'full' || leaves === undefined;
    const results = await runAll(planTasks(file, volume, leaves, isWhole, passes.threads), {
      passes,
      onBytes,
    });
    const sha256 = results.find((result) => result.sha256 !== undefined)?.sha256;
    if (sha256 !== undefined && sha256 !== volume.sha256) {
      findings.add('VERIFY_FILE_DIGEST', subject, sha256);
      // The one digest said that something is wrong; the leaves say where.
      if (!isWhole) results.push(...(await runAll(leafTasks(file, volume, leaves), { passes })));
    }
    if (isWhole) comparePieces(subject, volume, results, torrent, findings);
    const damaged = results.flatMap((result) => result.damaged);
    if (damaged.length > 0) findings.add('VERIFY_LEAVES', subject, damageText(damaged));
    const tar = results.find((result) => result.tar)?.tar ?? walkHeads(file);
    const members = checkMembers(context, volume, tar);
    return members.length > 0 ? members : undefined;
  } catch (error) {
    tell(findings, subject, error);
    return undefined;
  }
}

/** Hashes a whole file and holds it against its torrent. Tells what differs. */
export async function checkTorrentOf(
  context: Pick<VolumeContext, 'tree' | 'edition' | 'findings'>,
  file: { readonly path: string } & Torrented,
  passes: Passes,
): Promise<void> {
  const { tree, findings } = context;
  const torrent = checkTorrent(context, path.posix.basename(file.path), file);
  try {
    const task = wholeTask(locate(tree, file.path)!, file);
    const result = await passes.run({ ...task, chain: 'none', blocks: 'pieces' }, () => {});
    comparePieces(file.path, file, [result], torrent, findings);
  } catch (error) {
    tell(findings, file.path, error);
  }
}

/** The hashes of the torrent of file `name`, held against the edition; undefined when it cannot be read. */
export function checkTorrent(
  { tree, edition, findings }: Pick<VolumeContext, 'tree' | 'edition' | 'findings'>,
  name: string,
  listed: Torrented,
): TorrentHashes | undefined {
  const file = edition.files.get(listed.torrent)!;
  if (!checkListedFile(tree, file, findings)) return undefined;
  try {
    const torrent = readTorrent(readWhole(locate(tree, listed.torrent)!, MAX_TORRENT_BYTES));
    const fits =
      torrent.name === name &&
      torrent.sizeBytes === listed.sizeBytes &&
      torrent.pieceLengthBytes === listed.pieceLengthBytes &&
      torrent.piecesRoot === listed.piecesRoot;
    if (!fits) throw new Problem('VERIFY_TORRENT', 'a torrent of another file');
    if (torrent.infohashV1 !== listed.infohashV1 || torrent.infohashV2 !== listed.infohashV2)
      throw new Problem('VERIFY_INFOHASH', `${torrent.infohashV1} and ${torrent.infohashV2}`);
    return torrent;
  } catch (error) {
    tell(findings, listed.torrent, error);
    return undefined;
  }
}

/** The path of the `.leaves` file of `volume` when it is the one that is listed and has their form. */
export function checkLeaves(
  { tree, edition, findings }: VolumeContext,
  { name, sizeBytes }: ListedVolume,
): string | undefined {
  const listed = edition.files.get(`volumes/${name}.leaves`)!;
  if (!checkListedFile(tree, listed, findings)) return undefined;
  const file = path.join(tree.volumes, `${name}.leaves`);
  try {
    openLeaves(file, sizeBytes).close();
    return file;
  } catch (error) {
    tell(findings, listed.path, error);
    return undefined;
  }
}

/** Where the bytes of a volume lie. */
export function tarPath(tree: Tree, { name }: ListedVolume): string {
  return path.join(tree.volumes, `${name}.tar`);
}

/** Runs of damaged 16 KiB blocks as a line: how many, and the first of them by number. */
export function damageText(runs: readonly Run[]): string {
  const count = runs.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const list = runs
    .slice(0, MAX_RUNS)
    .map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))
    .join(', ');
  return `${count} damaged 16 KiB blocks: ${list}${runs.length > MAX_RUNS ? ' ...' : ''}`;
}

function wholeTask(
  file: string,
  { sizeBytes, pieceLengthBytes }: Pick<Torrented, 'sizeBytes' | 'pieceLengthBytes'>,
): Omit<PassTask, 'chain' | 'blocks'> {
  return { file, sizeBytes, pieceLengthBytes, from: 0, to: sizeBytes, leaves: undefined };
}

/**
 * One pass does all on one core, so that a byte is read once; on more, the chain is one task and spans are others. To prove
 * the bytes alone one digest of the whole is the quickest on one core; on more the leaves are, for they can be shared out.
 */
function planTasks(
  file: string,
  volume: ListedVolume,
  leaves: string | undefined,
  isWhole: boolean,
  threads: number,
): PassTask[] {
  const whole = { ...wholeTask(file, volume), leaves };
  const isOne = threads === 1 || volume.sizeBytes <= SPAN_BYTES;
  if (!isWhole) {
    if (isOne) return [{ ...whole, chain: 'digest', blocks: 'none' }];
    return leafTasks(file, volume, leaves);
  }
  if (isOne) return [{ ...whole, chain: 'members', blocks: 'pieces' }];
  return [{ ...whole, chain: 'members', blocks: 'none' }, ...spanTasks(whole, 'pieces')];
}

function leafTasks(file: string, volume: ListedVolume, leaves: string | undefined): PassTask[] {
  return spanTasks({ ...wholeTask(file, volume), leaves }, 'leaves');
}

/** The whole in spans of full pieces. */
function spanTasks(
  volume: Omit<PassTask, 'chain' | 'blocks'>,
  blocks: 'leaves' | 'pieces',
): PassTask[] {
  const step = Math.ceil(SPAN_BYTES / volume.pieceLengthBytes) * volume.pieceLengthBytes;
  const spans: PassTask[] = [];
  for (let from = 0; from < volume.sizeBytes; from += step) {
    const to = Math.min(from + step, volume.sizeBytes);
    spans.push({ ...volume, from, to, chain: 'none', blocks });
  }
  return spans;
}

/** Carries out tasks on the same volume; bytes are counted once, by the spans where there are any. */
function runAll(
  tasks: readonly PassTask[],
  { passes, onBytes }: { passes: Passes; onBytes?: (count: number) => void },
): Promise<PassResult[]> {
  const last = tasks.at(-1)?.blocks;
  const counting = (task: PassTask) => (task.blocks === last ? onBytes : undefined);
  return Promise.all(tasks.map((task) => passes.run(task, counting(task) ?? (() => {}))));
}

function comparePieces(
  subject: string,
  listed: Torrented,
  results: readonly PassResult[],
  torrent: TorrentHashes | undefined,
  findings: FindingSink,
): void {
  const layer = Buffer.concat(results.map((result) => result.layer));
  const pieces = Buffer.concat(results.map((result) => result.pieces));
  const isOne = listed.sizeBytes <= listed.pieceLengthBytes;
  const leavesPerPiece = listed.pieceLengthBytes / LEAF_BYTES;
  const root = isOne ? layer.toString('hex') : rootOfLayer(layer, leavesPerPiece);
  if (root !== listed.piecesRoot) findings.add('VERIFY_PIECES', subject, `tree root ${root}`);
  if (!torrent) return;
  if (!pieces.equals(torrent.pieces))
    findings.add('VERIFY_PIECES', subject, firstDifference(pieces, torrent.pieces, 20));
  if (!(isOne ? Buffer.alloc(0) : layer).equals(torrent.pieceLayer ?? Buffer.alloc(0)))
    findings.add('VERIFY_PIECES', subject, 'another piece layer');
}

function firstDifference(a: Buffer, b: Buffer, width: number): string {
  const count = Math.max(a.length, b.length) / width;
  for (let at = 0; at < count; at += 1) {
    const from = at * width;
    if (!a.subarray(from, from + width).equals(b.subarray(from, from + width)))
      return `piece ${at} of ${count}`;
  }
  return 'no difference';
}

function checkMembers(
  { tree, withdrawn, findings }: VolumeContext,
  volume: ListedVolume,
  tar: WalkedTar,
): CheckedMember[] {
  const subject = `volumes/${volume.name}.tar`;
  const isZeros = (member: TarMember) => holdsZeros(tarPath(tree, volume), member);
  const members = checkIndex({ name: volume.name, tar, withdrawn, isZeros }, findings);
  if (members.length === 0) return members;
  if (members.length !== volume.members)
    findings.add('VERIFY_INDEX', subject, `${members.length} members, not ${volume.members}`);
  const zeroed = members.filter((member) => member.withdrawn).length;
  if (zeroed !== volume.withdrawn)
    findings.add('VERIFY_INDEX', subject, `${zeroed} withdrawn, not ${volume.withdrawn}`);
  return members;
}

/** Whether the payload of `member` in `file` is zeros from end to end. */
function holdsZeros(file: string, { positionBytes, sizeBytes }: TarMember): boolean {
  const descriptor = openFile(file);
  const window = Buffer.alloc(ZERO_WINDOW_BYTES);
  const zeros = Buffer.alloc(ZERO_WINDOW_BYTES);
  try {
    for (let at = 0; at < sizeBytes; ) {
      const length = Math.min(window.length, sizeBytes - at);
      const read = fs.readSync(descriptor, window, 0, length, positionBytes + at);
      if (read === 0 || !window.subarray(0, read).equals(zeros.subarray(0, read))) return false;
      at += read;
    }
    return true;
  } finally {
    fs.closeSync(descriptor);
  }
}
