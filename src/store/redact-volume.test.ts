import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { type Digest, sha256 } from '../base/digest.ts';
import { type Disk, realDisk } from '../base/disk.ts';
import { ensureDirectory } from '../base/durable.ts';
import { punchHole } from '../base/punch-hole.ts';
import { encodeLeaves } from '../formats/leaves-file.ts';
import { layoutOf } from './layout.ts';
import { carryOutRedaction, planRedaction } from './redact-volume.ts';
import type { SealedSource } from './sealed.ts';
import { hashedWhole, putVolume, redactedBytes, sealAll, testVolume } from './test-volume.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-redact-'));
after(() => fs.rmSync(folder, { recursive: true }));
const SIZES = [300_000, 16_384, 16_385, 1, 0, 511, 600_000, 513, 40_000];
const volume = testVolume(SIZES);
const { name, members } = volume;
let made = 0;

function placed(disk: Disk = realDisk): string {
  const directory = path.join(folder, String(++made), 'volumes');
  ensureDirectory(disk, directory);
  putVolume(disk, directory, name, volume.bytes);
  return directory;
}

const pick = (...numbers: number[]) => new Set(numbers.map((at) => members[at]!.digest));
const ALL = new Set(members.map(({ digest }) => digest));

async function redact(directory: string, withdrawn: ReadonlySet<Digest>, sealed?: SealedSource) {
  const plan = planRedaction(realDisk, directory, name, withdrawn, sealed);
  if (!plan) return undefined;
  const redacted = await carryOutRedaction(realDisk, plan, punchHole);
  redacted.settle();
  return redacted;
}

/** The folder holds exactly the volume that everything made anew gives. */
function assertVolume(directory: string, withdrawn: ReadonlySet<Digest>): void {
  const bytes = redactedBytes(volume, withdrawn);
  const { leaves, bytes: torrent } = hashedWhole(name, bytes);
  const read = (suffix: string) => fs.readFileSync(path.join(directory, `${name}${suffix}`));
  assert.ok(read('.tar').equals(bytes), 'the tar');
  assert.ok(read('.torrent').equals(torrent), 'the torrent');
  assert.ok(
    read('.leaves').equals(encodeLeaves({ sizeBytes: bytes.length, leaves })),
    'the leaves',
  );
  assert.deepEqual(
    fs.readdirSync(directory).sort(),
    ['.leaves', '.tar', '.torrent'].map((suffix) => name + suffix),
  );
}

for (const withdrawn of [pick(0), pick(3), pick(4), pick(8), pick(1, 2, 5, 7), pick(6, 0), ALL]) {
  test(`withdrawing ${withdrawn.size} members gives the volume, leaves and torrent made anew`, async () => {
    const directory = placed();
    const redacted = await redact(directory, withdrawn);
    assertVolume(directory, withdrawn);
    const bytes = redactedBytes(volume, withdrawn);
    const { infohashV1, infohashV2 } = hashedWhole(name, bytes);
    assert.equal(redacted?.infohashV1, infohashV1);
    assert.equal(redacted.infohashV2, infohashV2);
    assert.equal(redacted.digest, sha256(bytes));
    assert.equal(await redact(directory, withdrawn), undefined);
  });
}

test('what comes out depends on the set alone, not on the way there', async () => {
  const layout = layoutOf(path.join(folder, String(++made)));
  const sealed = await sealAll(realDisk, layout, volume);
  const directory = placed();
  for (const withdrawn of [pick(0, 1), pick(1, 6), pick(), ALL, pick(2), pick()]) {
    await redact(directory, withdrawn, sealed);
    assertVolume(directory, withdrawn);
  }
});

test('what is not touched is not written, and nothing outside payloads and lines is', async () => {
  const directory = placed();
  const written: [number, number][] = [];
  const disk: Disk = {
    ...realDisk,
    write: (descriptor, bytes, position) => {
      if (fs.readlinkSync(`/proc/self/fd/${descriptor}`).endsWith('.tar'))
        written.push([position!, bytes.length]);
      return realDisk.write(descriptor, bytes, position);
    },
  };
  const plan = planRedaction(disk, directory, name, pick(0, 5), undefined)!;
  await carryOutRedaction(disk, plan, undefined);
  const allowed = plan.withdrawn.flatMap((member) => [
    [member.payloadPositionBytes, member.sizeBytes],
    [member.linePositionBytes, member.line.length],
  ]);
  assert.ok(written.length >= 4);
  for (const [position, length] of written)
    assert.ok(
      allowed.some(([at, size]) => position >= at! && position + length <= at! + size!),
      `${length} bytes at ${position}`,
    );
});

