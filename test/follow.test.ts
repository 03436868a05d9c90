import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fixedClock } from '../src/base/clock.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import { FonotecaError } from '../src/base/errors.ts';
import { openOutbound } from '../src/base/outbound.ts';
import { unwatched } from '../src/base/progress.ts';
import { checkVolumes, type VolumeOptions } from '../src/mirroring/check-volumes.ts';
import { type FollowDeps, follow } from '../src/mirroring/follow.ts';
import { readFollowState } from '../src/mirroring/follow-state.ts';
import { openFolder } from '../src/mirroring/staging.ts';
import { dyingDisk, Killed } from '../src/publishing/test-archive.ts';
import { verifyArchive } from '../src/verifier/verify-archive.ts';
import { PUBLIC_KEY, publishHistory, readEdition, stampLie } from './support/follow-history.ts';
import { treeDigests } from './support/published.ts';
import { type Lie, startTreeServer, type TreeServer } from './support/tree-server.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-follow-'));
const at = (name: string) => path.join(folder, name);
const NOW = '2026-02-11T12:00:00Z';
const QUICK_DISK: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };
let server: TreeServer;
let mirror: TreeServer;
/** A volume of edition 4, and the path of its tar. */
let volume = '';
let tar = '';

before(async () => {
  server = await startTreeServer();
  mirror = await startTreeServer();
  await publishHistory(folder, { mirrors: [mirror.address] });
  const [first] = readEdition(at('four'), 4).volumes;
  volume = first!.name;
  tar = `volumes/${volume}.tar`;
});
after(async () => {
  await server.close();
  await mirror.close();
  fs.rmSync(folder, { recursive: true });
});

const DEPS: FollowDeps = {
  disk: QUICK_DISK,
  clock: fixedClock(NOW),
  typed: openOutbound({ allow: 'typed' }),
  found: openOutbound({ allow: 'typed' }),
  watch: unwatched,
};

/** Follows into the folder `name`. */
function ask(name: string, deps: Partial<FollowDeps> = {}) {
  const options = { directory: at(name), address: server.address, publicKey: PUBLIC_KEY };
  return follow(options, { ...DEPS, ...deps });
}

/** Follows edition 4 into the folder `name`, then reads its volumes. */
async function readAll(
  name: string,
  options: Partial<VolumeOptions> = {},
  deps: Partial<FollowDeps> = {},
) {
  const followed = await ask(name);
  return checkVolumes(
    { directory: at(name), address: server.address, keep: false, ...options },
    followed,
    { ...DEPS, ...deps },
  );
}

/** The names of the changing operations that `action` makes on its disk, in order. */
async function recordOperations(action: (disk: Disk) => Promise<unknown>): Promise<string[]> {
  const operations: string[] = [];
  const counting = dyingDisk(Number.MAX_SAFE_INTEGER);
  const methods = Object.entries(counting).map(([name, method]: [string, unknown]) => [
    name,
    (...values: unknown[]) => {
      const before = counting.operations;
      const result = (method as (...values: unknown[]) => unknown)(...values);
      if (counting.operations > before) operations.push(name);
      return result;
    },
  ]);
  await action(Object.fromEntries(methods) as Disk);
  return operations;
}

const refusal = (code: string) => (error: unknown) => {
  assert.ok(error instanceof FonotecaError, String(error));
  assert.equal(error.code, code, error.message);
  return true;
};
const fails: Lie = (_request, response) => void response.writeHead(503).end();
const damaged: Lie = (_request, response) => {
  const bytes = fs.readFileSync(path.join(at('four'), tar));
  bytes[bytes.length - 9000] = bytes[bytes.length - 9000]! ^ 1;
  response.end(bytes);
};

