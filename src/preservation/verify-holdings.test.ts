/** What a fixity pass says of every way in which the objects of a store can be wrong. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { hold, type SmallArchive, smallArchive } from '../../test/support/small-archive.ts';
import type { Digest } from '../base/digest.ts';
import { unwatched } from '../base/progress.ts';
import { seededRandom } from '../base/seeded-random.ts';
import { sampleOpus } from '../formats/test-audio-samples.ts';
import { objectPath } from '../store/layout.ts';
import { verifyHoldings } from './verify-holdings.ts';

const SIZE = 40_000;
const BYTES = [1, 2, 3].map((seed) => seededRandom(seed).bytes(SIZE));

/** Codes by the first digits of the digest they are told of. */
async function findingsOf(archive: SmallArchive): Promise<Record<string, string>> {
  const { findings, checked } = await verifyHoldings(archive, { all: true }, unwatched);
  assert.equal(checked, 3, 'all are looked at');
  return Object.fromEntries(
    findings.map(({ code, subject }) => [/\((\w{12})\)/.exec(subject)?.[1] ?? subject, code]),
  );
}

const edit = (file: string, change: (bytes: Buffer) => Uint8Array) => {
  const bytes = change(fs.readFileSync(file));
  fs.chmodSync(file, 0o644);
  fs.writeFileSync(file, bytes);
};

/** What is done to the object at `file`, with another one beside it; the second is wrong too where it says so. */
const DAMAGE: Readonly<Record<string, [(file: string, other: string) => void, string[]]>> = {
  'a flipped bit': [
    (file) =>
      edit(file, (bytes) => {
        bytes[SIZE - 1]! ^= 1;
        return bytes;
      }),
    ['STORE_OBJECT_DAMAGED'],
  ],
  'a cut end': [(file) => edit(file, (b) => b.subarray(0, SIZE - 1)), ['STORE_OBJECT_DAMAGED']],
  'bytes behind the end': [
    (file) => edit(file, (b) => Buffer.concat([b, Buffer.of(0)])),
    ['STORE_OBJECT_DAMAGED'],
  ],
  'zeros in its place': [(file) => edit(file, (b) => b.fill(0)), ['STORE_OBJECT_DAMAGED']],
  'nothing in it': [(file) => edit(file, () => Buffer.alloc(0)), ['STORE_OBJECT_DAMAGED']],
  'two that changed places': [
    (file, other) => {
      fs.renameSync(file, `${file}.aside`);
      fs.renameSync(other, file);
      fs.renameSync(`${file}.aside`, other);
    },
    ['STORE_OBJECT_DAMAGED', 'STORE_OBJECT_DAMAGED'],
  ],
  'one that is gone': [(file) => fs.unlinkSync(file), ['STORE_OBJECT_MISSING']],
  'a link in its place': [
    (file, other) => {
      fs.unlinkSync(file);
      fs.symlinkSync(other, file);
    },
    ['STORE_OBJECT_MISSING'],
  ],
  'a folder in its place': [
    (file) => {
      fs.unlinkSync(file);
      fs.mkdirSync(file);
    },
    ['STORE_OBJECT_MISSING'],
  ],
  'another mode': [(file) => fs.chmodSync(file, 0o777), []],
  'an object nobody knows beside it': [
    (file) => fs.writeFileSync(path.join(path.dirname(file), '0'.repeat(64)), 'stray'),
    [],
  ],
};

describe('a fixity pass tells', () => {
  for (const [what, [damage, codes]] of Object.entries(DAMAGE))
    test(`${what}: ${codes.join(', ') || 'nothing wrong'}`, async () => {
      await using archive = await smallArchive();
      const digests = await hold(
        archive,
        BYTES.map((bytes) => ({ bytes })),
      );
      assert.deepEqual(await findingsOf(archive), {});
      const [first, second] = digests.map((digest) => objectPath(archive.store.layout, digest)) as [
        string,
        string,
      ];
      damage(first, second);
      const wanted = codes.map((code, at) => [digests[at]!.slice(0, 12), code]);
      assert.deepEqual(await findingsOf(archive), Object.fromEntries(wanted));
    });

  test('and where the sound of one is broken is told by its own checksums', async () => {
    await using archive = await smallArchive();
    const [digest] = (await hold(archive, [{ bytes: sampleOpus() }])) as [Digest];
    edit(objectPath(archive.store.layout, digest), (bytes) => {
      bytes[bytes.length - 100]! ^= 1;
      return bytes;
    });
    const { findings } = await verifyHoldings(archive, { all: true }, unwatched);
    assert.match(findings[0]!.seen, /broken first at byte \d+: the checksum of a page/);
  });

  test('and a good copy put again mends what rotted', async () => {
    await using archive = await smallArchive();
    const [digest] = (await hold(
      archive,
      BYTES.map((bytes) => ({ bytes })),
    )) as [Digest];
    edit(objectPath(archive.store.layout, digest), (bytes) => bytes.fill(7));
    const writer = archive.store.loose.startPut('again');
    writer.write(BYTES[0]!);
    assert.equal(writer.finish(), digest);
    writer.commit();
    assert.deepEqual(await findingsOf(archive), {});
  });
});