test('a member whose bytes are not kept here stays zeros, and is told', async () => {
  const directory = placed();
  await redact(directory, pick(0, 1));
  const plan = planRedaction(realDisk, directory, name, pick(1, 2), undefined);
  assert.deepEqual(plan?.missing, [...pick(0)]);
  await redact(directory, pick(1, 2));
  assertVolume(directory, pick(0, 1, 2));
});

test('damage beside what is withdrawn does not keep the withdrawn bytes there', async () => {
  const directory = placed();
  const tar = path.join(directory, `${name}.tar`);
  const plan = planRedaction(realDisk, directory, name, pick(3), undefined)!;
  const at = plan.target.members[2]!.payloadPositionBytes;
  const bytes = fs.readFileSync(tar);
  bytes[at + 5]! ^= 1;
  fs.writeFileSync(tar, bytes);
  await assert.rejects(redact(directory, pick(3)), { code: 'STORE_OBJECT_DAMAGED' });
  const [gone] = plan.withdrawn;
  const payload = fs
    .readFileSync(tar)
    .subarray(gone!.payloadPositionBytes, gone!.payloadPositionBytes + gone!.sizeBytes);
  assert.ok(payload.every((byte) => byte === 0));
  bytes[at + 5]! ^= 1;
  fs.writeFileSync(tar, Buffer.concat([bytes]));
  await redact(directory, pick(3));
  assertVolume(directory, pick(3));
});

test('leaves, torrent and index that do not belong together are refused', () => {
  const spoil = (suffix: string, at: number) => {
    const directory = placed();
    const file = path.join(directory, name + suffix);
    const bytes = fs.readFileSync(file);
    bytes[at]! ^= 1;
    fs.writeFileSync(file, bytes);
    return () => planRedaction(realDisk, directory, name, pick(0), undefined);
  };
  assert.throws(spoil('.tar', 16_384 + 3), { code: 'STORE_OBJECT_DAMAGED' });
  assert.throws(spoil('.leaves', 100), { code: 'STORE_OBJECT_DAMAGED' });
  const directory = placed();
  fs.unlinkSync(path.join(directory, `${name}.torrent`));
  assert.throws(() => planRedaction(realDisk, directory, name, pick(0), undefined), {
    code: 'STORE_OBJECT_MISSING',
  });
});

test('the space of a large withdrawn member is given back where the file system can', async (context) => {
  const large = testVolume([4_000_000, 10]);
  const directory = path.join(folder, String(++made));
  ensureDirectory(realDisk, directory);
  putVolume(realDisk, directory, large.name, large.bytes);
  const file = path.join(directory, `${large.name}.tar`);
  const probe = path.join(directory, 'probe');
  fs.writeFileSync(probe, Buffer.alloc(200_000, 1));
  if (!(await punchHole(probe, 0, 200_000))) return context.skip('no hole can be made here');
  const withdrawn = new Set([large.members[0]!.digest]);
  const plan = planRedaction(realDisk, directory, large.name, withdrawn, undefined)!;
  const before = fs.statSync(file).blocks;
  await carryOutRedaction(realDisk, plan, punchHole);
  assert.ok(fs.statSync(file).blocks < before - 6000, `${fs.statSync(file).blocks} of ${before}`);
  assert.ok(fs.readFileSync(file).equals(redactedBytes(large, withdrawn)));
});

test('a sealed copy that is damaged is never brought back', async () => {
  const layout = layoutOf(path.join(folder, String(++made)));
  const sealed = await sealAll(realDisk, layout, volume);
  const digest = members[0]!.digest;
  const file = path.join(layout.sealed, digest.slice(0, 2), digest);
  const directory = placed();
  await redact(directory, pick(0, 1), sealed);
  const bytes = fs.readFileSync(file);
  bytes[7]! ^= 1;
  fs.chmodSync(file, 0o600);
  fs.writeFileSync(file, bytes);
  await assert.rejects(redact(directory, pick(1), sealed), { code: 'SEALED_MISSING' });
  assertVolume(directory, pick(0, 1));
});
