import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { type Disk, readWhole, realDisk } from './disk.ts';
import { ensureDirectory, putFile, removeTree, startDurable } from './durable.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-durable-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** The real disk with its calls written down, each with the last part of its path. */
function listening(calls: string[]): Disk {
  const told = <T>(call: string, result: T): T => {
    calls.push(call);
    return result;
  };
  const base = path.basename;
  return {
    ...realDisk,
    create: (file, mode) => told(`create ${base(file)}`, realDisk.create(file, mode)),
    fsync: (descriptor) => told('fsync', realDisk.fsync(descriptor)),
    renameReplace: (from, to) => told(`rename ${base(to)}`, realDisk.renameReplace(from, to)),
    syncDirectory: (directory) =>
      told(`sync ${base(directory)}`, realDisk.syncDirectory(directory)),
  };
}

test('a put syncs the bytes before they get their name, and the name before it returns', () => {
  const calls: string[] = [];
  assert.equal(putFile(listening(calls), path.join(folder, 'a'), 'text', { replace: true }), true);
  assert.deepEqual(calls, ['create a.tmp', 'fsync', 'rename a', `sync ${path.basename(folder)}`]);
  assert.equal(readWhole(realDisk, path.join(folder, 'a')).toString(), 'text');
});

test('without replace an existing file stays, and nothing is left of the new one', () => {
  const file = path.join(folder, 'kept');
  assert.equal(putFile(realDisk, file, 'first', { replace: false }), true);
  assert.equal(putFile(realDisk, file, 'second', { replace: false }), false);
  assert.equal(fs.readFileSync(file, 'utf8'), 'first');
  assert.deepEqual(
    fs.readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('short writes are continued, and a disk that takes nothing is told', () => {
  const slow: Disk = {
    ...realDisk,
    write: (descriptor, bytes, position) =>
      realDisk.write(descriptor, bytes.subarray(0, 3), position),
  };
  putFile(slow, path.join(folder, 'slow'), 'a long enough text', { replace: true });
  assert.equal(fs.readFileSync(path.join(folder, 'slow'), 'utf8'), 'a long enough text');
  const stuck: Disk = { ...realDisk, write: () => 0 };
  assert.throws(() => putFile(stuck, path.join(folder, 'stuck'), 'x', { replace: true }), {
    code: 'DISK_SHORT_WRITE',
  });
  assert.ok(
    !fs.existsSync(path.join(folder, 'stuck')) && !fs.existsSync(path.join(folder, 'stuck.tmp')),
  );
});

test('a writer can write at a place, and gives up without a trace', () => {
  const temporary = path.join(folder, 'part');
  const writer = startDurable(realDisk, temporary);
  writer.write(Buffer.from('0123456789'));
  writer.writeAt(Buffer.from('ab'), 4);
  assert.equal(writer.sizeBytes, 10);
  assert.equal(writer.commit(path.join(folder, 'whole'), { replace: false }), true);
  assert.equal(fs.readFileSync(path.join(folder, 'whole'), 'utf8'), '0123ab6789');
  startDurable(realDisk, temporary).abort();
  assert.ok(!fs.existsSync(temporary));
});

test('links are not followed, pipes are not waited for, and trees are removed without leaving them', () => {
  const target = path.join(folder, 'target');
  fs.mkdirSync(path.join(target, 'inner'), { recursive: true });
  fs.writeFileSync(path.join(target, 'precious'), 'x');
  const tree = path.join(folder, 'tree');
  ensureDirectory(realDisk, path.join(tree, 'a/b'));
  fs.symlinkSync(target, path.join(tree, 'a/link'));
  fs.symlinkSync(path.join(target, 'precious'), path.join(tree, 'file-link'));
  assert.throws(() => realDisk.openForReading(path.join(tree, 'file-link')), {
    code: 'FILE_NOT_REGULAR',
  });
  assert.throws(() => realDisk.openForReading(target), { code: 'FILE_NOT_REGULAR' });
  removeTree(realDisk, tree);
  assert.ok(!fs.existsSync(tree) && fs.existsSync(path.join(target, 'precious')));
});
