/**
 * One measured piece of our own work in a process of its own, for `bench/volumes.ts`: prints what it took as one line
 * of JSON. `hash FOLDER VERSIONS PIECE WORKERS`, `pack STORE WORKERS`, `verify FOLDER THREADS full|bytes`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Digest, sha256 } from '../src/base/digest.ts';
import { realDisk } from '../src/base/disk.ts';
import { compareBytes, parseSafePath } from '../src/base/safe-path.ts';
import { buildTorrent } from '../src/formats/metainfo-build.ts';
import { orderTorrentFiles } from '../src/formats/metainfo-build-files.ts';
import { planVolume } from '../src/formats/volume-plan.ts';
import { hashFiles } from '../src/hashing/hash-files.ts';
import { writeVolume } from '../src/packing/write-volume.ts';
import { openStore } from '../src/store/store.ts';
import { verifyArchive } from '../src/verifier/verify-archive.ts';

const [action, folder = '', ...rest] = process.argv.slice(2);
// A run that replaces the file of the last one would pay for the pages of both.
if (action === 'pack')
  for (const file of fs.readdirSync(path.join(folder, 'volumes')))
    fs.rmSync(path.join(folder, 'volumes', file));
const startSeconds = performance.now() / 1000;
const startCpu = process.cpuUsage();
const told = await carryOut();
process.stdout.write(`${JSON.stringify({ seconds: elapsed(), workCpuSeconds: cpu(), ...told })}\n`);

function elapsed(): number {
  return performance.now() / 1000 - startSeconds;
}

/** Processor seconds of all threads since the work began. */
function cpu(): number {
  const { user, system } = process.cpuUsage(startCpu);
  return (user + system) / 1e6;
}

async function carryOut(): Promise<Record<string, number>> {
  if (action === 'hash') return hash(rest[0] as 'v1' | 'hybrid', Number(rest[1]), Number(rest[2]));
  if (action === 'pack') return pack(Number(rest[0]));
  const { intact, checkedBytes } = await verifyArchive(folder, {
    threads: Number(rest[0]),
    depth: rest[1] === 'bytes' ? 'bytes' : 'full',
  });
  return { isIntact: Number(intact), checkedBytes };
}

/** Metainfo of a folder: listed, hashed, encoded. */
async function hash(
  versions: 'v1' | 'hybrid',
  pieceLengthBytes: number,
  workers: number,
): Promise<Record<string, number>> {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const listed = orderTorrentFiles(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        return { path: path.relative(folder, file), sizeBytes: fs.statSync(file).size };
      }),
  );
  const files = listed.map((file) => ({ ...file, file: path.join(folder, file.path) }));
  const options = { pieceLengthBytes, versions, workers };
  const { pieces, trees } = await hashFiles(realDisk, files, options);
  const { bytes } = buildTorrent({
    name: path.basename(folder),
    versions,
    pieceLengthBytes,
    files: listed.map((file, at) => {
      const { piecesRoot, pieceLayer } = trees[at] ?? {};
      return { ...file, ...(piecesRoot && pieceLayer ? { piecesRoot, pieceLayer } : {}) };
    }),
    ...(pieces ? { pieces } : {}),
  });
  return { bytes: bytes.length };
}

/** A volume of all that lies loose in the archive-like `folder`, from the planning of its bytes to the read-back. */
async function pack(workers: number): Promise<Record<string, number>> {
  const store = openStore(realDisk, folder, async () => undefined);
  // As the ledger knows them: the root was recorded when the digest was made.
  const digests: Record<string, { digest: Digest; sizeBytes: number; leavesRoot?: Digest }> =
    JSON.parse(fs.readFileSync(path.join(folder, 'digests.json'), 'utf8'));
  const names = Object.keys(digests).sort(compareBytes);
  const members = names.map((name) => ({
    ...digests[name]!,
    path: parseSafePath(`Bench/${name}`),
    kind: 'audio' as const,
    ...{ licence: 'CC0-1.0', attribution: 'Bench', holder: 'Bench', engine: null },
    ids: [`local:${sha256(name).slice(0, 24)}`],
  }));
  const roots = new Map(Object.values(digests).map((one) => [one.digest, one.leavesRoot]));
  const leavesRootOf = async (digest: Digest) => roots.get(digest);
  const marks = { written: 0, durable: 0 };
  let workCpuSeconds = 0;
  const volume = await writeVolume(
    planVolume({ tier: 'original', members }),
    { disk: realDisk, store, workers, leavesRootOf },
    {
      onBytes: () => {},
      onPhase: (phase) => {
        marks[phase] = elapsed();
        if (phase === 'written') workCpuSeconds = cpu();
      },
    },
  );
  return {
    seconds: marks.written,
    workCpuSeconds,
    fsyncSeconds: marks.durable - marks.written,
    readBackSeconds: elapsed() - marks.durable,
    sizeBytes: volume.sizeBytes,
  };
}
