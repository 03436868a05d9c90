import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { openAudioDoor } from '../audio/door.ts';
import { realByteNameDisk } from '../base/byte-name-disk.ts';
import { sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { type AddBench, addBench, song, told } from './test-add.ts';

const door = await openAudioDoor({ workers: 2 });
after(() => door.close());

async function pathsHeld({ deps, music }: AddBench): Promise<string[]> {
  return (await deps.ledger.sourceFiles(music)).map(({ path: name }) => name);
}

test('names that mean something to other programs are only names', async () => {
  await using bench = addBench(door);
  const names = [
    '$(touch x)',
    '%d.ogg',
    '--help.ogg',
    '-rf',
    'a\nb.ogg',
    "it's `here`; rm.ogg",
    'pipe:1.ogg',
    '\u202Egnp.ogg',
    '\u001b[31m.ogg',
  ];
  for (const [index, name] of names.entries()) bench.put(name, await song(index));
  const report = await bench.add({ licence: 'CC0-1.0' });
  assert.deepEqual(report.findings, []);
  assert.deepEqual(new Set(await pathsHeld(bench)), new Set(names));
  assert.deepEqual(new Set(fs.readdirSync(bench.music)), new Set(names));
});

test('names that are no UTF-8 keep their bytes, and two that differ only there stay apart', async () => {
  await using bench = addBench(door);
  const names = [Buffer.from('caf\xe9.ogg', 'latin1'), Buffer.from('caf\xea.ogg', 'latin1')];
  for (const [index, name] of names.entries())
    fs.writeFileSync(Buffer.concat([Buffer.from(`${bench.music}/`), name]), await song(index));
  const report = await bench.add({ licence: 'CC0-1.0' });
  assert.equal(report.accepted, 2);
  const files = await bench.deps.ledger.sourceFiles(bench.music);
  assert.deepEqual(
    files.map(({ path: name, pathHex }) => [name, pathHex]),
    [
      ['caf\ufffde9.ogg', names[0]!.toString('hex')],
      ['caf\ufffdea.ogg', names[1]!.toString('hex')],
    ],
  );
  bench.opened.length = 0;
  assert.equal((await bench.add()).unchanged, 2);
  assert.deepEqual(bench.opened, []);
});

test('paths to the limit of the system are read, and those beyond it are told', async () => {
  await using bench = addBench(door);
  const room = 4095 - bench.music.length;
  const folders = Array.from({ length: Math.floor(room / 201) - 1 }, () => 'd'.repeat(200));
  const deep = path.join(bench.music, ...folders);
  fs.mkdirSync(deep, { recursive: true });
  fs.writeFileSync(path.join(deep, `${'n'.repeat(100)}.ogg`), await song(1));
  // Beyond the limit only a relative name reaches.
  const script = 'mkdir -p "$0/$0" && cd "$0/$0" && echo x > y.ogg';
  spawnSync('/bin/sh', ['-c', script, 'e'.repeat(200)], { cwd: deep });
  const report = await bench.add({ licence: 'CC0-1.0' });
  assert.equal(report.accepted, 1);
  assert.deepEqual(
    report.findings.map(({ code }) => code),
    ['SOURCE_UNREADABLE'],
  );
  spawnSync('/bin/sh', ['-c', 'rm -rf "$0"', 'e'.repeat(200)], { cwd: deep });
});

test('links, pipes and sockets are told and left, and what they lead to is not touched', async () => {
  await using bench = addBench(door);
  fs.writeFileSync(path.join(bench.beside, 'secret.ogg'), await song(1));
  fs.symlinkSync(path.join(bench.beside, 'secret.ogg'), path.join(bench.music, 'link.ogg'));
  fs.symlinkSync(bench.beside, path.join(bench.music, 'folder'));
  fs.symlinkSync('.', path.join(bench.music, 'loop'));
  assert.equal(spawnSync('mkfifo', [path.join(bench.music, 'pipe.ogg')]).status, 0);
  bench.put('real.ogg', await song(2));
  const report = await bench.add({ licence: 'CC0-1.0' });
  assert.deepEqual(
    new Set(told(report)),
    new Set(
      ['folder', 'link.ogg', 'loop', 'pipe.ogg'].map((name) => `left FILE_NOT_REGULAR ${name}`),
    ),
  );
  assert.deepEqual([report.accepted, report.left, report.refused], [1, 4, 0]);
  assert.equal(await bench.deps.ledger.holding(sha256(await song(1))), undefined);
});

test('a file that becomes a link between the scan and the reading is not followed', async () => {
  await using bench = addBench(door);
  const secret = path.join(bench.beside, 'secret.ogg');
  fs.writeFileSync(secret, await song(1));
  const file = bench.put('a.ogg', await song(2));
  const source = {
    ...bench.deps.source,
    openForReading(name: Buffer) {
      fs.rmSync(file);
      fs.symlinkSync(secret, file);
      return realByteNameDisk.openForReading(name);
    },
  };
  Object.assign(bench.deps, { source });
  const report = await bench.add();
  assert.deepEqual(told(report), ['left FILE_NOT_REGULAR a.ogg']);
  assert.deepEqual(await bench.deps.ledger.holdings(), []);
});

test('a file that changes while it is read is told and left for the next run', async () => {
  await using bench = addBench(door);
  const file = bench.put('a.ogg', await song(1));
  const source = {
    ...bench.deps.source,
    openForReading(name: Buffer) {
      const descriptor = realByteNameDisk.openForReading(name);
      return descriptor;
    },
    lookOpen(descriptor: number) {
      const entry = realByteNameDisk.lookOpen(descriptor);
      fs.appendFileSync(file, 'more');
      return entry;
    },
  };
  const { source: still } = bench.deps;
  Object.assign(bench.deps, { source });
  const report = await bench.add();
  assert.deepEqual(told(report), ['refused FILE_CHANGED_DURING_READ a.ogg']);
  assert.deepEqual(await bench.deps.ledger.history(0, 10), []);
  Object.assign(bench.deps, { source: still });
  assert.equal((await bench.add()).accepted, 1);
});

test('a sparse file is read like any other', async () => {
  await using bench = addBench(door);
  const file = bench.put('hole.ogg', '');
  fs.truncateSync(file, 5_000_000);
  const report = await bench.add();
  assert.deepEqual(told(report), ['refused AUDIO_NOT_AUDIO hole.ogg']);
});

test('files in a folder that cannot be listed have not vanished', async () => {
  await using bench = addBench(door);
  bench.put('open/a.ogg', await song(1));
  bench.put('shut/b.ogg', await song(2));
  await bench.add();
  const source = {
    ...bench.deps.source,
    list(folder: Buffer) {
      if (folder.toString().endsWith('/shut')) throw new FonotecaError('DISK_IO', 'EACCES');
      return realByteNameDisk.list(folder);
    },
  };
  Object.assign(bench.deps, { source });
  const report = await bench.add();
  assert.deepEqual([report.vanished, report.unchanged], [0, 1]);
  assert.deepEqual(told(report), ['refused SOURCE_UNREADABLE shut']);
});

test('a single file is added with its folder as root, and nothing beside it is missed', async () => {
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1));
  const file = bench.put('b.ogg', await song(2));
  await bench.add();
  bench.put('c.ogg', await song(3));
  fs.rmSync(path.join(bench.music, 'a.ogg'));
  const report = await bench.add({}, { paths: [file, path.join(bench.music, 'c.ogg')] });
  assert.deepEqual([report.accepted, report.unchanged, report.vanished], [1, 1, 0]);
});

