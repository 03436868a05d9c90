/**
 * The bytes of a planned volume, laid into spans that are hashed while they are written: one pass gives the file, the
 * check of each member, the v1 pieces and the v2 tree.
 *
 * Input: a plan whose members lie loose in the store. Output: the tar and its leaves through two writers, and the
 * hashes. Memory: the buffers of the lanes, 52 bytes a piece, and the leaves of half a gibibyte.
 */
import assert from 'node:assert/strict';
import type { Digest } from '../base/digest.ts';
import type { DurableWriter } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import { encodeLeavesHeader } from '../formats/leaves-file.ts';
import { LEAF_BYTES, rootFromPieceLayer } from '../formats/merkle.ts';
import type { SpanHashes, SpanOrder } from '../formats/span-hasher.ts';
import type { VolumePlan, VolumeSegment } from '../formats/volume-plan.ts';
import type { SpanLanes } from '../hashing/span-lanes.ts';
import type { LooseStore, ObjectTarget } from '../store/loose-store.ts';
import { type MemberProofs, startMemberProofs } from './member-proof.ts';

/** What the torrent of a volume is made from. */
export interface VolumeSums {
  readonly pieceLengthBytes: number;
  /** Packed SHA-1 of the pieces. */
  readonly pieces: Uint8Array;
  /** The packed piece layer; of a volume of one piece or less, its root. */
  readonly pieceLayer: Uint8Array;
  readonly piecesRoot: Uint8Array;
}

/** Where payloads come from. */
export interface PayloadSource {
  readonly loose: LooseStore;
  /** The root that was recorded of a payload when its digest was made, if one was. */
  leavesRootOf(digest: Digest): Promise<Digest | undefined>;
}

/** Where the bytes go. */
export interface VolumeOutput {
  readonly tar: DurableWriter;
  readonly leaves: DurableWriter;
  /** Told of bytes written. */
  onBytes(bytes: number): void;
}

/**
 * Leaves are written after so many spans, when all of them are there: at the same places of the program whatever the
 * threads do, so that the order of writes is the same in every run.
 */
const SPANS_PER_LEAVES_WRITE = 512;

/**
 * Bytes a write: the page cache takes a mebibyte at once in large blocks, which on a machine short of them costs up to
 * eight times as much processor time as the same bytes in small ones.
 */
const WRITE_BYTES = 64 * 1024;

/**
 * Writes the volume of `plan` and returns its hashes. Members are checked on the way, by the volume's own leaves where
 * their root is recorded, else against their digests: `STORE_OBJECT_MISSING`, `STORE_OBJECT_DAMAGED`, and `PACK_MISFIT`
 * when one has another size than planned.
 */
export async function writeSpans(
  plan: VolumePlan,
  pieceLengthBytes: number,
  source: PayloadSource,
  lanes: SpanLanes,
  output: VolumeOutput,
): Promise<VolumeSums> {
  const spans = startSpans(plan.totalBytes, pieceLengthBytes, lanes, output);
  for (const segment of plan.segments()) {
    if (segment.positionBytes !== spans.positionBytes())
      throw misfit(`byte ${spans.positionBytes()}, the plan says ${segment.positionBytes}`);
    if (segment.kind === 'payload') await layInPayload(segment, spans, source);
    else await layIn(segment, spans);
  }
  if (spans.positionBytes() !== plan.totalBytes)
    throw misfit(`${spans.positionBytes()} bytes, the plan says ${plan.totalBytes}`);
  return await spans.finish();
}

/** What is to be hashed of a span of `spanBytes` bytes of a volume; the pieces of v1 unless only the tree is wanted. */
export function spanOrder(
  volume: { readonly totalBytes: number; readonly pieceLengthBytes: number },
  spanBytes: number,
  { isTreeOnly }: { isTreeOnly: boolean },
): SpanOrder {
  const isWholeFile = volume.totalBytes <= volume.pieceLengthBytes;
  return {
    pieceLengthBytes: volume.pieceLengthBytes,
    v1Bytes: isTreeOnly ? 0 : spanBytes,
    runs: [{ start: 0, length: spanBytes, isWholeFile }],
    withLeaves: true,
  };
}

type Payload = Extract<VolumeSegment, { kind: 'payload' }>;

