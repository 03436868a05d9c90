import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { afterEach, beforeEach } from 'node:test';
import { sha256 } from '../base/digest.ts';
import { type Disk, realDisk } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { clearPictureCache, openPictureCache } from './picture-cache.ts';

let root: string;
let directory: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-cache-'));
  directory = path.join(root, 'cache');
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const picture = (number: number, sizeBytes = 100) => Buffer.alloc(sizeBytes, number);
const LIMITS = { maxBytes: 10_000, maxPictures: 5 };

test('what was put is given back, by this cache and by the next one over the same folder', () => {
  const cache = openPictureCache(realDisk, directory);
  assert.equal(cache.get('a'), undefined);
  cache.put('a', picture(1));
  cache.put('b', picture(2));
  for (const one of [cache, openPictureCache(realDisk, directory)]) {
    assert.deepEqual(Buffer.from(one.get('a')!), picture(1));
    assert.deepEqual(Buffer.from(one.get('b')!), picture(2));
    assert.equal(one.get('c'), undefined);
  }
});

test('the worked example of the format is what lies on the disk', () => {
  const page = fs.readFileSync(
    path.resolve(import.meta.dirname, '../../docs/formats/art.md'),
    'utf8',
  );
  const [text, name, digest, bytes] = ['text', 'name', 'content']
    .flatMap((row) => new RegExp(`^\\| ${row} \\|(.*)\\|$`, 'm').exec(page)![1]!.match(/`[^`]+`/g)!)
    .map((cell) => cell.slice(1, -1));
  openPictureCache(realDisk, directory).put(text!, Buffer.from('scaled'));
  assert.deepEqual(fs.readdirSync(directory), [name]);
  assert.equal(fs.readFileSync(path.join(directory, name!), 'hex'), `${digest}${bytes}`);
});

test('a picture whose bytes changed on the disk is not given', () => {
  const cache = openPictureCache(realDisk, directory);
  for (const damage of [
    (bytes: Buffer) => bytes.set([bytes[50]! ^ 1], 50),
    (bytes: Buffer) => bytes.set([bytes[0]! ^ 1], 0),
  ]) {
    cache.put('a', picture(1));
    const [name] = fs.readdirSync(directory);
    const file = path.join(directory, name!);
    const bytes = fs.readFileSync(file);
    damage(bytes);
    fs.writeFileSync(file, bytes);
    assert.equal(cache.get('a'), undefined);
  }
  fs.writeFileSync(path.join(directory, fs.readdirSync(directory)[0]!), '');
  assert.equal(openPictureCache(realDisk, directory).get('a'), undefined);
});

test('beyond its number of pictures the longest unused goes first', () => {
  const cache = openPictureCache(realDisk, directory, LIMITS);
  for (const number of [1, 2, 3, 4, 5]) cache.put(`${number}`, picture(number));
  cache.get('1');
  for (const number of [6, 7]) cache.put(`${number}`, picture(number));
  assert.equal(fs.readdirSync(directory).length, 5);
  const held = [1, 2, 3, 4, 5, 6, 7].filter((number) => cache.get(`${number}`));
  assert.deepEqual(held, [1, 4, 5, 6, 7]);
});

test('however many pictures are asked for, they leave no more on the disk than its bytes', () => {
  const cache = openPictureCache(realDisk, directory, { maxBytes: 3000, maxPictures: 1000 });
  for (let number = 0; number < 500; number += 1) {
    cache.put(`${number}`, picture(number, 900));
    const bytes = fs
      .readdirSync(directory)
      .reduce((sum, name) => sum + fs.statSync(path.join(directory, name)).size, 0);
    assert.ok(bytes <= 3000, `${bytes} bytes`);
  }
  cache.put('too large', picture(1, 4000));
  assert.equal(cache.get('too large'), undefined);
  assert.ok(cache.get('499'));
});

test('a disk that is full, read-only or being emptied by somebody else costs the shortcut alone', () => {
  const refusing: Disk = {
    ...realDisk,
    create: (file) => {
      throw new FonotecaError('DISK_FULL', file);
    },
  };
  const full = openPictureCache(refusing, directory);
  full.put('a', picture(1));
  assert.equal(full.get('a'), undefined);

  const cache = openPictureCache(realDisk, directory);
  cache.put('a', picture(1));
  clearPictureCache(realDisk, directory);
  assert.equal(fs.existsSync(directory), false);
  assert.equal(cache.get('a'), undefined);
  cache.put('a', picture(2));
  assert.deepEqual(Buffer.from(cache.get('a')!), picture(2));
});

test('names that are none of its own are left alone', () => {
  fs.mkdirSync(directory);
  fs.writeFileSync(path.join(directory, 'notes.txt'), 'mine');
  const cache = openPictureCache(realDisk, directory, { ...LIMITS, maxPictures: 1 });
  for (const key of ['a', 'b']) cache.put(key, picture(1));
  assert.equal(fs.readFileSync(path.join(directory, 'notes.txt'), 'utf8'), 'mine');
});

const diskBytes = () =>
  fs
    .readdirSync(directory)
    .reduce((sum, name) => sum + fs.statSync(path.join(directory, name)).size, 0);

test('what killed processes left half written goes, and counts for nothing', () => {
  fs.mkdirSync(directory);
  const left = Array.from({ length: 20 }, (_, at) => `${String(at).padStart(64, 'a')}.tmp`);
  for (const name of [...left, 'readme.tmp'])
    fs.writeFileSync(path.join(directory, name), picture(1));
  const cache = openPictureCache(realDisk, directory, LIMITS);
  cache.put('a', picture(1));
  assert.deepEqual(fs.readdirSync(directory).sort(), [sha256('a'), 'readme.tmp'].sort());
  assert.ok(cache.get('a'));
});

test('two processes over one folder stay within the limit and a little more', () => {
  const limits = { maxBytes: 32_000, maxPictures: 1000 };
  const [one, other] = [0, 1].map(() => openPictureCache(realDisk, directory, limits));
  for (let round = 0; round < 100; round += 1) {
    one!.put(`one ${round}`, picture(1, 968));
    other!.put(`other ${round}`, picture(2, 968));
    assert.ok(diskBytes() <= 32_000 * (1 + 2 / 16), `${diskBytes()} in round ${round}`);
  }
  assert.ok(one!.get('one 99') && other!.get('other 99'), 'what was written last stays');
});
