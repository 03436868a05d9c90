import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { type Disk, realDisk } from '../base/disk.ts';
import { unwatched } from '../base/progress.ts';
import { IMPORT_RECORD } from '../catalogue/imports.ts';
import { currentSnapshot } from '../catalogue/snapshot-open.ts';
import type { BuildRequest } from './build-request.ts';
import { buildSnapshot } from './build-snapshot.ts';
import { checkSnapshot } from './check-snapshot.ts';
import { sampleTrack, writeSampleImport } from './import-samples.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-consumed-'));
after(() => fs.rmSync(root, { recursive: true }));

/** A catalogue with an import of each of `sources`. */
function catalogueOf(name: string, sources: readonly string[], date?: string): string {
  const catalogue = path.join(root, name);
  for (const source of sources) {
    const tracks = Array.from({ length: 20 }, (_, at) =>
      sampleTrack({ id: `${source}:t${at}`, title: `Song ${at}` }),
    );
    writeSampleImport(catalogue, { tracks }, { source, ...(date && { date }) });
  }
  return catalogue;
}

function build(catalogue: string, request: BuildRequest, disk: Disk = realDisk, watch = unwatched) {
  const small = { memoryBytes: 2 ** 28, ...request };
  return buildSnapshot(small, { disk, catalogue, watch, threads: 1 });
}

const below = (catalogue: string, folder: string) => {
  const there = path.join(catalogue, folder);
  return fs.existsSync(there) ? fs.readdirSync(there) : [];
};

/** Fails at the call number `last` that removes a record of an import, and at every one after. */
function killedAtDrop(last: number): Disk {
  let drops = 0;
  let isDead = false;
  const check = () => {
    if (isDead) throw new Error('killed');
  };
  return {
    ...realDisk,
    unlink(file) {
      if (path.basename(file) === IMPORT_RECORD) drops += 1;
      if (drops === last) isDead = true;
      check();
      realDisk.unlink(file);
    },
    rmdir(folder) {
      check();
      realDisk.rmdir(folder);
    },
    renameReplace(from, to) {
      check();
      realDisk.renameReplace(from, to);
    },
  };
}

describe('a build that consumes its imports', () => {
  for (const [sources, last] of [
    [['one'], 1],
    [['one', 'two'], 1],
    [['one', 'two'], 2],
  ] as const)
    test(`killed when it drops the ${last}. of ${sources.length} imports, it is in use, and the next call ends it`, async () => {
      const catalogue = catalogueOf(`killed-${last}-${sources.length}`, sources);
      const request = { consume: true };
      await assert.rejects(build(catalogue, request, killedAtDrop(last)), /killed/);
      const id = currentSnapshot(realDisk, catalogue);
      assert.notEqual(id, null);
      const again = await build(catalogue, request);
      assert.deepEqual([again.manifest?.id, again.fresh], [id, false]);
      assert.equal(currentSnapshot(realDisk, catalogue), id);
      for (const folder of ['imports', 'building']) assert.deepEqual(below(catalogue, folder), []);
    });
});

test('what builds of other imports left goes with the next', async () => {
  const catalogue = catalogueOf('stale', ['one'], '2026-01-01');
  const stopped = { ...unwatched, stop: AbortSignal.abort() };
  assert.equal((await build(catalogue, {}, realDisk, stopped)).manifest, null);
  assert.equal(below(catalogue, 'building').length, 1);
  catalogueOf('stale', ['one'], '2026-02-01');
  assert.notEqual((await build(catalogue, {})).manifest, null);
  assert.deepEqual(below(catalogue, 'building'), []);
});

describe('a damaged snapshot', () => {
  const flip = (file: string) => {
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    fs.writeFileSync(file, bytes);
  };
  const check = (directory: string) => checkSnapshot(realDisk, directory, unwatched).findings;

  test('is built again from its imports where that is asked, and is whole', async () => {
    const catalogue = catalogueOf('damaged', ['one']);
    const { directory, manifest } = await build(catalogue, {});
    for (const name of ['tracks.rows', 'track-ids.index']) flip(path.join(directory, name));
    assert.deepEqual((await build(catalogue, {})).fresh, false);
    assert.equal(new Set(check(directory).map(({ subject }) => subject)).size, 2);
    const again = await build(catalogue, { again: true });
    assert.deepEqual([again.fresh, again.manifest], [true, manifest]);
    assert.deepEqual(check(directory), []);
    assert.deepEqual(below(catalogue, 'building'), []);
  });

  test('killed when the new one is to take its place, the same call completes it', async () => {
    const catalogue = catalogueOf('damaged-killed', ['one']);
    const { directory } = await build(catalogue, {});
    flip(path.join(directory, 'tracks.rows'));
    const killed: Disk = {
      ...realDisk,
      renameReplace(from, to) {
        if (to === directory) throw new Error('killed');
        realDisk.renameReplace(from, to);
      },
    };
    await assert.rejects(build(catalogue, { again: true }, killed), /killed/);
    assert.equal((await build(catalogue, { again: true })).fresh, true);
    assert.deepEqual(check(directory), []);
    assert.deepEqual(below(catalogue, 'building'), []);
  });
});
