/**
 * One volume checked: its bytes against the edition, its torrent, its leaves and its own index.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { FindingSink } from './codes.ts';
import type { EditionShape, ListedVolume } from './edition-shape.ts';
import {
  checkListedFile,
  errnoOf,
  locate,
  openFile,
  Problem,
  readWhole,
  type Tree,
  tell,
} from './files.ts';
import { type CheckedMember, checkIndex } from './index-check.ts';
import { type LeavesReader, openLeaves } from './leaves-reader.ts';
import { MAX_TORRENT_BYTES, readTorrent, type TorrentHashes } from './torrent-reader.ts';
import { LEAF_BYTES, startTreeHash } from './tree-hash.ts';
import { passOverVolume, type VolumeDigests } from './volume-pass.ts';

/** What the check of a volume needs beside the volume. */
export interface VolumeContext {
  readonly tree: Tree;
  readonly edition: EditionShape;
  readonly tombstones: ReadonlySet<string>;
  readonly findings: FindingSink;
  readonly onBytes: (count: number) => void;
  readonly stop?: AbortSignal | undefined;
}

/** How much of a volume is read: a share (0–1) of its megabytes drawn by `seed`, and one at least. */
export type Sample = { readonly share: number; readonly seed: number };

const SPAN_BYTES = 1 << 20;

/** Reads the whole volume once and tells all that is wrong. Returns its members, or undefined when its tar does not hold. */
export async function checkVolume(
  context: VolumeContext,
  volume: ListedVolume,
): Promise<CheckedMember[] | undefined> {
  const { tree, findings } = context;
  const subject = `volumes/${volume.name}.tar`;
  const torrent = checkTorrent(context, volume);
  const leaves = openVolumeLeaves(context, volume);
  try {
    const blocks = startDamage();
    const digests = await passOverVolume(tarPath(tree, volume), {
      pieceLengthBytes: volume.pieceLengthBytes,
      onLeaf: (leaf, number) => {
        if (leaves && !leaves.leaf(number)?.equals(leaf)) blocks.add(number);
      },
      onBytes: context.onBytes,
      stop: context.stop,
    });
    compareDigests(volume, digests, torrent, findings);
    if (leaves && blocks.count > 0) findings.add('VERIFY_LEAVES', subject, blocks.text());
    const members = checkIndex(
      { name: volume.name, tar: digests.tar, tombstones: context.tombstones },
      findings,
    );
    return members.length > 0 ? members : undefined;
  } catch (error) {
    tell(findings, subject, error);
    return undefined;
  } finally {
    leaves?.close();
  }
}

/**
 * Checks the torrent and that the leaves lead to its root, then compares a share of the volume's megabytes with the
 * leaves: enough to find rot of any extent with the odds that the share gives.
 */
export function sampleVolume(context: VolumeContext, volume: ListedVolume, sample: Sample): void {
  const { findings } = context;
  const subject = `volumes/${volume.name}.tar`;
  checkTorrent(context, volume);
  const leaves = openVolumeLeaves(context, volume);
  if (!leaves) return;
  try {
    const tree = startTreeHash(volume.pieceLengthBytes);
    const count = Math.ceil(volume.sizeBytes / LEAF_BYTES);
    for (let at = 0; at < count; at += 1) tree.addLeaf(Buffer.from(leaves.leaf(at)!));
    if (tree.finish().piecesRoot !== volume.piecesRoot)
      throw new Problem('VERIFY_LEAVES', 'leaves that do not lead to the tree root');
    const blocks = readSpans(context, volume, sample, leaves);
    if (blocks.count > 0) findings.add('VERIFY_LEAVES', subject, blocks.text());
  } catch (error) {
    tell(findings, subject, error);
  } finally {
    leaves.close();
  }
}

function tarPath(tree: Tree, { name }: ListedVolume): string {
  return path.join(tree.volumes, `${name}.tar`);
}

/** The hashes of the torrent, held against the edition; undefined when it cannot be read. */
function checkTorrent(context: VolumeContext, volume: ListedVolume): TorrentHashes | undefined {
  const { tree, edition, findings } = context;
  const whole = checkListedFile(tree, edition.files.get(volume.torrent)!, findings);
  try {
    const torrent = readTorrent(readWhole(locate(tree, volume.torrent)!, MAX_TORRENT_BYTES));
    const fits =
      torrent.name === `${volume.name}.tar` &&
      torrent.sizeBytes === volume.sizeBytes &&
      torrent.pieceLengthBytes === volume.pieceLengthBytes &&
      torrent.piecesRoot === volume.piecesRoot;
    if (!fits) throw new Problem('VERIFY_TORRENT', 'a torrent of another file');
    if (torrent.infohashV1 !== volume.infohashV1 || torrent.infohashV2 !== volume.infohashV2)
      throw new Problem('VERIFY_INFOHASH', `${torrent.infohashV1} and ${torrent.infohashV2}`);
    return torrent;
  } catch (error) {
    // A file that is missing or damaged has been told already.
    if (whole || !(error instanceof Problem)) tell(findings, volume.torrent, error);
    return undefined;
  }
}