describe('following', () => {
  test('believes no timestamp that would hold for longer than publishers say', async () => {
    const root = at('endless');
    fs.cpSync(at('four'), root, { recursive: true });
    stampLie(root, { edition: 4, sequence: 1, expires: '9999-12-31T23:59:59Z' });
    server.serve(root);
    await assert.rejects(ask('never ends'), refusal('VERIFY_TIMESTAMP'));
    assert.equal(readFollowState(realDisk, at('never ends')), undefined);
  });

  test('begins with nothing but a key, goes on without it, and asks only for what is new', async () => {
    server.serve(at('three'));
    const first = await ask('plain', { clock: fixedClock('2026-01-22T00:00:00Z') });
    assert.deepEqual([first.isNew, first.state.edition.number], [true, 3]);
    assert.ok(server.asked.includes('editions/0001/catalogue.jsonl'));
    server.serve(at('four'));
    const options = { directory: at('plain'), address: server.address };
    const second = await follow(options, DEPS);
    assert.deepEqual([second.isNew, second.state.edition.number], [true, 4]);
    const olds = server.asked.filter((name) => /editions\/000[123]\//.test(name));
    assert.deepEqual(olds, []);
    const third = await follow(options, DEPS);
    assert.deepEqual([third.isNew, third.state.edition.number], [false, 4]);
    const { findings } = await verifyArchive(at('plain'), { publicKey: PUBLIC_KEY });
    const absent = findings.filter(({ subject }) => !subject.startsWith('volumes/'));
    assert.deepEqual(absent, []);
  });

  test('asks the mirrors an edition names when the typed address lies, and tells of it', async () => {
    server.serve(at('renewed'));
    await ask('mirrored', { clock: fixedClock('2026-02-10T12:00:00Z') });
    server.serve(at('two'));
    mirror.serve(at('four'));
    const { state, address, refused } = await ask('mirrored');
    assert.deepEqual([state.edition.number, address], [4, mirror.address]);
    assert.deepEqual(
      refused.map(({ address: one, code }) => [one, code]),
      [[server.address, 'FOLLOW_ROLLBACK']],
    );
  });

  test('does not call a mirror that points inward', async () => {
    server.serve(at('renewed'));
    await ask('inward', { clock: fixedClock('2026-02-10T12:00:00Z') });
    server.serve(at('two'));
    mirror.serve(at('four'));
    const asked = ask('inward', { found: openOutbound({ allow: 'public' }) });
    await assert.rejects(asked, refusal('FOLLOW_ROLLBACK'));
    assert.deepEqual(mirror.asked, []);
  });

  test('leaves a folder alone that is something else', async () => {
    server.serve(at('four'));
    const before = treeDigests(at('archive'));
    await assert.rejects(ask('archive'), refusal('ARCHIVE_EXISTS'));
    assert.deepEqual(treeDigests(at('archive')), before);
  });

  const notes = { 'work/thesis.txt': 'years of it', 'next/plan.txt': 'more of it' };
  for (const [what, files] of Object.entries({
    'a next, a work and a src': { ...notes, 'src/a.ts': '1' },
    'a work alone': { 'work/thesis.txt': 'years of it' },
    'a state of another program': { ...notes, 'state.json': '{"window":3}' },
    'a state that is no JSON': { ...notes, 'state.json': 'on' },
    'a marker of another program': { ...notes, following: '@ana' },
  }))
    test(`leaves a folder alone that holds ${what}`, async () => {
      server.serve(at('four'));
      const name = `mine-${what.replaceAll(' ', '-')}`;
      for (const [file, text] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(at(`${name}/${file}`)), { recursive: true });
        fs.writeFileSync(at(`${name}/${file}`), text);
      }
      const before = treeDigests(at(name));
      await assert.rejects(ask(name), refusal('ARCHIVE_EXISTS'));
      assert.deepEqual(treeDigests(at(name)), before);
      assert.deepEqual(server.asked, []);
    });

  test('takes its own folder up again that a first run left without a state', async () => {
    server.serve(at('four'));
    const operations = await recordOperations((disk) => ask('begun', { disk }));
    for (const point of [3, 6, 9, Math.floor(operations.length / 2)]) {
      await assert.rejects(ask(`begun-${point}`, { disk: dyingDisk(point) }), Killed);
      assert.equal((await ask(`begun-${point}`)).state.edition.number, 4);
    }
  });

  test('killed anywhere leaves the old state or the new one, whole', async () => {
    server.serve(at('renewed'));
    await ask('old', { clock: fixedClock('2026-02-10T12:00:00Z') });
    server.serve(at('four'));
    fs.cpSync(at('old'), at('new'), { recursive: true });
    const operations = await recordOperations((disk) => ask('new', { disk }));
    const wanted = [treeDigests(at('old')), treeDigests(at('new'))];
    // Around each rename of the change-over, and here and there while the next tree is built.
    const renames = operations.flatMap((name, at) => (name === 'renameReplace' ? [at + 1] : []));
    const kills = new Set(renames.slice(-4).flatMap((point) => [point, point + 1, point + 2]));
    for (let part = 1; part < 8; part += 1) kills.add(Math.floor((operations.length * part) / 8));
    const seen = new Set<number>();
    for (const point of kills) {
      const directory = at(`kill-${point}`);
      fs.cpSync(at('old'), directory, { recursive: true });
      await assert.rejects(ask(`kill-${point}`, { disk: dyingDisk(point) }), Killed);
      openFolder(QUICK_DISK, directory);
      const now = treeDigests(directory);
      const which = readFollowState(QUICK_DISK, directory)!.edition.number === 3 ? 0 : 1;
      assert.deepEqual(now, wanted[which], `killed at ${point} of ${operations.length}`);
      seen.add(which);
    }
    assert.deepEqual([...seen].sort(), [0, 1]);
  });
});

