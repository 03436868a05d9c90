/**
 * A share of a volume read: its leaves must lead to the tree root that is signed, and some of its megabytes to the leaves.
 * Enough to find rot of any extent with the odds that the share gives.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import type { ListedVolume } from './edition-shape.ts';
import { checkSize, errnoOf, openFile, Problem, tell } from './files.ts';
import { type LeavesReader, openLeaves } from './leaves-reader.ts';
import { LEAF_BYTES, layerOf, rootOfLayer } from './tree-hash.ts';
import {
  checkLeaves,
  checkTorrent,
  damageText,
  tarPath,
  type VolumeContext,
} from './volume-check.ts';

/** How much of a volume is read: a share (0–1) of its megabytes drawn by `seed`, and one at least. */
export type Sample = { readonly share: number; readonly seed: number };

const SPAN_BYTES = 1 << 20;

/** Checks the torrent, the leaves and a share of the bytes of `volume`. Tells what is wrong. */
export function sampleVolume(context: VolumeContext, volume: ListedVolume, sample: Sample): void {
  const { findings } = context;
  const subject = `volumes/${volume.name}.tar`;
  checkTorrent(context, `${volume.name}.tar`, volume);
  const file = checkLeaves(context, volume);
  if (file === undefined) return;
  const leaves = openLeaves(file, volume.sizeBytes);
  try {
    const count = Math.ceil(volume.sizeBytes / LEAF_BYTES);
    const hashes = Array.from({ length: count }, (_, at) => Buffer.from(leaves.leaf(at)!));
    if (rootOfLayer(layerOf(hashes, 1), 1) !== volume.piecesRoot)
      throw new Problem('VERIFY_LEAVES', 'leaves that do not lead to the tree root');
    readSpans(context, volume, sample, leaves);
  } catch (error) {
    tell(findings, subject, error);
  } finally {
    leaves.close();
  }
}

function readSpans(
  { tree, findings, onBytes, stop }: VolumeContext,
  volume: ListedVolume,
  sample: Sample,
  leaves: LeavesReader,
): void {
  const damaged: number[] = [];
  const draw = drawer(sample.seed, volume.name);
  checkSize(tarPath(tree, volume), volume.sizeBytes);
  const descriptor = openFile(tarPath(tree, volume));
  const buffer = Buffer.alloc(SPAN_BYTES);
  try {
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
        if (!hashOf(block).equals(leaves.leaf(number)!)) damaged.push(number);
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
  const subject = `volumes/${volume.name}.tar`;
  const runs = damaged.map((number) => ({ from: number, to: number }));
  if (damaged.length > 0) findings.add('VERIFY_LEAVES', subject, damageText(runs));
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
