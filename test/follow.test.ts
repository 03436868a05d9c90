import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fixedClock } from '../src/base/clock.ts';
import { realDisk } from '../src/base/disk.ts';
import { openOutbound } from '../src/base/outbound.ts';
import { unwatched } from '../src/base/progress.ts';
import { publicKeyBase64 } from '../src/formats/minisign.ts';
import { follow } from '../src/mirroring/follow.ts';
import { planEdition } from '../src/publishing/plan-edition.ts';
import { publishEdition } from '../src/publishing/publish-edition.ts';
import { publishTo } from '../src/publishing/publish-to.ts';
import { TEST_KEY, testArchive, testSongs } from '../src/publishing/test-archive.ts';
import { startTreeServer, type TreeServer } from './support/tree-server.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-follow-'));
const publicKey = publicKeyBase64(TEST_KEY.publicKey);
let server: TreeServer;
before(async () => {
  server = await startTreeServer();
});
after(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true });
});
const deps = {
  disk: realDisk,
  clock: fixedClock('2026-01-03T00:00:00Z'),
  typed: openOutbound({ allow: 'typed' }),
  found: openOutbound({ allow: 'public' }),
  watch: unwatched,
};

test('an archive is followed from nothing, and then to its next edition', async () => {
  const archive = await testArchive(path.join(folder, 'archive'));
  await archive.pack(testSongs(2, 1, 3000));
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  const copy = path.join(folder, 'copy');
  await publishTo(copy, archive.deps, unwatched);
  server.serve(copy);
  const options = { directory: path.join(folder, 'state'), address: server.address };
  const first = await follow({ ...options, publicKey }, deps);
  assert.deepEqual([first.isNew, first.state.edition.number], [true, 1]);
  await archive.pack(testSongs(2, 20, 3000));
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  await publishTo(copy, archive.deps, unwatched);
  server.serve(copy);
  const second = await follow(options, deps);
  const third = await follow(options, deps);
  assert.equal(third.isNew, false);
  await archive.close();
});