describe('volumes of a followed archive', () => {
  test('are read one at a time and leave nothing behind', async () => {
    server.serve(at('four'));
    const { volumes, members, findings } = await readAll('gone');
    assert.deepEqual([volumes, members, findings], [4, 6, []]);
    assert.deepEqual(fs.readdirSync(at('gone/volumes')), []);
    const left = fs.readdirSync(at('gone')).sort();
    assert.deepEqual(left, ['editions', 'following', 'state.json', 'volumes']);
  });

  test('make a copy of the archive when they are kept', async () => {
    server.serve(at('four'));
    await ask('kept');
    fs.mkdirSync(at('kept/volumes'), { recursive: true });
    fs.writeFileSync(at('kept/volumes/original-0000000000000000.tar'), 'withdrawn long ago');
    const { findings } = await readAll('kept', { keep: true });
    assert.deepEqual(findings, []);
    const verdict = await verifyArchive(at('kept'), { publicKey: PUBLIC_KEY });
    assert.deepEqual([verdict.findings, verdict.volumes], [[], 4]);
    fs.writeFileSync(at(`kept/${tar}`), fs.readFileSync(at(`kept/${tar}`)).reverse());
    server.serve(at('four'));
    assert.deepEqual((await readAll('kept', { keep: true })).findings, []);
    const fetched = server.asked.filter((name) => name.endsWith('.tar'));
    assert.deepEqual(fetched, [tar], 'only the damaged one is fetched again');
    assert.deepEqual((await readAll('kept')).findings, []);
    const { volumes } = await verifyArchive(at('kept'), { publicKey: PUBLIC_KEY });
    assert.equal(volumes, 4, 'a copy outlives a look at it without the wish to keep');
  });

  test('are the ones that are named', async () => {
    server.serve(at('four'));
    const { volumes } = await readAll('named', { names: [volume] });
    assert.equal(volumes, 1);
    const unknown = readAll('named', { names: ['original-0000000000000000'] });
    await assert.rejects(unknown, refusal('FOLLOW_VOLUME_UNKNOWN'));
  });

  for (const lie of [damaged, fails])
    test(`are asked of a mirror when the address ${lie === fails ? 'fails' : 'gives another byte'}`, async () => {
      server.serve(at('four'), { [tar]: lie });
      mirror.serve(at('four'));
      assert.deepEqual((await readAll(`other-${lie === fails}`)).findings, []);
      assert.ok(mirror.asked.includes(tar));
    });

  test('are told damaged when no address has them whole, and only these are asked for again', async () => {
    server.serve(at('four'), { [tar]: damaged });
    mirror.serve(at('four'), { [tar]: fails });
    const { volumes, findings } = await readAll('damaged');
    assert.equal(volumes, 4);
    const codes = new Set(findings.map(({ code }) => code));
    assert.ok(codes.has('VERIFY_FILE_DIGEST') && codes.has('OUTBOUND_FAILED'), [...codes].join());
    server.serve(at('four'));
    assert.deepEqual((await readAll('damaged')).findings, []);
    const fetched = server.asked.filter((name) => name.endsWith('.tar'));
    assert.deepEqual(fetched, [tar]);
  });

  test('go on by range where a line broke, and from the start where an address knows no ranges', async () => {
    const bytes = fs.readFileSync(path.join(at('four'), tar));
    for (const [name, lies] of [
      ['ranged', {}],
      ['whole', { [tar]: ((_, response) => void response.end(bytes)) as Lie }],
    ] as const) {
      server.serve(at('four'), lies);
      await ask(name);
      fs.mkdirSync(at(`${name}/partial`));
      fs.writeFileSync(at(`${name}/partial/${volume}.tar`), bytes.subarray(0, 1000));
      const { findings } = await readAll(name, { names: [volume] });
      assert.deepEqual(findings, []);
      assert.ok(server.asked.includes(`${tar} bytes=1000-${bytes.length - 1}`));
    }
  });

  test('stopped on the way, are kept as far as they came', async () => {
    const stopping = new AbortController();
    const hangs: Lie = (_request, response) => {
      const bytes = fs.readFileSync(path.join(at('four'), tar));
      response.writeHead(200, { 'content-length': String(bytes.length) });
      response.write(bytes.subarray(0, 5000));
    };
    server.serve(at('four'), { [tar]: hangs });
    const progress = ({ doneBytes = 0 }) => {
      if (doneBytes >= 5000) stopping.abort();
    };
    const watch = { progress, stop: stopping.signal };
    const stopped = readAll('stopped', { names: [volume] }, { watch });
    await assert.rejects(stopped, refusal('INTERRUPTED'));
    assert.equal(fs.statSync(at(`stopped/partial/${volume}.tar`)).size, 5000);
    server.serve(at('four'));
    assert.deepEqual((await readAll('stopped', { names: [volume] })).findings, []);
    assert.ok(server.asked.some((name) => name.startsWith(`${tar} bytes=5000-`)));
  });
});