function openVolumeLeaves(
  { tree, edition, findings }: VolumeContext,
  { name, sizeBytes }: ListedVolume,
): LeavesReader | undefined {
  const listed = edition.files.get(`volumes/${name}.leaves`)!;
  if (!checkListedFile(tree, listed, findings)) return undefined;
  try {
    return openLeaves(path.join(tree.volumes, `${name}.leaves`), sizeBytes);
  } catch (error) {
    tell(findings, listed.path, error);
    return undefined;
  }
}

function compareDigests(
  volume: ListedVolume,
  digests: VolumeDigests,
  torrent: TorrentHashes | undefined,
  findings: FindingSink,
): void {
  const subject = `volumes/${volume.name}.tar`;
  if (digests.sizeBytes !== volume.sizeBytes)
    findings.add(
      'VERIFY_FILE_SIZE',
      subject,
      `${digests.sizeBytes} bytes, not ${volume.sizeBytes}`,
    );
  else if (digests.sha256 !== volume.sha256)
    findings.add('VERIFY_FILE_DIGEST', subject, digests.sha256);
  if (digests.piecesRoot !== volume.piecesRoot)
    findings.add('VERIFY_PIECES', subject, `tree root ${digests.piecesRoot}`);
  if (!torrent) return;
  if (!digests.pieces.equals(torrent.pieces))
    findings.add('VERIFY_PIECES', subject, firstDifference(digests.pieces, torrent.pieces, 20));
  if (!digests.pieceLayer.equals(torrent.pieceLayer ?? Buffer.alloc(0)))
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

function readSpans(
  { tree, onBytes, stop }: VolumeContext,
  volume: ListedVolume,
  sample: Sample,
  leaves: LeavesReader,
): Damage {
  const blocks = startDamage();
  const draw = drawer(sample.seed, volume.name);
  const descriptor = openFile(tarPath(tree, volume));
  const buffer = Buffer.alloc(SPAN_BYTES);
  try {
    if (fs.fstatSync(descriptor).size !== volume.sizeBytes)
      throw new Problem(
        'VERIFY_FILE_SIZE',
        `${fs.fstatSync(descriptor).size} bytes, not ${volume.sizeBytes}`,
      );
    // One span is read whatever the share, or a small volume would pass unread.
    const sure = Math.floor(draw() * Math.ceil(volume.sizeBytes / SPAN_BYTES)) * SPAN_BYTES;
    for (let position = 0; position < volume.sizeBytes; position += SPAN_BYTES) {
      if (draw() >= sample.share && position !== sure) continue;
      stop?.throwIfAborted();
      const length = Math.min(SPAN_BYTES, volume.sizeBytes - position);
      const read = fs.readSync(descriptor, buffer, 0, length, position);
      for (let at = 0; at < length; at += LEAF_BYTES) {
        const number = (position + at) / LEAF_BYTES;
        const block = buffer.subarray(at, Math.min(at + LEAF_BYTES, read));
        if (!hashOf(block).equals(leaves.leaf(number)!)) blocks.add(number);
      }
      onBytes(length);
    }
  } catch (error) {
    if (error instanceof Error && 'errno' in error)
      throw new Problem('VERIFY_FILE_UNREADABLE', errnoOf(error));
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
  return blocks;
}

function hashOf(bytes: Buffer): Buffer {
  return crypto.hash('sha256', bytes, 'buffer');
}

/** Numbers from 0 to 1 that repeat for the same seed and name, so that a sampled run can be done again. */
function drawer(seed: number, name: string): () => number {
  let at = 0;
  return () => {
    at += 1;
    return hashOf(Buffer.from(`${seed} ${name} ${at}`)).readUInt32BE(0) / 2 ** 32;
  };
}

/** Damaged 16 KiB blocks: the first runs of them by number, and how many in all. */
interface Damage {
  readonly count: number;
  add(number: number): void;
  text(): string;
}

const MAX_RUNS = 8;

function startDamage(): Damage {
  const runs: { from: number; to: number }[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(number) {
      count += 1;
      const last = runs.at(-1);
      if (last && last.to === number - 1) last.to = number;
      else if (runs.length < MAX_RUNS) runs.push({ from: number, to: number });
    },
    text() {
      const list = runs
        .map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`))
        .join(', ');
      return `${count} damaged 16 KiB blocks: ${list}${runs.length === MAX_RUNS ? ' ...' : ''}`;
    },
  };
}
