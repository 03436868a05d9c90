import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { realDisk } from '../base/disk.ts';
import { digestFiles } from './digest-files.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-digests-'));
after(() => fs.rmSync(folder, { recursive: true }));

test('the digests of files are the same in any number of threads, and in their order', async () => {
  const files = [3, 40, 0, 25, 17].map((mebibytes, number) => {
    const file = path.join(folder, `${number}`);
    fs.writeFileSync(file, Buffer.alloc(mebibytes * 2 ** 20 + number, number + 1));
    return file;
  });
  const [one, three] = [
    await digestFiles(realDisk, files, 1),
    await digestFiles(realDisk, files, 3),
  ];
  assert.deepEqual(three, one);
  assert.deepEqual(
    one.map(({ bytes, blocks }) => [bytes, blocks.length]),
    [3, 40, 0, 25, 17].map((size, number) => [
      size * 2 ** 20 + number,
      Math.ceil((size * 2 ** 20 + number) / 2 ** 24),
    ]),
  );
});

test('a file that is not there is told by its code, from a thread as well', async () => {
  const large = path.join(folder, 'large');
  fs.writeFileSync(large, Buffer.alloc(2 ** 27));
  for (const threads of [1, 2])
    await assert.rejects(digestFiles(realDisk, [large, path.join(folder, 'none')], threads), {
      code: 'FILE_MISSING',
    });
});
