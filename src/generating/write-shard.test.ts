import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { sha256 } from '../base/digest.ts';
import { realDisk } from '../base/disk.ts';
import { generateLines } from './generate-lines.ts';
import { GENERATED_KINDS } from './generated-columns.ts';
import { BLOCK_TRACKS } from './shape.ts';
import { writeShard } from './write-shard.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-shard-'));
after(() => fs.rmSync(folder, { recursive: true }));

const catalogue = { seed: 1, rows: 5 * BLOCK_TRACKS, revision: 2 };
/** Neither end lies where a block does. */
const shard = { number: 3, from: BLOCK_TRACKS - 100, to: 4 * BLOCK_TRACKS + 20 };

async function filesOf(threads: number): Promise<Buffer[]> {
  const directory = path.join(folder, String(threads));
  fs.mkdirSync(directory);
  const files = await writeShard(realDisk, directory, catalogue, shard, threads);
  for (const { path: file, sizeBytes } of files) assert.equal(fs.statSync(file).size, sizeBytes);
  assert.deepEqual(
    files.map((file) => path.basename(file.path)),
    GENERATED_KINDS.map((kind) => `${kind}-00003.jsonl.gz`),
  );
  assert.equal(fs.readdirSync(directory).length, files.length);
  return files.map((file) => fs.readFileSync(file.path));
}

test('a shard has the same bytes on one thread and on three, and the lines made without threads', async () => {
  const [one, three] = [await filesOf(1), await filesOf(3)];
  assert.deepEqual(one, three);
  for (const [at, kind] of GENERATED_KINDS.entries()) {
    const lines = Buffer.concat([...generateLines(catalogue, kind, shard)]);
    assert.equal(sha256(gunzipSync(one[at]!)), sha256(lines), kind);
  }
});

test('a kind without lines is a gzip file of nothing', async () => {
  const directory = path.join(folder, 'first');
  fs.mkdirSync(directory);
  const first = { ...catalogue, revision: 1 };
  await writeShard(realDisk, directory, first, { number: 0, from: 0, to: 50 }, 2);
  const redirects = fs.readFileSync(path.join(directory, 'redirects-00000.jsonl.gz'));
  assert.equal(gunzipSync(redirects).length, 0);
});

test('the lines of a seed are those they always were', () => {
  const digests = GENERATED_KINDS.map((kind) =>
    sha256(
      Buffer.concat([
        ...generateLines({ seed: 1, rows: 20_000, revision: 3 }, kind, { from: 0, to: 20_000 }),
      ]),
    ).slice(0, 16),
  );
  assert.deepEqual(digests, [
    '9e836e2a2a4f3400',
    '6fe022076f794602',
    'ec1a77cfb7c6b20e',
    '5bf8445e1863827a',
  ]);
});
