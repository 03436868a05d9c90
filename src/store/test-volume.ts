/**
 * Volumes for the tests of redaction: written by hand from a plan, and the oracle that makes the redacted volume anew
 * from all its bytes, hashing everything.
 */
import crypto from 'node:crypto';
import path from 'node:path';
import { type Digest, sha256 } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { putFile } from '../base/durable.ts';
import { parseSafePath } from '../base/safe-path.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { encodeLeaves } from '../formats/leaves-file.ts';
import { LEAF_BYTES, leafHash, pieceLayerFromLeaves, rootFromLeaves } from '../formats/merkle.ts';
import { pieceLength } from '../formats/metainfo.ts';
import { type BuiltMetainfo, buildMetainfo } from '../formats/metainfo-build.ts';
import { parseVolumeHead } from '../formats/volume-head.ts';
import { encodeIndexLine, tombstoneOf } from '../formats/volume-index.ts';
import { planVolume } from '../formats/volume-plan.ts';
import type { Layout } from './layout.ts';
import { openSealed, type SealedStore } from './sealed.ts';

/** A volume in memory. */
export interface TestVolume {
  readonly name: string;
  readonly bytes: Buffer;
  /** In the order of the index. */
  readonly members: readonly { readonly path: string; readonly digest: Digest }[];
  readonly payloads: ReadonlyMap<Digest, Uint8Array>;
}

/** Where a test volume says it is announced, to see that redaction keeps it. */
const ANNOUNCED = {
  trackers: [['https://tracker.example/announce'], ['udp://other.example:1337']],
  webSeeds: ['https://archive.example/volumes/'],
};

/** A volume of members of `sizes` bytes, each drawn from `seed`; long names make long lines. */
export function testVolume(sizes: readonly number[], seed = 1): TestVolume {
  const payloads = new Map<Digest, Uint8Array>();
  const members = sizes.map((sizeBytes, at) => {
    const bytes = seededRandom(seed * 1000 + at).bytes(sizeBytes);
    const digest = sha256(bytes);
    payloads.set(digest, bytes);
    return {
      path: parseSafePath(`Ana/${String(at).padStart(2, '0')} ${'ä'.repeat((at * 7) % 90)}.flac`),
      digest,
      sizeBytes,
      kind: 'audio' as const,
      licence: 'CC-BY-4.0',
      attribution: 'Ana, CC BY 4.0',
      holder: 'Ana',
      ids: [`local:${digest.slice(0, 24)}`],
      engine: null,
    };
  });
  const plan = planVolume({ tier: 'original', members });
  const parts = [...plan.segments()].map((segment) => {
    if (segment.kind === 'bytes') return segment.bytes;
    return segment.kind === 'zeros'
      ? new Uint8Array(segment.sizeBytes)
      : payloads.get(segment.digest)!;
  });
  return { name: plan.name, bytes: Buffer.concat(parts), members: plan.members, payloads };
}

/** `volume` with exactly `withdrawn` withdrawn: all its bytes, made without the code under test. */
export function redactedBytes(
  volume: Pick<TestVolume, 'bytes'>,
  withdrawn: ReadonlySet<Digest>,
): Buffer {
  const bytes = Buffer.from(volume.bytes);
  const head = parseVolumeHead((position, length) => bytes.subarray(position, position + length));
  for (const { line, positionBytes, linePositionBytes, lineBytes } of head.entries) {
    if (!withdrawn.has(line.digest)) continue;
    bytes.fill(0, positionBytes, positionBytes + line.length);
    bytes.set(encodeIndexLine(tombstoneOf(line), lineBytes), linePositionBytes);
  }
  return bytes;
}

/** The torrent and the leaves of `bytes`, everything hashed. */
export function hashedWhole(name: string, bytes: Buffer): BuiltMetainfo & { leaves: Uint8Array } {
  const pieceLengthBytes = pieceLength(bytes.length);
  const cut = (length: number) =>
    Array.from({ length: Math.ceil(bytes.length / length) }, (_, at) =>
      bytes.subarray(at * length, (at + 1) * length),
    );
  const leaves = Buffer.concat(cut(LEAF_BYTES).map(leafHash));
  const pieces = cut(pieceLengthBytes).map((piece) => crypto.hash('sha1', piece, 'buffer'));
  const hashes = {
    sizeBytes: bytes.length,
    pieceLengthBytes,
    leaves,
    pieces: Buffer.concat(pieces),
    pieceLayer: pieceLayerFromLeaves(leaves, pieceLengthBytes),
    piecesRoot: rootFromLeaves(leaves),
  };
  return { ...buildMetainfo({ name: `${name}.tar`, hashes, ...ANNOUNCED }), leaves };
}

/** Writes the three files of a volume of these bytes into `directory`. */
export function putVolume(disk: Disk, directory: string, name: string, bytes: Buffer): void {
  const { leaves, bytes: torrent } = hashedWhole(name, bytes);
  const put = (suffix: string, content: Uint8Array) =>
    putFile(disk, path.join(directory, `${name}${suffix}`), content, { replace: true });
  put('.tar', bytes);
  put('.leaves', encodeLeaves({ sizeBytes: bytes.length, leaves }));
  put('.torrent', torrent);
}

/** Sealed copies of every member of `volume`, below `layout`. */
export async function sealAll(
  disk: Disk,
  layout: Layout,
  volume: TestVolume,
): Promise<SealedStore> {
  const sealed = openSealed(disk, layout);
  const read = (position: number, length: number) =>
    volume.bytes.subarray(position, position + length);
  for (const { line, linePositionBytes, lineBytes } of parseVolumeHead(read).entries) {
    const text = read(linePositionBytes, lineBytes).toString('utf8').trimEnd();
    await sealed.keep(
      line.digest,
      [volume.payloads.get(line.digest)!],
      [{ volume: volume.name, path: line.path, line: text }],
    );
  }
  return sealed;
}
