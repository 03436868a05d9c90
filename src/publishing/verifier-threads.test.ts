import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { unwatched } from '../base/progress.ts';
import { type VerifyOptions, verifyArchive } from '../verifier/verify-archive.ts';
import { planEdition } from './plan-edition.ts';
import { publishEdition } from './publish-edition.ts';
import { publishTo } from './publish-to.ts';
import { testArchive, testSongs } from './test-archive.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-threads-'));
after(() => fs.rmSync(folder, { recursive: true }));
const copy = path.join(folder, 'copy');
let tar = '';

before(async () => {
  const archive = await testArchive(path.join(folder, 'archive'));
  // Longer than what one thread takes at a time, and no multiple of it.
  const { name } = await archive.pack(testSongs(3, 1, 6_000_000));
  await archive.pack(testSongs(2, 60));
  await publishEdition(await planEdition(archive.deps), archive.deps, unwatched);
  await publishTo(copy, archive.deps, unwatched);
  await archive.close();
  tar = path.join(copy, 'volumes', `${name}.tar`);
});

function flip(position: number): void {
  const bytes = fs.readFileSync(tar);
  bytes[position] = bytes[position]! ^ 1;
  fs.writeFileSync(tar, bytes);
}

async function found(options: VerifyOptions): Promise<string[]> {
  const { findings } = await verifyArchive(copy, options);
  return findings.map(({ code, subject, seen }) => `${code} ${path.basename(subject)} ${seen}`);
}

describe('the verifier', () => {
  test('finds the same on one thread and on several, in full and by bytes', async () => {
    for (const depth of ['full', 'bytes'] as const)
      for (const threads of [1, 2, 3]) {
        const { findings, checkedBytes, volumes } = await verifyArchive(copy, { depth, threads });
        assert.deepEqual([findings, volumes], [[], 2], `${depth} ${threads}`);
        assert.ok(checkedBytes > 18_000_000, 'every byte is counted once');
        assert.ok(checkedBytes < 20_000_000, 'every byte is counted once');
      }
    const places = [40_000, 17_500_000];
    for (const place of places) flip(place);
    const one = await found({ threads: 1 });
    assert.deepEqual(await found({ threads: 2 }), one);
    const blocks = `2 damaged 16 KiB blocks: ${places.map((at) => Math.floor(at / 16384)).join(', ')}`;
    assert.ok(
      one.some((line) => line.endsWith(blocks)),
      one.join('\n'),
    );
    for (const threads of [1, 2])
      assert.ok(
        (await found({ depth: 'bytes', threads })).some((line) => line.endsWith(blocks)),
        `by bytes on ${threads} threads`,
      );
    for (const place of places) flip(place);
  });

  test('reads no volume when only metadata is asked for, and needs none', async () => {
    const aside = path.join(folder, 'aside.tar');
    fs.renameSync(tar, aside);
    assert.deepEqual(await found({ depth: 'metadata' }), []);
    assert.match((await found({})).join(), /^VERIFY_FILE_MISSING /);
    fs.renameSync(aside, tar);
    const torrent = tar.replace(/tar$/, 'torrent');
    const bytes = fs.readFileSync(torrent);
    fs.writeFileSync(torrent, bytes.subarray(1));
    assert.match((await found({ depth: 'metadata' })).join(), /^VERIFY_FILE_SIZE /);
    fs.writeFileSync(torrent, bytes);
  });

  test('stops in the middle of a volume, on several threads too', async () => {
    for (const threads of [1, 2]) {
      const control = new AbortController();
      const onProgress = () => control.abort(new Error('enough'));
      const reading = verifyArchive(copy, { threads, onProgress, stop: control.signal });
      await assert.rejects(reading, /enough/);
    }
  });
});
