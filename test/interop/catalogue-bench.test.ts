import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { runFonoteca } from '../support/run-fonoteca.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-bench-verb-'));
after(() => fs.rmSync(folder, { recursive: true }));

test('catalogue bench measures a small catalogue from end to end and leaves its figures alone', async () => {
  const [work, out] = ['work', 'figures.json'].map((name) => path.join(folder, name));
  const args = ['--rows', '5000', '--revision', '2', '--questions', '6', '--dir', work!];
  const ran = await runFonoteca(['catalogue', 'bench', ...args, '--out', out!, '--json']);
  assert.equal(ran.code, 0, ran.stderr);
  const [figures] = ran.events;
  assert.equal(figures?.event, 'catalogue-bench');
  const { shape, serving, search, disk, build } = JSON.parse(fs.readFileSync(out!, 'utf8'));
  assert.deepEqual(figures?.shape, shape);
  assert.equal(shape.tracks, 5000);
  assert.equal(serving.missed, 0);
  assert.ok(serving.knownItems.byArtistAndTitle >= 0.99 * serving.knownItems.asked);
  assert.equal(search.length, 10);
  for (const { warm, cold } of search) assert.ok(warm.count >= 5 && cold.p50Ms > 0);
  assert.ok(disk.peakBytes >= disk.servingBytes && disk.servingBytes > 100 * shape.tracks);
  assert.ok(build.cpuMs > 0 && build.peakOwnBytes > 1e7);
  assert.ok(!fs.existsSync(work!));
});

test('a folder that holds something is left alone', async () => {
  const taken = path.join(folder, 'taken');
  fs.mkdirSync(taken);
  fs.writeFileSync(path.join(taken, 'mine'), 'x');
  const ran = await runFonoteca(['catalogue', 'bench', '--rows', '10', '--dir', taken]);
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /FILE_EXISTS/);
  assert.deepEqual(fs.readdirSync(taken), ['mine']);
});