async function layInPayload(
  segment: Payload,
  spans: Spans,
  { loose, leavesRootOf }: PayloadSource,
): Promise<void> {
  const { digest, positionBytes, sizeBytes, path } = segment;
  const leavesRoot = await leavesRootOf(digest);
  const last = leavesRoot && spans.proofs.begin({ digest, leavesRoot, positionBytes, sizeBytes });
  const taken = await (last ? loose.copyTo(digest, spans) : loose.readTo(digest, spans));
  if (taken !== sizeBytes) {
    // An object of another length may be rotten or ill planned: its digest tells which.
    if (last) for (const _ of loose.read(digest));
    throw misfit(`${path} has ${taken} bytes, the plan says ${sizeBytes}`);
  }
  last?.(spans.lastBytes(sizeBytes % LEAF_BYTES));
}

async function layIn(
  segment: Exclude<VolumeSegment, { kind: 'payload' }>,
  spans: Spans,
): Promise<void> {
  const bytes = segment.kind === 'bytes' ? segment.bytes : undefined;
  const sizeBytes = segment.kind === 'bytes' ? segment.bytes.length : segment.sizeBytes;
  for (let done = 0; done < sizeBytes; ) {
    const room = await spans.room();
    const count = Math.min(room.length, sizeBytes - done);
    if (bytes) room.set(bytes.subarray(done, done + count));
    else room.fill(0, 0, count);
    spans.filled(count);
    done += count;
  }
}

interface Spans extends ObjectTarget {
  readonly proofs: MemberProofs;
  positionBytes(): number;
  /** The last `count` bytes that were filled in, all in one leaf that is not full. */
  lastBytes(count: number): Uint8Array;
  /** Hands in what is left; the hashes of all. */
  finish(): Promise<VolumeSums>;
}

function startSpans(
  totalBytes: number,
  pieceLengthBytes: number,
  lanes: SpanLanes,
  { tar, leaves, onBytes }: VolumeOutput,
): Spans {
  const pieces: Uint8Array[] = [];
  const layers: Uint8Array[] = [];
  let leavesWaiting: Uint8Array[] = [];
  let span: Buffer | undefined;
  let used = 0;
  let handedIn = 0;
  const proofs = startMemberProofs();
  leaves.write(encodeLeavesHeader(totalBytes));
  const told = (hashes: SpanHashes) => {
    pieces.push(hashes.pieces);
    layers.push(hashes.layers);
    leavesWaiting.push(hashes.leaves);
    proofs.told(hashes.leaves);
  };
  const writeLeaves = async () => {
    await lanes.drain();
    leaves.write(Buffer.concat(leavesWaiting));
    leavesWaiting = [];
  };
  const handIn = (filled: Buffer) => {
    const volume = { totalBytes, pieceLengthBytes };
    lanes.hand(filled, spanOrder(volume, used, { isTreeOnly: false }), told);
    for (let at = 0; at < used; at += WRITE_BYTES)
      tar.write(filled.subarray(at, Math.min(at + WRITE_BYTES, used)));
    onBytes(used);
    span = undefined;
    used = 0;
    handedIn += 1;
  };
  return {
    proofs,
    positionBytes: () => tar.sizeBytes + used,
    lastBytes: (count) => (span && count > 0 ? span.subarray(used - count, used) : Buffer.alloc(0)),
    async room() {
      if (span && used === span.length) {
        handIn(span);
        if (handedIn % SPANS_PER_LEAVES_WRITE === 0) await writeLeaves();
      }
      span ??= await lanes.take();
      return span.subarray(used);
    },
    filled(count) {
      used += count;
    },
    async finish() {
      if (span && used > 0) handIn(span);
      await writeLeaves();
      assert.equal(proofs.waiting, 0, 'every member is proved');
      const pieceLayer = Buffer.concat(layers);
      const piecesRoot =
        totalBytes <= pieceLengthBytes
          ? pieceLayer
          : rootFromPieceLayer(pieceLayer, pieceLengthBytes);
      return { pieceLengthBytes, pieces: Buffer.concat(pieces), pieceLayer, piecesRoot };
    },
  };
}

function misfit(seen: string): FonotecaError {
  return new FonotecaError('PACK_MISFIT', seen);
}
