import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { after } from 'node:test';
import { openAudioDoor } from '../audio/door.ts';
import { encodeWav } from '../audio/encoders.ts';
import { tone } from '../audio/test-sounds.ts';
import { sha256 } from '../base/digest.ts';
import { type Disk, realDisk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { clearWork } from '../store/clear-work.ts';
import { openLooseStore } from '../store/loose-store.ts';
import type { HeldItem } from './add-session.ts';
import { type AddBench, addBench } from './test-add.ts';

const door = await openAudioDoor({ workers: 1 });
after(() => door.close());

/** A disk that fails at its `nth` operation that writes, and at all after it. */
function failingDisk(nth: number): Disk {
  let count = 0;
  const guarded =
    <A extends unknown[], R>(operation: (...values: A) => R) =>
    (...values: A): R => {
      count += 1;
      if (count >= nth) throw new FonotecaError('DISK_FULL', `operation ${count}`);
      return operation(...values);
    };
  return {
    ...realDisk,
    create: guarded(realDisk.create),
    write: guarded(realDisk.write),
    fsync: guarded(realDisk.fsync),
    renameNoReplace: guarded(realDisk.renameNoReplace),
    renameReplace: guarded(realDisk.renameReplace),
    mkdir: guarded(realDisk.mkdir),
    syncDirectory: guarded(realDisk.syncDirectory),
  };
}

function withDisk({ deps }: AddBench, disk: Disk): void {
  const store = { ...deps.store, loose: openLooseStore(disk, deps.store.layout) };
  Object.assign(deps, { disk, store });
}

const files: Readonly<Record<string, Uint8Array>> = {
  'a.wav': await encodeWav(tone({ rateHz: 8000, samples: 9000, channels: 1 })),
  'b.wav': await encodeWav(tone({ rateHz: 8000, samples: 9000, channels: 1, frequencyHz: 300 })),
  COPYING: Buffer.from('permit'),
  'tracks.csv': Buffer.from(
    'path,licence,evidence\na.wav,CC0-1.0,COPYING\nb.wav,CC0-1.0,COPYING\n',
  ),
};

test('a disk that fills up at any operation loses nothing acknowledged, and the next run completes', async () => {
  let failures = 0;
  for (let nth = 1; ; nth += 1) {
    await using bench = addBench(door);
    for (const [name, content] of Object.entries(files)) bench.put(name, content);
    withDisk(bench, failingDisk(nth));
    const held: HeldItem[] = [];
    const run = bench.add({}, { held });
    const outcome = await run.then(
      () => 'done',
      (error: FonotecaError) => error.code,
    );
    for (const { digest } of held) {
      assert.ok(
        await bench.deps.ledger.holding(digest),
        `${nth}: the fact of what was acknowledged`,
      );
      assert.equal(
        sha256(Buffer.concat([...openLooseStore(realDisk, bench.deps.store.layout).read(digest)])),
        digest,
      );
    }
    withDisk(bench, realDisk);
    if (outcome === 'done') break;
    assert.equal(outcome, 'DISK_FULL');
    failures += 1;
    clearWork(bench.deps.disk, bench.deps.store.layout);
    const report = await bench.add();
    assert.deepEqual([report.findings, report.interrupted], [[], false], `${nth}`);
    const sources = await bench.deps.ledger.sourceFiles(bench.music);
    assert.deepEqual(
      new Set(sources.map(({ path, digest }) => `${path} ${digest}`)),
      new Set(Object.entries(files).map(([name, content]) => `${name} ${sha256(content)}`)),
    );
    assert.equal((await bench.deps.ledger.holdings()).length, 4);
    assert.deepEqual(fs.readdirSync(bench.deps.store.layout.work), []);
  }
  assert.ok(failures > 20, `${failures} operations failed in turn`);
});
