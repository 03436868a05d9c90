/**
 * What `bench/volumes.ts` works on, made on the spot and the same in every run: a folder of tracks, one of tiny files,
 * each also as a loose store, and an archive whose published volume holds the tracks.
 */
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { openArchive } from '../src/archive.ts';
import { systemClock, systemRandom } from '../src/base/clock.ts';
import { type Digest, sha256 } from '../src/base/digest.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import { ensureDirectory } from '../src/base/durable.ts';
import { seededRandom } from '../src/base/seeded-random.ts';
import { startLeavesRoot } from '../src/formats/leaves-root.ts';
import type { Holding } from '../src/model/holding.ts';
import { albumIdOf, trackIdOf } from '../src/model/ids.ts';
import { UNKNOWN_RIGHTS } from '../src/model/rights.ts';
import { layoutOf, objectPath } from '../src/store/layout.ts';
import { openStore } from '../src/store/store.ts';

/** One set of files. */
export interface FileSet {
  /** Its files, in one folder. */
  readonly folder: string;
  /** The same as loose objects of a store. */
  readonly store: string;
  readonly files: number;
  readonly bytes: number;
}

/** How many files of which sizes. */
export interface SetSizes {
  readonly totalBytes?: number;
  readonly files?: number;
  readonly smallest: number;
  readonly largest: number;
}

const MAIN = path.resolve(import.meta.dirname, '../src/main.ts');
/** What is written here is of no worth tomorrow. */
const quickDisk: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };

/** Writes a set under `root`: files of even sizes that cannot be compressed, up to a total or a number. */
export function writeSet(root: string, name: string, sizes: SetSizes): FileSet {
  const folder = path.join(root, name);
  const store = path.join(root, `${name}-store`);
  const layout = layoutOf(store);
  for (const directory of [layout.objects, layout.volumes, layout.work, folder])
    fs.mkdirSync(directory, { recursive: true });
  const random = seededRandom(1);
  const digests: Record<string, { digest: Digest; sizeBytes: number; leavesRoot?: Digest }> = {};
  let bytes = 0;
  let files = 0;
  while (bytes < (sizes.totalBytes ?? Infinity) && files < (sizes.files ?? Infinity)) {
    const sizeBytes = sizes.smallest + random.below(sizes.largest - sizes.smallest);
    const file = `track ${String(files).padStart(5, '0')}.flac`;
    const content = noise(files, sizeBytes);
    const digest = sha256(content);
    fs.writeFileSync(path.join(folder, file), content);
    const object = objectPath(layout, digest);
    fs.mkdirSync(path.dirname(object), { recursive: true });
    fs.writeFileSync(object, content);
    const root = startLeavesRoot();
    root.update(content);
    const leavesRoot = root.finish();
    digests[file] = { digest, sizeBytes, ...(leavesRoot ? { leavesRoot } : {}) };
    bytes += sizeBytes;
    files += 1;
  }
  fs.writeFileSync(path.join(store, 'digests.json'), JSON.stringify(digests));
  return { folder, store, files, bytes };
}

/** Bytes that no two numbers share, made as fast as a cipher runs. */
function noise(number: number, sizeBytes: number): Buffer {
  const key = crypto.hash('sha256', `${number}`, 'buffer').subarray(0, 16);
  return crypto
    .createCipheriv('aes-128-ctr', key, Buffer.alloc(16))
    .update(Buffer.alloc(sizeBytes));
}

/** An archive in `root` with one published volume that holds the objects of `store`. */
export async function publishedArchive(root: string, store: string): Promise<void> {
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  run('init', root, '--name', 'Bench', '--contact', 'bench@example.org');
  fs.appendFileSync(path.join(root, 'fonoteca.toml'), '\n[pack]\nvolume_size = "100GB"\n');
  await holdAll(root, store);
  for (const stage of ['plan', 'pack', 'publish']) run(stage, '--archive', root, '--quiet');
}

/** Takes the objects over and tells the ledger of them, without looking at what sound they might hold. */
async function holdAll(root: string, store: string): Promise<void> {
  const world = { disk: quickDisk, clock: systemClock, random: systemRandom };
  await using archive = await openArchive(root, { write: true }, world);
  const from = openStore(quickDisk, store, async () => undefined);
  for (const digest of from.loose.list()) {
    const to = objectPath(archive.layout, digest);
    ensureDirectory(quickDisk, path.dirname(to));
    fs.linkSync(objectPath(from.layout, digest), to);
    const sizeBytes = from.loose.sizeOf(digest)!;
    await archive.ledger.commit([{ kind: 'holding-added', holding: holdingOf(digest, sizeBytes) }]);
  }
}

function holdingOf(digest: Digest, sizeBytes: number): Holding {
  return {
    ...{ digest, sizeBytes, kind: 'audio', extension: 'flac', mimeType: 'audio/flac' },
    trackId: trackIdOf(digest),
    albumId: albumIdOf('Bench', 'Bench'),
    ...{ role: null, verdict: { state: 'intact' }, technical: null },
    description: {
      ...{ title: digest.slice(0, 8), artist: 'Bench', album: 'Bench', from: 'table' },
      popularity: { value: 50, origin: 'bench', method: 'as given' },
    },
    rights: { ...UNKNOWN_RIGHTS, licence: 'CC0-1.0', holder: 'Bench' },
  };
}
