import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fixedClock } from '../src/base/clock.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import { FonotecaError } from '../src/base/errors.ts';
import { openOutbound } from '../src/base/outbound.ts';
import { unwatched } from '../src/base/progress.ts';
import { checkVolumes } from '../src/mirroring/check-volumes.ts';
import { fetchSmall } from '../src/mirroring/fetch-volume.ts';
import { type FollowDeps, follow } from '../src/mirroring/follow.ts';
import { remoteTree } from '../src/mirroring/remote-tree.ts';
import { PUBLIC_KEY, publishHistory, readEdition } from './support/follow-history.ts';
import { treeDigests } from './support/published.ts';
import { type Lie, startTreeServer, type TreeServer } from './support/tree-server.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-kept-'));
const at = (name: string) => path.join(folder, name);
const QUICK_DISK: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };
const COPY = at('copy');
let server: TreeServer;
/** A volume of edition 4, and its files below the tree. */
let name = '';
let tar = '';
let leaves = '';
let torrent = '';

const DEPS: FollowDeps = {
  disk: QUICK_DISK,
  clock: fixedClock('2026-02-11T12:00:00Z'),
  typed: openOutbound({ allow: 'typed' }),
  found: openOutbound({ allow: 'typed' }),
  watch: unwatched,
};
const gone: Lie = (_request, response) => void response.writeHead(404).end();

before(async () => {
  server = await startTreeServer();
  await publishHistory(folder);
  const [first] = readEdition(at('four'), 4).volumes;
  name = first!.name;
  [tar, leaves, torrent] = [`volumes/${name}.tar`, `volumes/${name}.leaves`, first!.torrent];
  server.serve(at('four'));
  await look(true);
});
beforeEach(() => {
  fs.rmSync(path.join(COPY, 'volumes'), { recursive: true });
  fs.cpSync(at('four/volumes'), path.join(COPY, 'volumes'), { recursive: true });
  fs.copyFileSync(at(`four/${torrent}`), path.join(COPY, torrent));
  fs.rmSync(path.join(COPY, 'partial'), { recursive: true, force: true });
});
after(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true });
});

/** Follows the server into the copy and reads every volume. */
async function look(keep: boolean) {
  const asked = { directory: COPY, address: server.address };
  const followed = await follow({ ...asked, publicKey: PUBLIC_KEY }, DEPS);
  return checkVolumes({ ...asked, keep }, followed, DEPS);
}

function flipBit(file: string): void {
  const bytes = fs.readFileSync(file);
  bytes[bytes.length - 40] = bytes[bytes.length - 40]! ^ 1;
  fs.writeFileSync(file, bytes);
}

const isAsPublished = (file: string) =>
  fs.readFileSync(path.join(COPY, file)).equals(fs.readFileSync(at(`four/${file}`)));

for (const keep of [false, true])
  describe(`a kept copy that is looked at ${keep ? 'with' : 'without'} the wish to keep`, () => {
    for (const damaged of ['leaves', 'torrent'] as const)
      test(`gets damaged ${damaged} anew, and its whole tar is neither asked for nor touched`, async () => {
        const file = damaged === 'leaves' ? leaves : torrent;
        flipBit(path.join(COPY, file));
        const { ino } = fs.statSync(path.join(COPY, tar));
        server.serve(at('four'), { [tar]: gone });
        assert.deepEqual((await look(keep)).findings, []);
        assert.ok(!server.asked.some((one) => one.endsWith('.tar')));
        assert.deepEqual([isAsPublished(file), fs.statSync(path.join(COPY, tar)).ino], [true, ino]);
      });

    test('keeps everything of a volume of which the address has nothing', async () => {
      for (const file of [leaves, tar]) flipBit(path.join(COPY, file));
      const before = treeDigests(path.join(COPY, 'volumes'));
      server.serve(at('four'), { [tar]: gone, [leaves]: gone });
      const { findings } = await look(keep);
      assert.deepEqual([...new Set(findings.map(({ code }) => code))], ['VERIFY_FILE_MISSING']);
      assert.deepEqual(treeDigests(path.join(COPY, 'volumes')), before);
    });

    test('keeps a damaged tar, and says so, until the address gives one that is whole', async () => {
      flipBit(path.join(COPY, tar));
      const before = treeDigests(path.join(COPY, 'volumes'));
      const alsoDamaged: Lie = (_request, response) => {
        const bytes = fs.readFileSync(at(`four/${tar}`));
        bytes[700] = bytes[700]! ^ 1;
        response.end(bytes);
      };
      for (const lie of [gone, alsoDamaged]) {
        server.serve(at('four'), { [tar]: lie });
        const codes = (await look(keep)).findings.map(({ code }) => code);
        assert.ok(codes.includes('VERIFY_FILE_DIGEST'), codes.join());
        assert.deepEqual(treeDigests(path.join(COPY, 'volumes')), before);
      }
      server.serve(at('four'));
      assert.deepEqual((await look(keep)).findings, []);
      assert.ok(isAsPublished(tar));
    });
  });

describe('beside the volumes', () => {
  test('what is somebody’s own stays, also a folder, and a volume that is listed no more goes', async () => {
    const stale = path.join(COPY, 'volumes/original-0000000000000000.tar');
    fs.writeFileSync(stale, 'withdrawn long ago');
    fs.writeFileSync(path.join(COPY, 'volumes/notes.txt'), 'mine');
    fs.mkdirSync(path.join(COPY, 'volumes/original-1111111111111111.tar'));
    server.serve(at('four'));
    assert.deepEqual((await look(true)).findings, []);
    const names = fs.readdirSync(path.join(COPY, 'volumes'));
    assert.ok(names.includes('notes.txt') && names.includes('original-1111111111111111.tar'));
    assert.ok(!names.includes('original-0000000000000000.tar'));
  });

  for (const text of ['{', 'null', '{"edition":4,"volumes":[]}', '{"volumes":{"../x":1}}'])
    test(`a memory of an unfinished run that says ${text} is no memory`, async () => {
      fs.mkdirSync(path.join(COPY, 'partial'), { recursive: true });
      fs.writeFileSync(path.join(COPY, 'partial/checked.json'), text);
      server.serve(at('four'));
      const { volumes, members, findings } = await look(false);
      assert.deepEqual([volumes, members, findings], [4, 6, []]);
    });

  test('no small file is asked for that is listed larger than its volume calls for', async () => {
    server.serve(at('four'));
    const door = openOutbound({ allow: 'typed' });
    const remote = remoteTree(server.address, { door, stop: new AbortController().signal });
    const listed = { path: leaves, sizeBytes: 2 ** 40, sha256: '0'.repeat(64) };
    const places = { disk: QUICK_DISK, directory: COPY, onBytes: () => {} };
    await assert.rejects(fetchSmall(remote, listed, 40_000, places), (error) => {
      assert.ok(error instanceof FonotecaError);
      return error.code === 'VERIFY_FILE_SIZE';
    });
    assert.deepEqual(server.asked, []);
  });
});