test('a folder inside another that is added, or given twice, is scanned once', async () => {
  await using bench = addBench(door);
  const file = bench.put('sub/a.ogg', await song(1));
  const link = path.join(bench.beside, 'link');
  fs.symlinkSync(bench.music, link);
  const report = await bench.add(
    {},
    { paths: [bench.music, path.join(bench.music, 'sub'), link, file] },
  );
  assert.equal(report.accepted, 1);
  assert.deepEqual(await bench.deps.ledger.sourceRoots(), [bench.music]);
});

test('the archive itself is never added: refused as a folder, passed over inside one', async () => {
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1));
  const home = path.dirname(bench.music);
  const { root, objects } = bench.deps.store.layout;
  for (const inside of [root, objects])
    await assert.rejects(
      bench.add({}, { paths: [inside] }),
      (error) => error instanceof FonotecaError && error.code === 'SOURCE_IN_ARCHIVE',
    );
  await bench.add({}, { paths: [home] });
  const again = await bench.add({}, { paths: [home] });
  assert.deepEqual([again.accepted, again.unchanged], [0, 1]);
});

test('what is not there is an error, and so is a path that is neither file nor folder', async () => {
  await using bench = addBench(door);
  await assert.rejects(
    bench.add({}, { paths: [path.join(bench.music, 'gone')] }),
    (error) => error instanceof FonotecaError && error.code === 'FILE_MISSING',
  );
  const pipe = path.join(bench.music, 'pipe');
  spawnSync('mkfifo', [pipe]);
  const report = await bench.add({}, { paths: [pipe] });
  assert.deepEqual([report.left, report.accepted], [1, 0]);
});
