/** What becomes of a good copy of bytes that a volume has already. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, beforeEach } from 'node:test';
import type { Digest } from '../base/digest.ts';
import { realDisk } from '../base/disk.ts';
import { rootFromLeaves } from '../formats/merkle.ts';
import { parseVolumeHead } from '../formats/volume-head.ts';
import { directoriesOf, layoutOf, volumePaths } from './layout.ts';
import { openStore } from './store.ts';
import { hashedWhole, putVolume, testVolume } from './test-volume.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-store-'));
after(() => fs.rmSync(root, { recursive: true }));
const layout = layoutOf(root);

/** Members of several leaves, so that not all of them touch one another's. */
const volume = testVolume([90_000, 1000, 200_000]);
const paths = volumePaths(layout, volume.name);
const piecesRoot = Buffer.from(rootFromLeaves(hashedWhole(volume.name, volume.bytes).leaves));
const { entries } = parseVolumeHead((at, length) => volume.bytes.subarray(at, at + length));
const places = new Map(
  entries.map(({ line, positionBytes }) => [
    line.digest,
    {
      volume: volume.name,
      volumeSizeBytes: volume.bytes.length,
      piecesRoot: piecesRoot.toString('hex') as Digest,
      positionBytes,
      sizeBytes: line.length,
    },
  ]),
);
const [digest] = [...places].sort(([, a], [, b]) => b.sizeBytes - a.sizeBytes)[0]!;
const place = places.get(digest)!;

beforeEach(() => {
  fs.rmSync(root, { recursive: true });
  for (const directory of [root, ...directoriesOf(layout)]) fs.mkdirSync(directory);
  putVolume(realDisk, layout.volumes, volume.name, volume.bytes);
});

/** The outcome of keeping a good copy of the largest member, and the digests that lie loose then. */
async function keep() {
  const store = openStore(realDisk, root, async (one) => places.get(one));
  const copy = store.loose.startPut('copy');
  copy.write(volume.payloads.get(digest)!);
  assert.equal(copy.finish(), digest);
  const kept = await store.keep(digest, copy);
  assert.deepEqual(fs.readdirSync(layout.work), []);
  return { kept, loose: [...store.loose.list()], store };
}

function spoil(file: string, positions: readonly number[]): void {
  const bytes = fs.readFileSync(file);
  for (const position of positions) bytes[position]! ^= 1;
  fs.chmodSync(file, 0o644);
  fs.writeFileSync(file, bytes);
}

test('a copy of what reads true in a volume is let go', async () => {
  const { kept, loose } = await keep();
  assert.deepEqual([kept, loose], ['sound', []]);
});

test('a copy of what rotted in a volume takes its place there, byte for byte', async () => {
  const { positionBytes, sizeBytes } = place;
  spoil(paths.tar, [positionBytes, positionBytes + 70_000, positionBytes + sizeBytes - 1]);
  const { kept, loose, store } = await keep();
  assert.deepEqual([kept, loose], ['mended', []]);
  assert.ok(fs.readFileSync(paths.tar).equals(volume.bytes));
  const seen: Uint8Array[] = [];
  for await (const chunk of store.read(digest)) seen.push(chunk);
  assert.deepEqual(Buffer.concat(seen), Buffer.from(volume.payloads.get(digest)!));
});

test('a copy that cannot mend its volume lies loose, whatever is wrong there', async () => {
  const neighbour = place.positionBytes + place.sizeBytes;
  const wrong: readonly (() => void)[] = [
    () => spoil(paths.tar, [neighbour]),
    () => fs.rmSync(paths.tar),
    () => fs.rmSync(paths.leaves),
  ];
  for (const damage of wrong) {
    putVolume(realDisk, layout.volumes, volume.name, volume.bytes);
    damage();
    const { kept, loose, store } = await keep();
    assert.deepEqual([kept, loose], ['damaged', [digest]]);
    const seen = Buffer.concat([...store.loose.read(digest)]);
    assert.deepEqual(seen, Buffer.from(volume.payloads.get(digest)!));
  }
});

test('a copy of what is loose and rotten takes its place', async () => {
  const sound = volume.payloads.get(digest)!;
  const store = openStore(realDisk, root, async () => undefined);
  for (const wanted of ['mended', 'sound', 'mended'] as const) {
    const copy = store.loose.startPut('copy');
    copy.write(sound);
    copy.finish();
    assert.equal(await store.keep(digest, copy), wanted);
    assert.deepEqual(Buffer.concat([...store.loose.read(digest)]), Buffer.from(sound));
    if (wanted === 'sound')
      spoil(path.join(layout.objects, digest.slice(0, 2), digest.slice(2, 4), digest), [7]);
  }
});
